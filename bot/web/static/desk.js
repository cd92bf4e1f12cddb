// The desk: tickets and the live call. Everything a caller said is set as text, never as HTML.

import { answerAt, phone } from "/static/answering.js";
import { MicrophoneRefused, meterValue } from "/static/audio.js";
import { CallCard } from "/static/callcard.js";
import { Diary } from "/static/diary.js";
import { EarlierCalls } from "/static/earlier.js";
import { Line } from "/static/line.js";
import { Cases } from "/static/cases.js";
import { RecordingSwitch } from "/static/record.js";
import { MARKS, STATUS, callBack, caller, columns, facts } from "/static/packet.js";
import { asks, ring } from "/static/ringing.js";
import { Suggestions } from "/static/suggestions.js";
import { clockTime, element, post } from "/static/talk.js";
import { readToday } from "/static/today.js";

const REFRESH = 3000;
const $ = (id) => document.getElementById(id);
const ACTIONS = { waiting: ["take", "done"], offered: ["take"], abandoned: ["take", "done"], taken: ["done", "back"], done: ["back"] };
const LABELS = { answer: "Answer", take: "Take", done: "Done", back: "Back to queue" };

let tickets = { waiting: [], others: [] };
let openId = null;
let readAt = performance.now();
let shownTicket = "";
let state = null; // of my line
let serverClock = 0; // milliseconds to add to performance.now() for the server's time of day

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
  const { ok, body } = await post(path);
  if (ok) return body;
  trouble(body.error ?? "That did not work. Please try again.");
  return null;
}

// Who is on the line can be picked from the list by anybody who does not talk.
function actionsOf(ticket) {
  const actions = ACTIONS[ticket.status] ?? [];
  const free = ["ready", "paused"].includes(state?.me.presence);
  return ticket.status === "waiting" && ticket.on_line && free ? ["answer", ...actions] : actions;
}

