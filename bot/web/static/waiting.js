// Who waits now and in which queue; choosing another one moves them there, with their place.

import { change } from "/static/queues.js";
import { element } from "/static/talk.js";

// The words of the desk.
const how = ({ on_line: isOnLine, medium }) => (isOnLine ? "on the line" : medium === "message" ? "to ring back · left a message" : "to ring back");

export class Waiting {
  // onMoved: told with a sentence, whether it went well or not
  constructor(place, onMoved) {
    this.place = place;
    this.onMoved = onMoved;
  }

  // cell: makes a cell that counts up from a moment
  draw(tickets, queues, cell) {
    if (this.place.contains(document.activeElement)) return; // somebody is choosing
    this.place.replaceChildren(...tickets.map((ticket) => this.row(ticket, queues, cell)));
  }

  row(ticket, queues, cell) {
    const about = element("td", "about", ticket.wants || ticket.summary);
    return element("tr", "", null, element("td", "", ticket.who), element("td", "", how(ticket)), cell({ moment: ticket.since }), about, element("td", "", null, this.chooser(ticket, queues)));
  }

  chooser(ticket, queues) {
    const select = element("select");
    select.setAttribute("aria-label", `Queue of ${ticket.who}`);
    const names = queues.includes(ticket.queue) ? queues : [ticket.queue, ...queues];
    select.append(...names.map((name) => Object.assign(element("option", "", name), { value: name, selected: name === ticket.queue })));
    select.disabled = names.length < 2;
    select.addEventListener("change", async () => {
      select.blur();
      const { ok, body } = await change("POST", `/board/queues/tickets/${encodeURIComponent(ticket.id)}/move`, { queue: select.value });
      this.onMoved(ok ? `${ticket.who} waits in ${select.value} now.` : (body.error ?? "That did not work. Please try again."));
    });
    return select;
  }
}
