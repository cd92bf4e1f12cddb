// The card above the ticket: a caller on offer, a talk, a colleague's talk one is asked into, or the wrap-up. Redrawn only when the state changes.

import { Keypad } from "/static/keypad.js";
import { askFirst, backToBot, consulted, transferTo } from "/static/passing.js";
import { caller } from "/static/packet.js";
import { clockTime, element } from "/static/talk.js";
import { grouped } from "/static/telephone.js";

const DISPOSITIONS = ["solved", "call back", "passed on", "no answer to it yet", "wrong number"];

const MEDIA = { call: "Caller", callback: "Call back", message: "Message" };

const RINGS = {
  possible: "",
  ringing: "Ringing…",
  busy: "Their line is busy.",
  declined: "They declined the call.",
  no_answer: "Nobody answered.",
  failed: "They could not be rung.",
};

const KINDS = ["offer", "invite", "talk", "guest", "wrap"]; // what comes first is shown

export class CallCard {
  // does: {answer, decline, hold, mute, transfer, consult, join, handOver, cancel, keys, back, end, again, ring, wrap,
  // openSound}
  constructor(place, does) {
    this.place = place;
    this.does = does;
    this.muted = false;
    this.keypad = new Keypad((digits) => does.keys(digits));
    this.shown = "";
    this.until = null;
    this.since = null;
  }

  // state: of the line; hasSound: the headset is open
  draw(state, hasSound) {
    const kind = KINDS.find((name) => state?.[name]) ?? "";
    if (kind !== "talk") this.keypad.close();
    const shown = JSON.stringify([kind, { ...state?.[kind], lines: 0 }, kind === "talk" && [state.targets, state.ring, state.consult, state.outside, this.keypad.isOpen], hasSound, this.muted]);
    if (shown === this.shown) return;
    this.shown = shown;
    this.until = kind && state[kind].until ? Date.parse(state[kind].until) : null;
    this.since = kind && state[kind].since ? Date.parse(state[kind].since) : null;
    this.place.hidden = !kind;
    this.place.dataset.kind = kind;
    this.place.replaceChildren(...(kind ? this[kind](state[kind], hasSound, state) : []));
    if (kind === "offer" || kind === "invite") this.place.querySelector("button").focus({ preventScroll: true });
    if (kind === "wrap") this.place.querySelector("select").focus({ preventScroll: true });
  }

  // now: milliseconds by the server's clock
  tick(now) {
    const timer = this.place.querySelector(".timer");
    if (!timer) return;
    if (this.since) timer.textContent = clockTime(Math.max(0, (now - this.since) / 1000));
    else if (this.until) timer.textContent = clockTime(Math.max(0, (this.until - now) / 1000));
  }

  offer({ ticket }) {
    return [
      this.title(`A ${MEDIA[ticket.medium].toLowerCase()} for you`, caller(ticket), "left to answer"),
      buttons(["Answer", "Enter", "act", () => this.does.answer(ticket.id)], ["Decline", "Esc", "plain", () => this.does.decline(ticket.id)]),
    ];
  }

  // A colleague asks one in, with their caller on hold.
  invite({ ticket, by }) {
    return [
      this.title(`${by} asks you in`, caller(ticket), "left to answer"),
      buttons(["Join them", "Enter", "act", () => this.does.answer(ticket.id)], ["Decline", "Esc", "plain", () => this.does.decline(ticket.id)]),
    ];
  }

  guest({ ticket, by, stage, lost }, hasSound) {
    const words = stage === "private" ? `You talk with ${by} by yourselves. The caller hears music.` : `All three of you talk: the caller, ${by} and you.`;
    const status = element("p", "with", lost ? `${by} lost the connection. Stay: the caller will be yours in half a minute.` : words);
    status.setAttribute("role", "status");
    const made = [this.title(this.muted ? "Asked in · you are muted" : "Asked in", caller(ticket), ""), status];
    if (!hasSound) made.push(buttons(["Back to the sound of the call", "S", "act", this.does.openSound]));
    return [...made, meter(stage === "private" ? "colleague" : "caller"), buttons([this.muted ? "Unmute" : "Mute", "M", "plain", () => this.does.mute(!this.muted)], ["Leave", "E", "stop", this.does.end])];
  }