async function act(action) {
  const ticket = current();
  if (!ticket || !actionsOf(ticket).includes(action)) return;
  if (action === "answer") return answer(ticket.id);
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

// The call at hand is what is looked at, whatever was chosen before.
function current() {
  const live = state?.offer ?? state?.invite ?? state?.talk ?? state?.guest ?? state?.wrap;
  const listed = (id) => all().find((ticket) => ticket.id === id);
  return live ? (listed(live.ticket.id) ?? { status: "taken", on_line: inTalk(), waiting_s: 0, ...live.ticket }) : listed(openId);
}

function onLine() {
  return tickets.waiting.filter((ticket) => ticket.on_line);
}

function draw() {
  $("on-line").textContent = onLine().length;
  $("ring-back").textContent = tickets.waiting.length - onLine().length;
  if (!openId && tickets.waiting.length) openId = tickets.waiting[0].id;
  drawList("waiting", tickets.waiting);
  drawList("others", tickets.others);
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
  button.setAttribute("aria-current", String(ticket.id === current()?.id));
  const time = element("span", "time", isWaiting ? "" : STATUS[ticket.status]);
  if (isWaiting) time.dataset.waits = ticket.id;
  const mark = element("span", "mark", MARKS[ticket.priority]);
  mark.title = `${ticket.priority} priority`;
  mark.setAttribute("aria-label", mark.title);
  const line = ticket.on_line ? "on the line · " : ticket.call_back ? `${callBack(ticket)} · ` : "";
  button.append(mark, element("span", "who", caller(ticket)), time, element("span", "what", line + (ticket.wants || ticket.summary || ticket.queue)));
  button.addEventListener("click", () => open(ticket.id));
  return element("li", "", null, button);
}

function tick() {
  let longest = 0;
  for (const ticket of onLine()) longest = Math.max(longest, nowWaiting(ticket));
  for (const cell of document.querySelectorAll("[data-waits]")) {
    const ticket = tickets.waiting.find(({ id }) => id === cell.dataset.waits);
    if (ticket) cell.textContent = clockTime(nowWaiting(ticket));
  }
  const now = serverClock + performance.now();
  $("my-time").textContent = state ? clockTime(Math.max(0, (now - Date.parse(state.me.since)) / 1000)) : "";
  card.tick(now);
  $("longest").textContent = onLine().length ? clockTime(longest) : "–";
}

function drawTicket() {
  const ticket = current();
  const { waiting_s, ...lasting } = ticket ?? {};
  const shown = JSON.stringify([lasting, state?.me.presence, state?.talk?.lines, state?.guest?.lines, state?.wrap?.lines]);
  if (shown === shownTicket) return; // no flicker, no lost selection
  shownTicket = shown;
  if (!ticket) return $("ticket").replaceChildren(element("p", "empty", "Choose a ticket to see why it came and what was said."));
  const mine = [state?.talk, state?.guest, state?.wrap].find((one) => one?.ticket.id === ticket.id);
  $("ticket").replaceChildren(head(ticket), facts(ticket, nowWaiting(ticket)), element("p", "summary", ticket.summary || "No summary."), columns(ticket, mine));
  cases.of(ticket.id);
}

function head(ticket) {
  const header = element("header", "", null, element("h2", "", caller(ticket)));
  const inCall = state?.offer || state?.invite || inTalk() || state?.wrap;
  for (const [i, action] of (inCall ? [] : actionsOf(ticket)).entries()) {
    const button = element("button", i === 0 ? "act" : "plain", LABELS[action]);
    button.type = "button";
    button.addEventListener("click", () => act(action));
    header.append(button);
  }
  return header;
}

// Acting -----------------------------------------------------------------------------------

function open(id) {
  openId = id;
  markCurrent();
  drawTicket();
  tick();
}

function markCurrent() {
  const id = current()?.id;
  for (const button of document.querySelectorAll("[data-id]")) button.setAttribute("aria-current", String(button.dataset.id === id));
}

function step(by) {
  const list = all();
  if (!list.length) return;
  const index = list.findIndex(({ id }) => id === openId);
  open(list[Math.max(0, Math.min(list.length - 1, index + by))].id);
  document.querySelector(`[data-id="${CSS.escape(openId)}"]`)?.scrollIntoView({ block: "nearest" });
}


// The line ---------------------------------------------------------------------------------

const line = new Line();
const card = new CallCard($("callcard"), {
  answer,
  decline: (ticket) => line.send("decline", { ticket }),
  hold: () => line.send("hold"),
  mute,
  transfer: (to) => line.send("transfer", to),
  consult: (to) => line.send("consult", to),
  join: () => line.send("join"),
  handOver: () => line.send("hand-over"),
  cancel: () => line.send("cancel"),
  keys: (digits) => line.send("keys", { digits }),
  keypad,
  back: (goal) => line.send("back", { goal }),
  end: () => line.send("end"),
  again: () => line.send("again"),
  ring: () => line.send("ring"),
  wrap: (disposition, notes) => line.send("wrap", { disposition, notes }),
  openSound,
});

const earlier = new EarlierCalls($("earlier"));
const diary = new Diary($("diary"), trouble);
const cases = new Cases($("cases"), $("case"), trouble);
const recording = new RecordingSwitch($("recording"), trouble);
const suggestions = new Suggestions($("suggestions"), { say: (text) => line.send("say", { text }) });

line.addEventListener("state", ({ detail }) => {
  const before = state;
  state = detail;
  serverClock = Date.parse(detail.now) - performance.now();
  if (asks(detail) && asks(detail) !== asks(before)) ring(() => state, () => line.sound);
  if (!inTalk() && card.muted) mute(false);
  if (detail.me.presence !== before?.me.presence) readToday();
  drawLine();
  markCurrent();
  read();
});
line.addEventListener("note", ({ detail }) => trouble(detail.text));
line.addEventListener("connected", () => {
  trouble("");
  line.send("phone", { number: phone() });
  takeOver();
});
line.addEventListener("lost", ({ detail }) => {
  $("my-presence").textContent = "not connected";
  $("presence").dataset.presence = "";
  if (detail.forGood) trouble("This desk rests: it was opened elsewhere, or you were signed out. Reload to work here.");
  else trouble(inTalk() ? "The connection is lost. The caller stays on the line for half a minute; connecting again…" : "The connection is lost; connecting again…");
});
line.addEventListener("voice", ({ detail }) => heard("caller", detail.level));
line.addEventListener("microphone", ({ detail }) => heard("you", card.muted ? 0 : detail.level));

function heard(name, level) {
  card.level(name, meterValue(level) / 100);
}

function drawLine() {
  const { me } = state;
  $("my-name").textContent = me.name;
  $("my-presence").textContent = me.reason ? `${me.presence}: ${me.reason}` : me.presence;
  $("presence").dataset.presence = me.presence;
  $("ready").hidden = me.presence !== "paused";
  $("pause").hidden = !["ready", "paused"].includes(me.presence);
  $("phone").hidden = !["ready", "paused"].includes(me.presence);
  card.draw(state, Boolean(line.sound));
  recording.draw(state.recording);
  suggestions.draw(state.talk ? state.suggestions : []);
  diary.open(state.offer?.ticket ?? state.invite?.ticket ?? state.talk?.ticket ?? state.guest?.ticket ?? state.wrap?.ticket);
  earlier.open((state.offer ?? state.invite ?? state.talk ?? state.guest ?? state.wrap)?.ticket);
  drawTicket();
  tick();
}

async function openSound() {
  try {
    await line.openSound();
  } catch (error) {
    trouble(error instanceof MicrophoneRefused ? "The microphone is switched off for this page: callers will not hear you. Allow it beside the address, then reload." : "No microphone was found: callers will not hear you. Plug a headset in, then reload.");
  }
  if (state) drawLine();
}

async function ready() {
  await openSound();
  line.send("ready");
}

async function answer(ticket) {
  line.send("answer", { ticket });
  await openSound();
}

answerAt($("phone"), (number) => line.send("phone", { number }));

// Sent here by the board: a call of the bot that is mine from now on.
function takeOver() {
  const call = new URLSearchParams(location.hash.slice(1)).get("take-over");
  if (!call) return;
  history.replaceState(null, "", location.pathname);
  line.send("take-over", { call });
  openSound();
}

function mute(on) {
  card.muted = on;
  line.sound?.mute(on);
  if (state) drawLine();
}

function inTalk() {
  return Boolean(state?.talk || state?.guest);
}

function keypad() {
  card.keypad.toggle();
  drawLine();
}

const KEYS = {
  v: () => recording.toggle(),
  j: () => step(1),
  k: () => step(-1),
  t: () => (state?.talk ? $("transfer")?.focus() : act("take")),
  q: () => $("ask")?.focus(),
  g: () => state?.consult && line.send("join"),
  o: () => state?.consult && line.send("hand-over"),
  l: () => state?.consult && line.send("cancel"),
  "#": () => state?.talk && keypad(),
  d: () => act("done"),
  b: () => (state?.talk ? $("to-bot")?.focus() : act("back")),
  1: () => suggestions.use(0),
  2: () => suggestions.use(1),
  3: () => suggestions.use(2),
  a: () => act("answer"),
  r: () => state?.me.presence === "paused" && ready(),
  p: () => line.send("pause", { reason: "break" }),
  h: () => state?.talk && line.send("hold"),
  m: () => inTalk() && mute(!card.muted),
  e: () => inTalk() && line.send("end"),
  c: () => state?.talk && line.send("ring"),
  n: () => state?.talk?.ticket.medium === "callback" && line.send("again"),
  s: () => inTalk() && openSound(),
  enter: () => asks(state) && answer(asks(state)),
  escape: () => (asks(state) ? line.send("decline", { ticket: asks(state) }) : card.keypad.isOpen && keypad()),
};
document.addEventListener("keydown", (event) => {
  if (state?.wrap && event.key === "Enter" && (event.ctrlKey || event.metaKey)) return card.finish();
  if (event.key === "Escape" && event.target.matches("input, textarea, select")) return event.target.blur(); // the keys are the desk's again
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, textarea, select")) return;
  if (card.keypad.type(event.key)) return event.preventDefault();
  const action = KEYS[event.key.toLowerCase()];
  if (!action || (event.key === "Enter" && !asks(state))) return;
  event.preventDefault();
  action();
});
$("ready").addEventListener("click", ready);
$("pause").addEventListener("change", () => {
  if ($("pause").value) line.send("pause", { reason: $("pause").value });
  $("pause").value = "";
});
$("leave").addEventListener("click", async () => {
  if (inTalk()) return trouble("You are in a call: end it first.");
  line.send("sign-off");
  if (await change("/desk/leave")) location.reload();
});
window.addEventListener("beforeunload", (event) => {
  if (inTalk()) event.preventDefault();
});
fetch("/desk/me").then((answer) => answer.json()).then(({ role }) => {
  for (const id of ["people", "content"]) $(id).hidden = role !== "admin";
  $("board").hidden = !["supervisor", "admin"].includes(role);
});
setInterval(tick, 1000);
setInterval(read, REFRESH);
read();
