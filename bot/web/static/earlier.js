// What this number called about before, and what it has booked: on the offer already. All of it is set as text.

import { element } from "/static/talk.js";

export class EarlierCalls {
  constructor(place) {
    this.place = place;
    this.id = null;
  }

  // ticket: the caller at hand, or nothing
  async open(ticket) {
    if (ticket?.id === this.id) return;
    this.id = ticket?.id ?? null;
    this.place.hidden = true;
    if (!ticket) return;
    const answer = await fetch(`/desk/earlier/${encodeURIComponent(ticket.id)}`, { cache: "no-store" }).catch(() => null);
    if (this.id === ticket.id && answer?.ok) this.draw(await answer.json());
  }

  draw({ earlier }) {
    const calls = earlier.map(({ at, about, outcome, notes }) => element("li", "", null, element("strong", "", new Date(at).toLocaleDateString()), element("span", "text", [about, outcome, notes].filter(Boolean).join(" · "))));
    this.place.hidden = calls.length === 0;
    this.place.replaceChildren(element("h3", "", "Earlier calls"), element("ul", "", null, ...calls));
  }
}
