// The diary beside a caller: their appointments, free times, book, move and cancel. All of it is set as text.

import { element, post } from "/static/talk.js";

export class Diary {
  // tell: shows a sentence of trouble, "" for none
  constructor(place, tell) {
    this.place = place;
    this.tell = tell;
    this.ticket = null;
    this.known = null; // what the server told of this caller
    this.free = [];
    this.moving = null; // the appointment that gets another time
  }

  // ticket: the caller at hand, or nothing
  async open(ticket) {
    if (ticket?.id === this.ticket?.id) return;
    this.ticket = ticket ?? null;
    this.known = this.moving = null;
    this.free = [];
    this.draw();
    if (ticket) await this.load();
  }

  async load(phone = "") {
    const { id } = this.ticket;
    const answer = await fetch(`/desk/diary/${encodeURIComponent(id)}?phone=${encodeURIComponent(phone)}`, { cache: "no-store" }).catch(() => null);
    if (this.ticket?.id !== id) return; // another caller by now
    this.known = answer?.ok ? await answer.json() : null;
    this.draw();
  }

  async look() {
    const { id } = this.ticket;
    const of = (name) => this.place.querySelector(`#diary-${name}`).value;
    const asked = new URLSearchParams({ service: this.moving?.service ?? of("service"), branch: of("branch") });
    if (of("day")) asked.set("day", of("day"));
    const answer = await fetch(`/desk/diary/${encodeURIComponent(id)}/free?${asked}`, { cache: "no-store" }).catch(() => null);
    const body = await answer?.json().catch(() => ({}));
    if (this.ticket?.id !== id) return; // another caller by now
    this.free = answer?.ok ? body.free : [];
    this.tell(answer?.ok ? (this.free.length ? "" : "Nothing is free then; try another day or branch.") : (body?.error ?? "The diary cannot be read just now."));
    this.drawFree();
  }

  async take({ service, staff, branch, start }) {
    const name = this.place.querySelector("#diary-name").value;
    const phone = this.place.querySelector("#diary-phone").value;
    const chosen = { service, staff, branch, start, name, phone, reference: this.moving?.reference ?? "" };
    await this.change("book", chosen);
  }

  async change(path, body = {}) {
    const { id } = this.ticket;
    const answer = await post(`/desk/diary/${encodeURIComponent(id)}/${path}`, body);
    this.tell(answer.ok ? "" : (answer.body.error ?? "That did not work; please try again."));
    if (!answer.ok || this.ticket?.id !== id) return;
    this.moving = null;
    this.free = [];
    await this.load(this.place.querySelector("#diary-phone")?.value ?? "");
  }

  draw() {
    this.place.hidden = !this.known;
    if (!this.known) return this.place.replaceChildren();
    const booked = this.known.customers.flatMap((customer) => customer.appointments.map((one) => ({ ...one, name: customer.name })));
    const list = booked.length ? element("ul", "booked", null, ...booked.map((one) => this.booked(one))) : element("p", "hint", "No appointment to come on this number.");
    this.place.replaceChildren(element("h3", "", "Appointments"), list, this.form(), element("ol", "free"));
    this.place.lastElementChild.setAttribute("aria-label", "Free times");
  }

  booked(one) {
    const move = this.button(this.moving?.reference === one.reference ? "Choose a time below" : "Move", `Move ${one.what}, ${one.when}`, () => {
      this.moving = one;
      this.draw();
      this.look();
    });
    const cancel = this.button("Cancel", `Cancel ${one.what}, ${one.when}`, () => confirm(`Cancel ${one.what} on ${one.when}?`) && this.change(`cancel/${encodeURIComponent(one.reference)}`));
    const words = element("span", "", null, element("strong", "", one.when), element("span", "text", `${one.what} · ${one.who} · ${one.where} · ${one.name} · ${one.reference}`));
    return element("li", "", null, words, move, cancel);
  }

  form() {
    const name = this.field("name", "Name", this.known.customers[0]?.name ?? this.ticket.customer ?? "");
    const phone = this.field("phone", "Phone", this.known.phone);
    const service = this.choice("service", "Treatment", this.known.services);
    const branch = this.choice("branch", "Branch", [{ id: "", name: "any" }, ...this.known.branches]);
    const day = this.field("day", "From", "", "date");
    const look = this.button("Free times", "Look for free times", () => this.look());
    return element("div", "fields", null, name, phone, service, branch, day, look);
  }

  drawFree() {
    const rows = this.free.map((slot) => {
      const button = this.button(slot.when, `${this.moving ? "Move to" : "Book"} ${slot.when} with ${slot.who}, ${slot.where}`, () => this.take(slot));
      button.append(element("span", "text", `${slot.who} · ${slot.where}`));
      return element("li", "", null, button);
    });
    this.place.querySelector(".free").replaceChildren(...rows);
  }

  field(id, label, value, type = "text") {
    const input = Object.assign(element("input"), { id: `diary-${id}`, type, value });
    return element("label", "", label, input);
  }

  choice(id, label, options) {
    const select = element("select", "", null, ...options.map((one) => Object.assign(element("option", "", one.name), { value: one.id })));
    select.id = `diary-${id}`;
    return element("label", "", label, select);
  }

  button(label, name, action) {
    const button = element("button", "plain", label);
    button.type = "button";
    button.setAttribute("aria-label", name);
    button.addEventListener("click", action);
    return button;
  }
}
