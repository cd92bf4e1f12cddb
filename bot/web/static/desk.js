// The desk: fetches the tickets every few seconds and shows them. Everything a caller said is set as text, never as HTML.

const REFRESH = 3000;
const $ = (id) => document.getElementById(id);
const MARKS = { emergency: "▲", high: "◆", normal: "●", low: "○" };
const STATUS = { waiting: "waiting", offered: "offered", taken: "taken", done: "done", abandoned: "caller left" };
const ACTIONS = { waiting: ["take", "done"], offered: ["take"], abandoned: ["take", "done"], taken: ["done", "back"], done: ["back"] };
const LABELS = { take: "Take", done: "Done", back: "Back to queue" };

let tickets = { waiting: [], others: [] };
let openId = null;
let readAt = performance.now();
let shownTicket = "";

function element(tag, className, text, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined && text !== null) made.textContent = text;
  made.append(...children);
  return made;
}

function clockTime(seconds) {
  const h = Math.floor(seconds / 3600);
  const m = Math.floor(seconds / 60) % 60;
  const s = String(seconds % 60).padStart(2, "0");
  return h ? `${h}:${String(m).padStart(2, "0")}:${s}` : `${m}:${s}`;
}

function nowWaiting(ticket) {
  return ticket.waiting_s + Math.floor((performance.now() - readAt) / 1000);
}

// Talking to the server -------------------------------------------------------------------

async function read() {
  try {
    const answer = await fetch("/desk/tickets", { cache: "no-store" });
    if (answer.status === 401) return location.reload();
    if (answer.status === 503) return closed((await answer.json()).error);
    if (!answer.ok) throw new Error(answer.status);
    tickets = await answer.json();
    readAt = performance.now();
    trouble("");
    $("live").textContent = "● live";
    draw();
  } catch {
    $("live").textContent = "○ not connected";
    trouble("The connection to the call centre is lost. What you see may be old; trying again…");
  }
}

function closed(why) {
  $("live").textContent = "○ not ready";
  trouble(why);
}

async function change(path) {
  const answer = await fetch(path, { method: "POST", headers: { "X-Frontdesk": "desk" } });
  const body = await answer.json().catch(() => ({}));
  if (answer.ok) return body;
  trouble(body.error ?? "That did not work. Please try again.");
  return null;
}

async function act(action) {
  const ticket = current();
  if (!ticket || !ACTIONS[ticket.status]?.includes(action)) return;
  if (await change(`/desk/tickets/${encodeURIComponent(ticket.id)}/${action}`)) await read();
}

function trouble(text) {
  $("banner").hidden = !text;
  $("banner-text").textContent = text;
}

// Drawing ----------------------------------------------------------------------------------

function all() {
  return [...tickets.waiting, ...tickets.others];
}

function current() {
  return all().find((ticket) => ticket.id === openId);
}

function draw() {
  drawList("waiting", tickets.waiting);
  drawList("others", tickets.others);
  $("waiting-count").textContent = tickets.waiting.length;
  $("on-line").textContent = tickets.waiting.filter((ticket) => ticket.on_line).length;
  if (!openId && tickets.waiting.length) openId = tickets.waiting[0].id;
  drawTicket();
  tick();
}