  // Nobody is on the line: whom to ring, how ringing stands, and what became of it.
  away(ticket, ring) {
    const asked = ticket.medium === "callback" ? "They asked to be called back" : "They left a message";
    const told = ring ? RINGS[ring] : ticket.number ? "Please ring them on your telephone." : "";
    const status = element("p", ring === "ringing" ? "ring now" : "ring", `${asked}${ticket.number ? `; their number is ${grouped(ticket.number)}` : "; no number is known"}. ${told}`);
    status.setAttribute("role", "status");
    const choices = [];
    if (ring && ring !== "ringing") choices.push([ring === "possible" ? "Call them" : "Call once more", "C", "act", this.does.ring]);
    if (ticket.medium === "callback") choices.push([ring === "ringing" ? "Stop, not reached" : "Not reached, try again later", "N", "plain", this.does.again]);
    choices.push([ticket.medium === "callback" ? "Settled" : "Done", "E", ring ? "plain" : "act", this.does.end]);
    return [status, buttons(...choices)];
  }

  talk({ ticket, held }, hasSound, state) {
    const { ring, consult } = state;
    const isOn = ticket.medium === "call" || ring === "talking";
    const made = [this.title(held ? "On hold" : !isOn ? MEDIA[ticket.medium] : this.muted ? "Talking · you are muted" : "Talking", caller(ticket), "")];
    if (ticket.message) {
      const message = Object.assign(element("audio"), { controls: true, src: ticket.message });
      message.setAttribute("aria-label", "The message they left");
      made.push(message);
    }
    if (!isOn) return [...made, ...this.away(ticket, ring)];
    if (!hasSound) made.push(buttons(["Back to the sound of the call", "S", "act", this.does.openSound]));
    const [status, choices] = consult ? consulted(consult, this.does) : [null, []];
    if (status) made.push(status, buttons(...choices));
    made.push(
      meter(consult?.stage === "private" ? "colleague" : "caller"),
      buttons(
        ...(consult ? [] : [[held ? "Resume" : "Hold", "H", "plain", () => this.does.hold()]]),
        [this.muted ? "Unmute" : "Mute", "M", "plain", () => this.does.mute(!this.muted)],
        ["Keypad", "#", "plain", () => this.does.keypad()],
        ...(ticket.medium === "callback" ? [["Not reached", "N", "plain", this.does.again]] : []),
        ...(consult && consult.stage !== "asked" ? [] : [["End call", "E", "stop", this.does.end]]),
      ),
      ...this.keypad.draw(),
    );
    const end = made.findLast((part) => part.matches(".buttons")).lastElementChild;
    if (!consult) end.before(askFirst(state, this.does), transferTo(state, this.does), backToBot(this.does));
    return made;
  }

  wrap({ ticket }) {
    const disposition = element("select");
    disposition.id = "disposition";
    disposition.append(...DISPOSITIONS.map((name) => element("option", "", name)));
    const notes = element("textarea");
    Object.assign(notes, { id: "notes", rows: 2, maxLength: 1500, placeholder: "Notes for whoever speaks to them next" });
    this.finish = () => this.does.wrap(disposition.value, notes.value);
    const fields = element("div", "wrap", null, element("label", "", "Outcome", disposition), element("label", "grow", "Notes", notes));
    return [this.title("Wrap-up", caller(ticket), "left"), fields, buttons(["Done, next caller", "Ctrl Enter", "act", () => this.finish()])];
  }

  title(what, name, after) {
    const timer = element("span", "timer");
    timer.setAttribute("role", "timer");
    return element("p", "title", null, element("strong", "what", what), element("span", "name", name), timer, element("span", "after", after));
  }

  level(name, value) {
    const bar = this.place.querySelector(`.meter[data-of="${name}"]`);
    if (bar) bar.style.setProperty("--level", value.toFixed(2));
  }
}

// other: who is heard
function meter(other) {
  const bars = [["caller", other], ["you", "you"]].map(([of, name]) => {
    const bar = element("span", "meter");
    bar.dataset.of = of;
    return element("span", "meter-of", name, bar);
  });
  return element("p", "meters", null, ...bars);
}

function buttons(...wanted) {
  const made = wanted.map(([label, key, look, action]) => {
    const button = element("button", look, `${label} `, element("kbd", "", key));
    button.type = "button";
    button.addEventListener("click", action);
    return button;
  });
  return element("p", "buttons", null, ...made);
}
