// The list of tickets beside the call: asked for once, then kept as it is by what the line tells. Lines of it only; what
// was said is asked for when a ticket is opened. Everything a caller said is set as text, never as HTML.

import { MARKS, STATUS, callBack, caller } from "/static/packet.js";
import { clockTime, element } from "/static/talk.js";

const PRIORITIES = ["emergency", "high", "normal", "low"];
const WAITS = new Set(["waiting", "offered"]);
const $ = (id) => document.getElementById(id);
const asText = (...parts) => parts.join("\n");

export class Tickets {
  // changed: called when any ticket did; chose: with the id that somebody clicked
  constructor({ changed, chose }) {
    this.changed = changed;
    this.chose = chose;
    this.byId = new Map();
    this.revision = -1;
    this.clock = 0; // milliseconds to add to performance.now() for the server's time of day
    this.whole = new Map(); // id → {changed_at, ticket}, of those that were opened
  }

  get waiting() {
    const order = (one) => asText(PRIORITIES.indexOf(one.priority), one.created_at, one.id);
    return this.sorted((one) => WAITS.has(one.status), order);
  }

  get settled() {
    return this.sorted((one) => !WAITS.has(one.status), (one) => asText(one.created_at, one.id)).reverse();
  }

  get onLine() {
    return this.waiting.filter((ticket) => ticket.on_line);
  }

  get all() {
    return [...this.waiting, ...this.settled];
  }

  sorted(wanted, order) {
    const found = [...this.byId.values()].filter(wanted).map((one) => [order(one), one]);
    return found.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
  }

  // Throws a sentence for people while the call centre is not ready, and an Error when it cannot be reached.
  async read() {
    const answer = await fetch("/desk/tickets", { cache: "no-store" });
    if (answer.status === 401) return location.reload();
    if (answer.status === 503) throw (await answer.json()).error;
    if (!answer.ok) throw new Error(answer.status);
    const { now, revision, tickets } = await answer.json();
    this.setClock(now);
    this.revision = revision;
    this.byId = new Map(tickets.map((one) => [one.id, one]));
    this.changed();
  }

  // What the line tells; false when something before it was lost, and the whole list is to be read again.
  take({ revision, set, gone }) {
    if (revision <= this.revision) return true;
    if (revision !== this.revision + 1) return false;
    this.revision = revision;
    for (const one of set) this.byId.set(one.id, one);
    for (const id of gone) {
      this.byId.delete(id);
      this.whole.delete(id);
    }
    this.changed();
    return true;
  }

  setClock(now) {
    this.clock = Date.parse(now) - performance.now();
  }

  // Seconds
  waits(ticket) {
    return Math.max(0, Math.floor((this.clock + performance.now() - Date.parse(ticket.created_at)) / 1000));
  }

  get(id) {
    return this.byId.get(id);
  }

  // All that is known of it, as far as it was read; `changed` is called when the rest has come.
  opened(id) {
    const listed = this.get(id);
    if (!listed) return undefined;
    const known = this.whole.get(id);
    if (known?.changed_at !== listed.changed_at || !known) this.open(listed);
    return known?.ticket ? { ...known.ticket, ...listed } : undefined;
  }

  async open({ id, changed_at }) {
    this.whole.set(id, { changed_at, ticket: this.whole.get(id)?.ticket }); // asked for once
    const answer = await fetch(`/desk/tickets/${encodeURIComponent(id)}`, { cache: "no-store" }).catch(() => null);
    if (answer?.ok) this.whole.set(id, { changed_at, ticket: await answer.json() });
    else this.whole.delete(id); // with the next change, or the next click
    if (answer?.ok) this.changed();
  }

  // On the page ----------------------------------------------------------------------------

  // current: the id of the ticket that is looked at
  draw(current) {
    const waiting = this.waiting;
    $("on-line").textContent = this.onLine.length;
    $("ring-back").textContent = waiting.length - this.onLine.length;
    const focused = document.activeElement?.dataset?.id;
    for (const [name, list] of [["waiting", waiting], ["others", this.settled]]) {
      $(name).replaceChildren(...list.map((ticket) => this.row(ticket, current)));
      $(`${name}-empty`).hidden = list.length > 0;
    }
    if (focused) document.querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
    this.tick();
  }

  row(ticket, current) {
    const button = element("button", ticket.priority);
    button.type = "button";
    button.dataset.id = ticket.id;
    button.setAttribute("aria-current", String(ticket.id === current));
    const waits = WAITS.has(ticket.status);
    const time = element("span", "time", waits ? "" : STATUS[ticket.status]);
    if (waits) time.dataset.waits = ticket.id;
    const mark = element("span", "mark", MARKS[ticket.priority]);
    mark.title = `${ticket.priority} priority`;
    mark.setAttribute("aria-label", mark.title);
    const line = ticket.on_line ? "on the line · " : ticket.call_back ? `${callBack(ticket)} · ` : "";
    button.append(mark, element("span", "who", caller(ticket)), time, element("span", "what", line + (ticket.wants || ticket.summary || ticket.queue)));
    button.addEventListener("click", () => this.chose(ticket.id));
    return element("li", "", null, button);
  }

  mark(current) {
    for (const button of document.querySelectorAll("[data-id]")) button.setAttribute("aria-current", String(button.dataset.id === current));
  }

  tick() {
    for (const cell of document.querySelectorAll("[data-waits]")) {
      const ticket = this.get(cell.dataset.waits);
      if (ticket) cell.textContent = clockTime(this.waits(ticket));
    }
    const onLine = this.onLine;
    $("longest").textContent = onLine.length ? clockTime(Math.max(...onLine.map((ticket) => this.waits(ticket)))) : "–";
  }
}
