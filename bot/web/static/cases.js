// Cases: the open ones in the list, and above a ticket the case that it belongs to, with what is to be done next. It is
// drawn anew only when something changed in it, so that nothing that is being written is lost.

import { element, post } from "/static/talk.js";

const REFRESH = 15000;
const DAY = 24 * 3600 * 1000;

export class Cases {
  constructor(list, place, trouble) {
    this.list = list;
    this.place = place;
    this.trouble = trouble;
    this.ticket = "";
    this.shown = "";
    this.read();
    setInterval(() => this.read(), REFRESH);
  }

  async read() {
    if (this.ticket) this.look(this.ticket);
    const answer = await fetch("/cases", { cache: "no-store" }).catch(() => null);
    if (!answer?.ok) return;
    const { cases } = await answer.json();
    const order = [...cases.filter((one) => one.mine), ...cases.filter((one) => !one.mine)];
    const rows = order.map((one) => element("li", one.is_overdue ? "overdue" : "", null, element("span", "who", `${one.mine ? "★ " : ""}${one.customer || one.caller || "unknown caller"}`), element("span", "time", due(one)), element("span", "what", [one.wants || "open request", one.follow_up, !one.mine && one.owner].filter(Boolean).join(" · "))));
    this.list.replaceChildren(...(rows.length ? rows : [element("li", "empty", "Nothing is open. What callers still wait for stands here, yours (★) first.")]));
  }

  // The ticket that is looked at now.
  of(ticket) {
    if (ticket === this.ticket) return;
    this.ticket = ticket;
    this.look(ticket);
  }

  async look(ticket) {
    const answer = await fetch(`/cases/of/${encodeURIComponent(ticket)}`, { cache: "no-store" }).catch(() => null);
    const found = answer?.ok ? (await answer.json()).case : null;
    const shown = JSON.stringify(found);
    if (this.ticket !== ticket || shown === this.shown) return;
    this.shown = shown;
    this.place.hidden = !found;
    this.place.replaceChildren(...(found ? [this.drawn(found, ticket)] : []));
  }

  drawn(found, ticket) {
    const times = found.steps.filter((step) => ["opened", "came again", "reopened"].includes(step.what)).length;
    const told = `${found.status} case: ${found.wants || "open request"}${times > 1 ? `, call ${times} about it` : ""}${found.owner ? `, with ${found.owner}` : ""}${found.due_at ? `, ${found.follow_up || "due"} ${due(found)}` : ""}`;
    const steps = found.steps.map((step) => element("li", "", [new Date(step.at).toLocaleString(), step.what, step.who, step.note].filter(Boolean).join(" · ")));
    const box = element("details", "case", null, element("summary", found.is_overdue ? "overdue" : "", told), element("ol", "reasons", null, ...steps), this.form(found, ticket));
    return box;
  }

  form(found, ticket) {
    const kind = element("select", "", null, ...["call back", "e-mail", "other"].map((name) => new Option(name, name)));
    const when = Object.assign(element("input"), { type: "datetime-local", required: true, value: local(new Date(Date.now() + DAY)) });
    const note = Object.assign(element("input"), { maxLength: 1500, placeholder: "what is to be done" });
    const form = element("form", "wrap", null, element("label", "", "Follow-up", kind), element("label", "", "By", when), element("label", "grow", "Note", note), Object.assign(element("button", "plain", "Save follow-up"), { type: "submit" }));
    const solved = Object.assign(element("button", "plain", "Close the case"), { type: "button", hidden: found.status === "closed" });
    form.append(solved);
    const change = async (what, body) => {
      const answer = await post(`/cases/${encodeURIComponent(found.id)}/${what}`, body);
      this.trouble(answer.ok ? "" : (answer.body.error ?? "Please look at the date again."));
      if (answer.ok) await Promise.all([this.read(), this.look(ticket)]);
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      change("follow-up", { kind: kind.value, due_at: new Date(when.value).toISOString(), note: note.value });
    });
    solved.addEventListener("click", () => change("close", { note: note.value }));
    return form;
  }
}

const due = (one) => (one.due_at ? `${one.is_overdue ? "overdue " : ""}${new Date(one.due_at).toLocaleString([], { dateStyle: "short", timeStyle: "short" })}` : "");

// As the field of a form wants it, in the time of this place.
const local = (date) => new Date(date.getTime() - date.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
