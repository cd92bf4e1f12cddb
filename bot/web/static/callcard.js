// The card above the ticket: a caller on offer, a talk, or its wrap-up. Redrawn only when the state changes.

import { clockTime, element } from "/static/talk.js";

const DISPOSITIONS = ["solved", "call back", "passed on", "no answer to it yet", "wrong number"];

const GOALS = [
  ["finish", "to finish what they were doing"],
  ["survey", "to take the survey"],
  ["anything", "for anything else"],
];

export class CallCard {
  // does: {answer, decline, hold, mute, transfer, back, end, wrap, openSound}
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
    const shown = JSON.stringify([kind, { ...state?.[kind], lines: 0 }, kind === "talk" && state.targets, hasSound, this.muted]);
    if (shown === this.shown) return;
    this.shown = shown;
    this.until = kind && state[kind].until ? Date.parse(state[kind].until) : null;
    this.since = kind === "talk" ? Date.parse(state.talk.since) : null;
    this.place.hidden = !kind;
    this.place.dataset.kind = kind;
    this.place.replaceChildren(...(kind ? this[kind](state[kind], hasSound, state.targets) : []));
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
      this.title("A caller for you", who(ticket), "left to answer"),
      buttons(["Answer", "Enter", "act", () => this.does.answer(ticket.id)], ["Decline", "Esc", "plain", () => this.does.decline(ticket.id)]),
    ];
  }

  talk({ ticket, held }, hasSound, targets) {
    const made = [this.title(held ? "On hold" : this.muted ? "Talking · you are muted" : "Talking", who(ticket), "")];
    if (ticket.message) {
      const message = Object.assign(element("audio"), { controls: true, src: ticket.message });
      message.setAttribute("aria-label", "The message they left");
      made.push(message);
    }
    if (ticket.medium === "callback") {
      made.push(element("p", "hint", ticket.number ? `They asked to be called back on ${ticket.number}.` : "They asked to be called back; no number is known."));
      made.push(buttons(["Not reached, try again later", "", "plain", this.does.again]));
    }
    if (!hasSound && ticket.medium === "call") made.push(buttons(["Back to the sound of the call", "S", "act", this.does.openSound]));
    made.push(
      meter(),
      buttons(
        [held ? "Resume" : "Hold", "H", "plain", () => this.does.hold()],
        [this.muted ? "Unmute" : "Mute", "M", "plain", () => this.does.mute(!this.muted)],
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
