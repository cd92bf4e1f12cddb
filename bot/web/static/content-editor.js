// One item in the middle: its texts, what is wrong with them, and keeping them in the draft.

import { playSentence } from "/static/content-sound.js";
import { playerOf } from "/static/content-tests.js";
import { keyOf, page } from "/static/content.js";
import { element } from "/static/talk.js";

const LEADS = {
  phrases: "One phrase a line, as people speak: small letters, no punctuation, figures in words.",
  answer: "What is said; one wording a line. Words in {curly brackets} are filled in.",
  section: "Lines of the form “name: value”; keep the indentation of their neighbours.",
  file: "The whole file; keep the indentation of its lines.",
};

let dirty = () => false;
window.addEventListener("beforeunload", (event) => dirty() && event.preventDefault());

export function editItem(item) {
  const fields = item.parts.map((part) => fieldOf(part));
  const problems = element("div");
  const save = element("button", "act", "Keep in the draft");
  const status = element("span", "hint");
  status.setAttribute("role", "status");
  dirty = () => fields.some(({ area, part }) => area.isConnected && area.value !== part.text);
  const keep = async () => {
    save.disabled = true;
    status.textContent = await keepAll(item, fields);
    save.disabled = false;
    problems.replaceChildren(...problemsOf(item));
    toFirstOf(problems);
    players.forEach(({ fill }) => fill());
  };
  save.addEventListener("click", keep);
  const players = fields.filter(({ part }) => /\/tests\/.*\.yml$/.test(part.path)).map(({ part }) => playerOf(part.path));
  const body = fields.map(({ box, part }) => (/(^|\/)skills\//.test(part.path) ? element("div", "", null, diagramOf(part), box) : box));
  page.show(element("h2", "", item.title), element("p", "lead", item.group), ...body, problems, element("div", "row end", null, status, save), ...players.map(({ player }) => player));
  problems.replaceChildren(...problemsOf(item));
  document.getElementById("middle").onkeydown = (event) => {
    if (event.key !== "s" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    keep();
  };
}

// A long text fills the screen, and what is wrong with it would stand below.
function toFirstOf(problems) {
  const first = problems.querySelector(".error");
  if (!first) return;
  first.tabIndex = -1;
  first.focus();
}

async function keepAll(item, fields) {
  const changed = fields.filter(({ area, part }) => area.value !== part.text);
  if (!changed.length) return "Nothing was changed.";
  for (const { area, part } of changed) {
    const body = { path: part.path, kind: part.kind, name: part.name, text: area.value, opened: part.opened };
    if (!(await page.ask("/content/save", body))) return "";
  }
  await page.changed();
  const fresh = page.itemOf(keyOf(item));
  if (!fresh) return "Kept in the draft.";
  fields.forEach((field) => {
    const part = fresh.parts.find(({ path, kind, name }) => path === field.part.path && kind === field.part.kind && name === field.part.name);
    if (part) field.part = part;
  });
  return "Kept in the draft; callers do not hear it yet.";
}

function fieldOf(part) {
  const area = element("textarea", part.kind === "section" || part.kind === "file" ? "yaml" : "");
  area.value = part.text;
  area.spellcheck = part.kind === "answer";
  area.rows = Math.min(18, Math.max(3, part.text.split("\n").length + 1));
  area.id = `text-${part.path}-${part.kind}`.replace(/\W/g, "-");
  const who = part.shared ? "every business" : "only this business";
  const label = element("label", "", null, element("span", "", `${LEADS[part.kind]}`), element("span", "", who));
  label.htmlFor = area.id;
  area.setAttribute("aria-label", `${part.kind === "answer" ? "What is said" : part.kind === "phrases" ? "Phrases" : part.name || part.path}, ${who}`);
  const box = element("div", "piece", null, label, area);
  if (part.kind === "answer") box.append(hearButton(area));
  return { area, part, box };
}

// As the draft has it; where it cannot be drawn, the check says why.
function diagramOf(part) {
  const picture = element("img", "diagram");
  picture.alt = "The steps of this skill, drawn";
  picture.src = `/content/diagram?path=${encodeURIComponent(part.path)}&of=${part.opened}`;
  picture.addEventListener("error", () => (picture.hidden = true));
  return picture;
}

function hearButton(area) {
  const hear = element("button", "plain", "Hear it");
  hear.type = "button";
  hear.addEventListener("click", async () => {
    hear.disabled = true;
    await playSentence(area.value.split("\n").find((line) => line.trim()) ?? "");
    hear.disabled = false;
  });
  return element("div", "row", null, hear);
}

function problemsOf(item) {
  const paths = new Set(item.parts.map((part) => part.path));
  return page.state.problems.map((problem) => problemOf(problem, paths.has(problem.path)));
}

export function problemOf({ path, line, message, level }, near = true) {
  const box = element("div", `problem ${level ?? "error"}`, null, element("strong", "", message));
  if (path) box.append(element("small", "", `${near ? "" : "Elsewhere in the draft: "}${path}${line ? `, line ${line}` : ""}`));
  return box;
}

export function newQuestion() {
  const short = input("A short word for it", "umbrella");
  const phrases = element("textarea");
  phrases.rows = 5;
  const answer = element("textarea");
  answer.rows = 3;
  const add = element("button", "act", "Add to the draft");
  add.addEventListener("click", async () => {
    const intent = `faq/${short.field.value.trim().toLowerCase().replace(/[^a-z0-9]+/g, "_")}`;
    const said = phrases.value.split("\n").filter((line) => line.trim());
    const body = { business: page.state.business, ids: [], phrases: said, intent, answer: answer.value };
    if (!(await page.ask("/content/label", body))) return;
    await page.changed();
    const made = page.state.items.find((item) => item.parts.some((part) => part.name === intent));
    if (made) page.openItem(keyOf(made));
  });
  page.show(
    element("h2", "", "A new question"),
    element("p", "lead", "Six ways of asking it or more, as different as you can make them, and the answer: one to three short sentences."),
    short.box,
    labelled("How callers ask it, a phrase a line", phrases),
    labelled("The answer they hear", answer),
    element("div", "row end", null, hearButton(answer), add),
  );
}

export function labelled(text, field) {
  const label = element("label", "", null, element("span", "", text));
  field.id ||= `field-${text.replace(/\W/g, "-")}`;
  label.htmlFor = field.id;
  return element("div", "piece", null, label, field);
}

function input(text, placeholder) {
  const field = element("input");
  field.placeholder = placeholder;
  return { field, box: labelled(text, field) };
}
