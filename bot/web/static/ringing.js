// Somebody is wanted: a ring now and every two seconds, and the page's title in turns, until it is answered.

import { tone } from "/static/audio.js";

const TITLE = document.title;
let ringing = 0;

// The ticket that somebody is wanted for, by the queue or by a colleague.
export function asks(state) {
  return (state?.offer ?? state?.invite)?.ticket.id;
}

// state, sound: what they are at the moment, asked for at each ring
export function ring(state, sound) {
  const now = state();
  clearTimeout(ringing);
  if (!asks(now)) return (document.title = TITLE);
  if (sound()) tone(sound().context, [660, 880], 0.35, 0.12);
  document.title = document.title === TITLE ? `☎ ${(now.offer ?? now.invite).ticket.customer || "Caller"} for you` : TITLE;
  ringing = setTimeout(() => ring(state, sound), document.title === TITLE ? 700 : 1300);
}
