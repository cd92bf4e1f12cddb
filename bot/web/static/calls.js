// The calls page: looks calls up, shows one, plays it. Everything that was said is set as text, never as HTML.

import { said } from "/static/packet.js";
import { Player } from "/static/player.js";
import { ScoreCard } from "/static/scorecard.js";
import { clockTime, element } from "/static/talk.js";

const $ = (id) => document.getElementById(id);
const form = $("asked");
const RECORDED = { on: "recorded", refused: "the caller did not want to be recorded" };
const WAIT = 250; // milliseconds after the last key

let calls = [];
let businesses = {}; // names by id
let openId = new URLSearchParams(location.search).get("call");
let player = null;
let lines = []; // {start_ms, node}
let current = -1;
let typing = 0;

// The list ---------------------------------------------------------------------------------

async function read() {
  const asked = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
  const answer = await fetch(`/calls/list?${asked}`, { cache: "no-store" }).catch(() => null);
  if (answer?.status === 401) return location.reload();
  const body = (await answer?.json().catch(() => null)) ?? {};
  if (!answer?.ok) return trouble(body.error ?? "The calls cannot be read now; please try again.");
  trouble("");
  calls = body.calls;
  businesses = body.businesses;
  choices(body);
  $("calls").replaceChildren(...calls.map(row));
  $("empty").hidden = calls.length > 0;
  $("live").textContent = calls.length === 50 ? "the newest 50 that fit" : `${calls.length} that fit`;
}

function choices({ queues, agents, businesses, oversees }) {
  fill(form.elements.queue, queues.map((name) => [name, name]));
  fill(form.elements.agent, agents.map(({ id, name }) => [id, name]));
  fill(form.elements.business, Object.entries(businesses));
  for (const link of document.querySelectorAll("[data-oversees]")) link.hidden = !oversees;
  form.elements.agent.parentElement.hidden = !oversees;
}

function fill(select, options) {
  if (select.options.length === 1) select.append(...options.map(([value, label]) => new Option(label, value)));
}

function row(call) {
  const button = element("button");
  button.type = "button";
  button.dataset.id = call.id;
  button.setAttribute("aria-current", String(call.id === openId));
  const mark = element("span", "mark", call.recording === "on" ? "●" : "○");
  mark.title = call.recording === "on" ? "recorded" : "not recorded";
  mark.setAttribute("aria-label", mark.title);
  const what = [call.outcome, call.agent, call.about].filter(Boolean).join(" · ");
  button.append(mark, element("span", "who", when(call)), element("span", "time", clockTime(call.length_ms / 1000)), element("span", "what", what));
  button.addEventListener("click", () => open(call.id));
  return element("li", "", null, button);
}

const when = (call) => `${new Date(call.started_at).toLocaleString([], { dateStyle: "short", timeStyle: "short" })} ${call.caller_name || call.caller}`;

// One call ---------------------------------------------------------------------------------

async function open(id) {
  openId = id;
  for (const button of document.querySelectorAll("[data-id]")) button.setAttribute("aria-current", String(button.dataset.id === id));
  const answer = await fetch(`/calls/${encodeURIComponent(id)}`, { cache: "no-store" }).catch(() => null);
  const call = (await answer?.json().catch(() => null)) ?? {};
  if (!answer?.ok) return trouble(call.error ?? "This call cannot be read now; please try again.");
  history.replaceState(null, "", `?call=${encodeURIComponent(id)}`);
  show(call);
}

