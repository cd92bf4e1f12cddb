// What callers read: how their call ended, how they stand in the queue, what is wrong with their microphone or number.

import { grouped } from "/static/telephone.js";

const ENDED = {
  bot: ["Call ended", "Thank you for calling. Call again whenever you like."],
  caller: ["Call ended", "You hung up. Call again whenever you like."],
  done: ["Call ended", "Your request has been taken care of. Thank you for waiting."],
  busy: ["All lines are busy", "Please try again in a minute."],
  starting: ["We are just opening", "The call centre is starting. Please try again in a few seconds."],
  closing: ["We had to end the call", "The call centre is closing for a moment. Please call again in a minute: what you booked is kept."],
  failed: ["Something went wrong on our side", "We are sorry. Please call again: what you booked is kept."],
  unnoted: ["We could not put you through", "We are sorry: we could not tell a colleague that you wait. Please call again in a few minutes: what you booked is kept."],
  "call-back": ["Our team is not in at the moment", ""],
  noted: ["Our team is not in at the moment", "We have noted your request, but we have no number to ring you back on. Please call again in our opening hours, with your phone number in the box."],
  garbled: ["The call could not go on", "Please reload the page and call again."],
  lost: ["The connection was lost", "Call again within a few minutes and we go on where you were."],
};
const TROUBLE = new Set(["busy", "starting", "closing", "failed", "unnoted", "call-back", "noted", "garbled", "lost"]);

export const MICROPHONE_REFUSED = "The microphone was not allowed for this page. To allow it, open the sign beside the address, set the microphone to “Allow”, and call again. You can use the keypad now.";
export const NO_NUMBER = "That is no telephone number. Please write it with digits, as in +44 7700 900123, or leave the box empty.";

export function microphoneMissing() {
  return window.isSecureContext ? "We found no microphone. You can use the keypad, or plug one in and call again." : "Browsers lend the microphone only to pages opened by https or on this computer. You can use the keypad.";
}

// ringBackOn: the number on which somebody will ring, when it is known. `trouble`: whether the title tells it.
export function ending(reason, ringBackOn) {
  const [title, words] = ENDED[reason] ?? ENDED.failed;
  return { title, lead: reason === "call-back" ? callBack(ringBackOn) : words, trouble: TROUBLE.has(reason) };
}

function callBack(number) {
  return `We have noted your request, and somebody will ring you back on ${grouped(number)}.`;
}

export function standing({ place, minutes, staffed }) {
  const where = staffed === false ? "Nobody is at the desk just now; we look whether somebody comes." : place > 1 ? `You are number ${place} in the queue.` : place === 1 ? "You are next." : "You keep your place.";
  const when = minutes ? ` About ${minutes === 1 ? "a minute" : `${minutes} minutes`} to go.` : "";
  return `${where}${when} Please keep this page open.`;
}
