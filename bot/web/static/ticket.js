// The ticket that is looked at: why it came, what was said, and what can be done with it. Drawn anew only when something
// of it changed: no flicker, no lost selection.

import { caller, columns, facts } from "/static/packet.js";
import { element } from "/static/talk.js";

const ACTIONS = { waiting: ["take", "done"], offered: ["take"], abandoned: ["take", "done"], taken: ["done", "back"], done: ["back"] };
const LABELS = { answer: "Answer", take: "Take", done: "Done", back: "Back to queue" };

// Who is on the line can be picked from the list by anybody who does not talk.
export function actionsOf(ticket, state) {
  const actions = ACTIONS[ticket.status] ?? [];
  const free = ["ready", "paused"].includes(state?.me.presence);
  return ticket.status === "waiting" && ticket.on_line && free ? ["answer", ...actions] : actions;
}

export class OpenTicket {
  // act: called with what is to be done with it
  constructor(place, act) {
    this.place = place;
    this.act = act;
    this.shown = "";
  }

  // ticket: all of it; listed: what stands in the list, while the rest is on its way; waited: seconds by now
  draw(ticket, listed, state, waited) {
    const shown = JSON.stringify([ticket ?? listed?.id, state?.me.presence, state?.talk?.lines, state?.guest?.lines, state?.wrap?.lines]);
    if (shown === this.shown) return;
    this.shown = shown;
    if (ticket) this.place.replaceChildren(...this.parts(ticket, state, waited));
    else if (listed) this.place.replaceChildren(this.head(listed, state));
    else this.place.replaceChildren(element("p", "empty", "Choose a ticket to see why it came and what was said."));
  }

  parts(ticket, state, waited) {
    const mine = [state?.talk, state?.guest, state?.wrap].find((one) => one?.ticket.id === ticket.id);
    return [this.head(ticket, state), facts(ticket, waited), element("p", "summary", ticket.summary || "No summary."), columns(ticket, mine)];
  }

  head(ticket, state) {
    const header = element("header", "", null, element("h2", "", caller(ticket)));
    const inCall = state?.offer || state?.invite || state?.talk || state?.guest || state?.wrap;
    for (const [i, action] of (inCall ? [] : actionsOf(ticket, state)).entries()) {
      const button = element("button", i === 0 ? "act" : "plain", LABELS[action]);
      button.type = "button";
      button.addEventListener("click", () => this.act(action));
      header.append(button);
    }
    return header;
  }
}