function show(call) {
  player?.close();
  const end = Math.max(0, ...call.turns.map((turn) => turn.end_ms));
  player = call.stretches.length ? new Player(call, end) : null;
  player?.addEventListener("moved", ({ detail }) => follow(detail.ms));
  player?.addEventListener("trouble", ({ detail }) => trouble(detail.text));
  current = -1;
  const list = element("ol", player ? "transcript heard" : "transcript");
  lines = call.turns.map((turn) => line(turn));
  list.append(...lines.map(({ node }) => node));
  const spoken = element("div", "spoken", null, call.turns.length ? list : element("p", "hint", "nothing was said"));
  const talk = element("div", "", null, element("h3", "", "What was said (underlined: heard with doubt)"), spoken);
  const score = new ScoreCard(call, trouble);
  $("call").replaceChildren(head(call), ...(player ? [player.place] : [element("p", "hint", recorded(call))]), element("div", "columns", null, talk, element("div", "", null, ...facts(call), score.place)));
}

function line(turn) {
  const node = said({ ...turn, at_ms: turn.start_ms, doubtful: turn.doubtful ?? [], confidence: turn.confidence ?? null });
  if (player) node.addEventListener("click", () => player.seek(turn.start_ms, true));
  if (turn.intent) node.title = `understood as ${turn.intent}`;
  return { start_ms: turn.start_ms, node };
}

function recorded(call) {
  return call.recording === "refused" ? "The caller did not want to be recorded." : call.recording ? "The recording was deleted, or nothing was heard." : "This call was not recorded.";
}

function head(call) {
  const items = [call.outcome, ...call.agents.map((name) => `with ${name}`), businesses[call.business] ?? call.business, call.channel, RECORDED[call.recording], call.survey?.rating && `rated ${call.survey.rating} of 5`];
  const title = element("header", "", null, element("h2", "", call.ticket?.customer || call.caller_name || call.caller || "Unknown caller"));
  return element("div", "", null, title, element("p", "facts", null, element("span", "", new Date(call.started_at).toLocaleString()), ...items.filter(Boolean).map((text) => element("span", "", text))));
}

function facts(call) {
  const made = [];
  if (call.ticket) made.push(element("h3", "", "Why it went to a person"), element("ul", "reasons", null, ...call.ticket.reasons.map((reason) => element("li", "", reason))), element("p", "hint", call.ticket.summary));
  const events = call.happened.map(({ at_ms, what, who, note }) => element("li", "", null, element("span", "at", clockTime(Math.max(0, at_ms) / 1000)), element("span", "", [what, who, note].filter(Boolean).join(" · "))));
  if (events.length) made.push(element("h3", "", "What happened"), element("ol", "happened", null, ...events));
  if (call.listeners.length) made.push(element("h3", "", "Listened to by"), element("ul", "reasons", null, ...call.listeners.map(({ who, at }) => element("li", "", `${who}, ${new Date(at).toLocaleString()}`))));
  return made;
}

// The line that is spoken now, kept in view.
function follow(ms) {
  const now = lines.findLastIndex(({ start_ms }) => start_ms <= ms);
  if (now === current) return;
  lines[current]?.node.removeAttribute("aria-current");
  current = now;
  const node = lines[now]?.node;
  node?.setAttribute("aria-current", "true");
  node?.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const index = calls.findIndex(({ id }) => id === openId);
  const next = calls[Math.max(0, Math.min(calls.length - 1, index + by))];
  if (next) open(next.id);
}

function toLine(by) {
  const next = lines[Math.max(0, Math.min(lines.length - 1, current + by))];
  if (next) player.seek(next.start_ms);
}

function trouble(text) {
  $("banner").hidden = !text;
  $("banner").textContent = text;
}

const KEYS = {
  " ": () => player?.toggle(),
  arrowleft: () => player?.step(-5000),
  arrowright: () => player?.step(5000),
  arrowup: () => player && toLine(-1),
  arrowdown: () => player && toLine(1),
  j: () => step(1),
  k: () => step(-1),
};
document.addEventListener("keydown", (event) => {
  const typed = event.target.matches("input, textarea, select") || (event.key === " " && event.target.matches("button, a"));
  const action = KEYS[event.key.toLowerCase()];
  if (!action || typed || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  action();
});
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(read, WAIT);
});
await read(); // the names of businesses are known then
if (openId) open(openId);
