// The keys of the desk: what each does, and at the foot of the page those that do something now.

import { element } from "/static/talk.js";

const ALWAYS = [["J", "K", "next, previous"]];
const SHOWN = {
  paused: [["R", "ready"], ["A", "answer this one"], ["T", "take"], ["D", "done"], ["B", "back to the queue"]],
  ready: [["P", "pause"], ["A", "answer this one"], ["T", "take"], ["D", "done"], ["B", "back to the queue"]],
  asked: [["Enter", "answer"], ["Esc", "decline"]],
  talking: [["H", "hold"], ["M", "mute"], ["Q", "ask first"], ["T", "transfer"], ["B", "to the bot"], ["#", "keypad"], ["1", "2", "3", "let the bot say it"], ["V", "recording off, on"], ["E", "end"]],
  consulting: [["G", "all three"], ["O", "hand over"], ["L", "cancel"], ["M", "mute"], ["#", "keypad"]],
  guest: [["M", "mute"], ["E", "leave"]],
  away: [["C", "call them"], ["N", "not reached"], ["E", "settled"]],
  "wrap-up": [["Ctrl Enter", "done, next caller"]],
};

// away: the person has a call back or a message at hand, with nobody on the line
export function drawKeys(place, state, away) {
  const { offer, invite, guest, consult, talk } = state;
  const kind = offer || invite ? "asked" : guest ? "guest" : consult ? "consulting" : talk ? (away ? "away" : "talking") : state.me.presence;
  if (place.dataset.kind === kind) return;
  place.dataset.kind = kind;
  const all = [...(SHOWN[kind] ?? []), ...ALWAYS];
  place.replaceChildren("Keys ", ...all.map((one) => element("span", "", null, ...one.slice(0, -1).map((key) => element("kbd", "", key)), ` ${one.at(-1)}`)));
}

export const NOT_OURS = Symbol("the browser's own key"); // what a key returns that does nothing here just now

// keys: by the name of the key in small letters, what it does; first: asked before all, true when it was theirs
export function listen(keys, first) {
  document.addEventListener("keydown", (event) => {
    const isField = event.target.matches("input, textarea, select");
    if (event.key === "Escape" && isField) return event.target.blur(); // the keys are the desk's again
    if (first(event, isField)) return event.preventDefault();
    if (event.ctrlKey || event.metaKey || event.altKey || isField) return;
    const action = keys[event.key.toLowerCase()];
    if (action && action() !== NOT_OURS) event.preventDefault();
  });
}
