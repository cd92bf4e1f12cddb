// Beside a call: what is told by reckoning, the scores it got, and the card to score it with. For those who oversee.

import { clockTime, element, post } from "/static/talk.js";

const percent = (value) => (value === null ? "–" : `${Math.round(value * 100)} %`);
const kept = (value) => (value === null ? "no occasion" : value ? "✓ yes" : "✗ no");
const CHECKS = [
  ["greeted", "Greeting", kept],
  ["identified", "Identity before anything personal", kept],
  ["read_back", "Read back before it was done", kept],
  ["longest_silence_ms", "Longest silence", (ms) => clockTime(ms / 1000)],
  ["silence", "Silence in all", percent],
  ["interrupted_caller", "Caller interrupted", String],
  ["interrupted_by_caller", "Caller interrupted us", String],
  ["caller_share", "Caller’s share of the talk", percent],
];

export class ScoreCard {
  constructor(call, trouble) {
    this.call = call;
    this.trouble = trouble;
    this.place = element("section", "score");
    this.place.setAttribute("aria-label", "Quality");
    this.path = `/quality/calls/${encodeURIComponent(call.id)}`;
    this.read();
  }

  async read() {
    const answer = await fetch(this.path, { cache: "no-store" }).catch(() => null);
    if (!answer?.ok) return; // agents have no card
    this.draw(await answer.json());
  }

  draw({ questions, can_score, checks, scores }) {
    const list = element("dl", "checks");
    for (const [name, label, told] of CHECKS) list.append(element("dt", "", label), element("dd", checks[name] === false ? "bad" : "", told(checks[name])));
    const given = scores.map(({ who, score, comment }) => element("li", "", `${who}: ${Math.round(score)} of 100${comment ? ` – ${comment}` : ""}`));
    this.place.replaceChildren(element("h3", "", "Checked by reckoning"), list);
    if (given.length) this.place.append(element("h3", "", "Scores"), element("ul", "reasons", null, ...given));
    if (can_score) this.place.append(this.form(questions, scores.find(({ mine }) => mine)));
  }

  form(questions, mine) {
    const form = element("form", "score", null, element("h3", "", "Score card"));
    for (const question of questions) {
      const options = question.kind === "yes_no" ? [["yes", 1], ["no", 0]] : [1, 2, 3, 4, 5].map((value) => [String(value), value]);
      const select = element("select", "", null, new Option("not applicable", ""), ...options.map(([label, value]) => new Option(label, value)));
      select.name = question.id;
      select.value = mine?.answers[question.id] ?? "";
      form.append(element("label", "", question.text, select));
    }
    const comment = Object.assign(element("textarea"), { rows: 2, maxLength: 2000, value: mine?.comment ?? "" });
    const save = Object.assign(element("button", "act", mine ? "Change score" : "Save score"), { type: "submit" });
    form.append(element("label", "", "Comment", comment), save);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const answers = Object.fromEntries([...form.querySelectorAll("select")].map(({ name, value }) => [name, value === "" ? null : Number(value)]));
      this.save(answers, comment.value);
    });
    return form;
  }

  async save(answers, comment) {
    const { ok, body } = await post(this.path, { answers, comment });
    this.trouble(ok ? "" : body.error);
    if (ok) await this.read();
  }
}
