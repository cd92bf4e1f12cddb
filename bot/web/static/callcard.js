// The card above the ticket: a caller on offer, a talk, or its wrap-up. Redrawn only when the state changes.

import { clockTime, element } from "/static/talk.js";

const DISPOSITIONS = ["solved", "call back", "passed on", "no answer to it yet", "wrong number"];

const GOALS = [
  ["finish", "to finish what they were doing"],
  ["survey", "to take the survey"],
  ["anything", "for anything else"],
];

const MEDIA = { call: "Caller", callback: "Call back", message: "Message" };

const RINGS = {
  possible: "",
  ringing: "Ringing…",
  busy: "Their line is busy.",
  declined: "They declined the call.",
  no_answer: "Nobody answered.",
  failed: "They could not be rung.",
};

export class CallCard {
  // does: {answer, decline, hold, mute, transfer, back, end, again, ring, wrap, openSound}
  constructor(place, does) {
    this.place = place;
    this.does = does;
    this.muted = false;
    this.shown = "";
    this.until = null;
    this.since = null;
  }

  // targets: where a caller may be passed on to, [{to, name}]
  transferTo(targets) {
    const select = element("select", "plain");
    select.id = "transfer";
    select.setAttribute("aria-label", "Transfer to (T)");
    select.append(element("option", "", targets.length ? "Transfer to…" : "Nobody to transfer to"));
    select.disabled = targets.length === 0;
    select.append(...targets.map(({ name }) => element("option", "", name)));
    select.addEventListener("change", () => select.selectedIndex && this.does.transfer(targets[select.selectedIndex - 1].to));
    return select;
  }

  // Back to the bot, which knows what was filled in and what was said since.
  backToBot() {
    const select = element("select", "plain");
    select.id = "to-bot";
    select.setAttribute("aria-label", "Back to the bot (B)");
    select.append(element("option", "", "To the bot…"), ...GOALS.map(([, label]) => element("option", "", label)));
    select.addEventListener("change", () => select.selectedIndex && this.does.back(GOALS[select.selectedIndex - 1][0]));
    return select;
  }

  // state: of the line; hasSound: the headset is open
  draw(state, hasSound) {
    const kind = state?.offer ? "offer" : state?.talk ? "talk" : state?.wrap ? "wrap" : "";
    const shown = JSON.stringify([kind, { ...state?.[kind], lines: 0 }, kind === "talk" && [state.targets, state.ring], hasSound, this.muted]);
    if (shown === this.shown) return;
    this.shown = shown;
    this.until = kind && state[kind].until ? Date.parse(state[kind].until) : null;
    this.since = kind === "talk" ? Date.parse(state.talk.since) : null;
    this.place.hidden = !kind;
    this.place.dataset.kind = kind;
    this.place.replaceChildren(...(kind ? this[kind](state[kind], hasSound, state) : []));
    if (kind === "offer") this.place.querySelector("button").focus({ preventScroll: true });
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
      this.title(`A ${MEDIA[ticket.medium].toLowerCase()} for you`, who(ticket), "left to answer"),
      buttons(["Answer", "Enter", "act", () => this.does.answer(ticket.id)], ["Decline", "Esc", "plain", () => this.does.decline(ticket.id)]),
    ];
  }

  // Nobody is on the line: whom to ring, how ringing stands, and what became of it.
  away(ticket, ring) {
    const asked = ticket.medium === "callback" ? "They asked to be called back" : "They left a message";
    const told = ring ? RINGS[ring] : ticket.number ? "Please ring them on your telephone." : "";
    const status = element("p", ring === "ringing" ? "ring now" : "ring", `${asked}${ticket.number ? `; their number is ${ticket.number}` : "; no number is known"}. ${told}`);
    status.setAttribute("role", "status");
    const choices = [];
    if (ring && ring !== "ringing") choices.push([ring === "possible" ? "Call them" : "Call once more", "C", "act", this.does.ring]);
    if (ticket.medium === "callback") choices.push([ring === "ringing" ? "Stop, not reached" : "Not reached, try again later", "N", "plain", this.does.again]);
    choices.push([ticket.medium === "callback" ? "Settled" : "Done", "E", ring ? "plain" : "act", this.does.end]);
    return [status, buttons(...choices)];
  }

  talk({ ticket, held }, hasSound, { targets, ring }) {
    const isOn = ticket.medium === "call" || ring === "talking";
    const made = [this.title(held ? "On hold" : !isOn ? MEDIA[ticket.medium] : this.muted ? "Talking · you are muted" : "Talking", who(ticket), "")];
    if (ticket.message) {
      const message = Object.assign(element("audio"), { controls: true, src: ticket.message });
      message.setAttribute("aria-label", "The message they left");
      made.push(message);
    }
    if (!isOn) return [...made, ...this.away(ticket, ring)];
    if (!hasSound) made.push(buttons(["Back to the sound of the call", "S", "act", this.does.openSound]));
    made.push(
      meter(),
      buttons(
        [held ? "Resume" : "Hold", "H", "plain", () => this.does.hold()],
        [this.muted ? "Unmute" : "Mute", "M", "plain", () => this.does.mute(!this.muted)],
        ...(ticket.medium === "callback" ? [["Not reached", "N", "plain", this.does.again]] : []),
        ["End call", "E", "stop", this.does.end],
      ),
    );
    made.at(-1).lastElementChild.before(this.transferTo(targets), this.backToBot());
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
    return [this.title("Wrap-up", who(ticket), "left"), fields, buttons(["Done, next caller", "Ctrl Enter", "act", () => this.finish()])];
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

function who(ticket) {
  return ticket.customer || ticket.caller || "Unknown caller";
}

function meter() {
  const bars = ["caller", "you"].map((name) => {
    const bar = element("span", "meter");
    bar.dataset.of = name;
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
