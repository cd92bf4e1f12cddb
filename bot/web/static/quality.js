// The quality page: the trend of each colleague, calls drawn by lot, the questions of the score card. Text only.

import { clockTime, element, post } from "/static/talk.js";

const $ = (id) => document.getElementById(id);
const SVG = "http://www.w3.org/2000/svg";
const WEEKS = 12;
const WEEK = 7 * 24 * 3600 * 1000;
const [WIDE, HIGH] = [192, 35];

async function read() {
  const asked = new URLSearchParams([...new FormData($("asked"))].filter(([, value]) => value));
  const answer = await fetch(`/quality/figures?${asked}`, { cache: "no-store" }).catch(() => null);
  if (answer?.status === 401) return location.reload();
  const body = (await answer?.json().catch(() => null)) ?? {};
  if (!answer?.ok) return trouble(body.error ?? "The scores cannot be read now; choose other numbers, or try again.");
  trouble("");
  $("live").textContent = "● live";
  $("agents").replaceChildren(...body.agents.map(agent));
  $("agents-empty").hidden = body.agents.length > 0;
  $("sample").replaceChildren(...body.listen_to.map(drawn));
  $("sample-empty").hidden = body.listen_to.length > 0;
  if (!$("questions").children.length) $("questions").replaceChildren(...body.questions.map(question));
}

function agent({ name, weeks }) {
  const count = weeks.reduce((sum, week) => sum + week.count, 0);
  const mean = weeks.reduce((sum, week) => sum + week.score * week.count, 0) / count;
  const last = weeks.at(-1);
  const cell = element("td");
  cell.append(plot(name, weeks));
  return element("tr", "", null, element("td", "", name), element("td", "number", count), element("td", "number", mean.toFixed(0)), element("td", "number", last.score.toFixed(0)), cell);
}

// A line from 0 to 100 over the last weeks, with a mark at 50.
function plot(name, weeks) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${WIDE} ${HIGH}`);
  svg.setAttribute("class", "trend");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", `${name}: ${weeks.map((week) => `week of ${week.monday} ${week.score.toFixed(0)}`).join(", ")}`);
  const first = Date.now() - WEEKS * WEEK;
  const points = weeks.map((week) => [Math.max(3, Math.min(WIDE - 3, ((Date.parse(week.monday) - first) / (WEEKS * WEEK)) * WIDE)), HIGH - 3 - (week.score / 100) * (HIGH - 6)]);
  const shape = (tag, more) => {
    const made = document.createElementNS(SVG, tag);
    for (const [key, value] of Object.entries(more)) made.setAttribute(key, value);
    svg.append(made);
  };
  shape("path", { class: "mark", d: `M0 ${HIGH / 2} H${WIDE}` });
  shape("path", { d: points.map(([x, y], i) => `${i ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join(" ") });
  for (const [x, y] of points) shape("circle", { cx: x.toFixed(1), cy: y.toFixed(1), r: 2.5 });
  return svg;
}

function drawn({ id, agent: name, started_at, length_ms, is_scored }) {
  const link = Object.assign(element("a", "", new Date(started_at).toLocaleString()), { href: `/calls?call=${encodeURIComponent(id)}` });
  return element("tr", "", null, element("td", "", name), element("td", "", null, link), element("td", "number", clockTime(length_ms / 1000)), element("td", "", is_scored ? "✓ scored" : "○ open"));
}

// The card -----------------------------------------------------------------------------------

function question({ id, text, kind, weight }) {
  const words = Object.assign(element("input"), { value: text, maxLength: 200, required: true, name: "text" });
  const kinds = element("select", "", null, new Option("yes or no", "yes_no"), new Option("1 to 5", "scale"));
  Object.assign(kinds, { value: kind, name: "kind" });
  const weighs = Object.assign(element("input"), { type: "number", min: 1, max: 10, value: weight, required: true, name: "weight" });
  const remove = Object.assign(element("button", "plain", "Remove"), { type: "button" });
  const item = element("li", "", null, element("label", "", "Question", words), element("label", "", "Answer", kinds), element("label", "", "Weight", weighs), remove);
  item.dataset.id = id;
  remove.addEventListener("click", () => item.remove());
  return item;
}

$("more").addEventListener("click", () => {
  $("questions").append(question({ id: `q${Date.now().toString(36)}`, text: "", kind: "yes_no", weight: 1 }));
  $("questions").lastElementChild.querySelector("input").focus();
});
$("card").addEventListener("submit", async (event) => {
  event.preventDefault();
  const value = (item, name) => item.querySelector(`[name="${name}"]`).value;
  const questions = [...$("questions").children].map((item) => ({ id: item.dataset.id, text: value(item, "text").trim(), kind: value(item, "kind"), weight: Number(value(item, "weight")) }));
  const { ok, body } = await post("/quality/card", { questions });
  $("card-note").textContent = ok ? "Saved: these questions are asked from now on." : (body.error ?? "These questions cannot be saved; please look at them again.");
});

function trouble(text) {
  $("banner").hidden = !text;
  $("banner").textContent = text;
}

$("asked").addEventListener("submit", (event) => event.preventDefault());
$("asked").addEventListener("change", read);
read();