function drawList(name, list) {
  const focused = document.activeElement?.dataset?.id;
  $(name).replaceChildren(...list.map(row));
  $(`${name}-empty`).hidden = list.length > 0;
  if (focused) document.querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

function row(ticket) {
  const isWaiting = ticket.status === "waiting" || ticket.status === "offered";
  const button = element("button", ticket.priority);
  button.type = "button";
  button.dataset.id = ticket.id;
  button.setAttribute("aria-current", String(ticket.id === openId));
  const time = element("span", "time", isWaiting ? "" : STATUS[ticket.status]);
  if (isWaiting) time.dataset.waits = ticket.id;
  const mark = element("span", "mark", MARKS[ticket.priority]);
  mark.title = `${ticket.priority} priority`;
  mark.setAttribute("aria-label", mark.title);
  const line = ticket.on_line ? "on the line · " : "";
  button.append(mark, element("span", "who", caller(ticket)), time, element("span", "what", line + (ticket.wants || ticket.summary || ticket.queue)));
  button.addEventListener("click", () => open(ticket.id));
  return element("li", "", null, button);
}

function caller(ticket) {
  return ticket.customer || ticket.caller || "Unknown caller";
}

function tick() {
  let longest = 0;
  for (const ticket of tickets.waiting) longest = Math.max(longest, nowWaiting(ticket));
  for (const cell of document.querySelectorAll("[data-waits]")) {
    const ticket = tickets.waiting.find(({ id }) => id === cell.dataset.waits);
    if (ticket) cell.textContent = clockTime(nowWaiting(ticket));
  }
  $("longest").textContent = tickets.waiting.length ? clockTime(longest) : "–";
}

function drawTicket() {
  const ticket = current();
  const { waiting_s, ...lasting } = ticket ?? {};
  const shown = JSON.stringify(lasting);
  if (shown === shownTicket) return; // no flicker, no lost selection
  shownTicket = shown;
  if (!ticket) return $("ticket").replaceChildren(element("p", "empty", "Choose a ticket to see why it came and what was said."));
  $("ticket").replaceChildren(head(ticket), facts(ticket), element("p", "summary", ticket.summary || "No summary."), columns(ticket));
}

function head(ticket) {
  const header = element("header", "", null, element("h2", "", caller(ticket)));
  for (const [i, action] of (ACTIONS[ticket.status] ?? []).entries()) {
    const button = element("button", i === 0 ? "act" : "plain", LABELS[action]);
    button.type = "button";
    button.addEventListener("click", () => act(action));
    header.append(button);
  }
  return header;
}

function facts(ticket) {
  const time = element("span");
  time.append(STATUS[ticket.status], " ");
  if (ticket.status === "waiting") time.append(Object.assign(element("span"), { textContent: clockTime(nowWaiting(ticket)) }));
  time.lastElementChild?.setAttribute("data-waits", ticket.id);
  const line = ticket.on_line ? "caller is on the line" : "caller is not on the line";
  const items = [`${MARKS[ticket.priority]} ${ticket.priority} priority`, ticket.queue, ticket.business, line, ticket.caller, `identity: ${ticket.identity}`, new Date(ticket.created_at).toLocaleString()];
  return element("p", "facts", null, time, ...items.filter(Boolean).map((text) => element("span", "", text)));
}

function columns(ticket) {
  const side = element("div", "", null, element("h3", "", "Why the receptionist handed over"));
  side.append(element("ul", "reasons", null, ...(ticket.reasons.length ? ticket.reasons : ["no reason given"]).map((reason) => element("li", "", reason))));
  side.append(element("h3", "", "Filled in so far"));
  const slots = Object.entries(ticket.slots);
  if (ticket.wants) slots.unshift(["wants", ticket.wants]);
  const list = element("dl", "slots");
  for (const [name, value] of slots) list.append(element("dt", "", name.replaceAll("_", " ")), element("dd", "", value));
  side.append(slots.length ? list : element("p", "hint", "nothing yet"));
  const talk = element("div", "", null, element("h3", "", "What was said (underlined: heard with doubt)"));
  talk.append(ticket.transcript.length ? element("ol", "transcript", null, ...ticket.transcript.map(said)) : element("p", "hint", "nothing was said"));
  return element("div", "columns", null, talk, side);
}

function said(line) {
  const words = element("span", "said");
  const doubtful = new Set(line.doubtful.map((word) => word.toLowerCase()));
  for (const piece of line.text.split(/(\s+)/)) {
    const bare = piece.toLowerCase().replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, "");
    if (doubtful.has(bare)) {
      const mark = element("span", "doubt", piece);
      mark.title = "heard with doubt";
      words.append(mark);
    } else words.append(piece);
  }
  if (line.confidence !== null) words.title = `heard with ${Math.round(line.confidence * 100)} % confidence`;
  return element("li", line.speaker, null, element("span", "speaker", line.speaker), element("span", "at", clockTime(Math.floor(line.at_ms / 1000))), words);
}

// Acting -----------------------------------------------------------------------------------

function open(id) {
  openId = id;
  for (const button of document.querySelectorAll("[data-id]")) button.setAttribute("aria-current", String(button.dataset.id === id));
  drawTicket();
  tick();
}

function step(by) {
  const list = all();
  if (!list.length) return;
  const index = list.findIndex(({ id }) => id === openId);
  open(list[Math.max(0, Math.min(list.length - 1, index + by))].id);
  document.querySelector(`[data-id="${CSS.escape(openId)}"]`)?.scrollIntoView({ block: "nearest" });
}

const KEYS = { j: () => step(1), k: () => step(-1), t: () => act("take"), d: () => act("done"), b: () => act("back") };
document.addEventListener("keydown", (event) => {
  if (!event.ctrlKey && !event.metaKey && !event.altKey) KEYS[event.key.toLowerCase()]?.();
});
$("leave").addEventListener("click", async () => {
  if (await change("/desk/leave")) location.reload();
});
fetch("/desk/me").then((answer) => answer.json()).then(({ role }) => ($("people").hidden = role !== "admin"));
setInterval(tick, 1000);
setInterval(read, REFRESH);
read();
