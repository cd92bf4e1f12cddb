// The desk: the person's line, the call at hand, and the list beside it. Everything a caller said is set as text.

import { answerAt, phone } from "/static/answering.js";
import { MicrophoneRefused, meterValue } from "/static/audio.js";
import { CallCard } from "/static/callcard.js";
import { Cases } from "/static/cases.js";
import { NOT_OURS, drawKeys, listen } from "/static/desk-keys.js";
import { Diary } from "/static/diary.js";
import { EarlierCalls } from "/static/earlier.js";
import { Line } from "/static/line.js";
import { RecordingSwitch } from "/static/record.js";
import { asks, ring } from "/static/ringing.js";
import { Suggestions } from "/static/suggestions.js";
import { clockTime, post } from "/static/talk.js";
import { OpenTicket, actionsOf } from "/static/ticket.js";
import { Tickets } from "/static/tickets.js";
import { readToday } from "/static/today.js";

const AGAIN = 3000; // milliseconds between looks while the line is not open
const ANEW = 300000; // and while it is: the session lasts from the last look
const TOLD = 10000; // so long a sentence stands
const $ = (id) => document.getElementById(id);

let openId = null;
let state = null; // of my line
let readAt = 0;
let lasts = ""; // what is to be mended before the banner goes: "list" or "line"
let fading = 0;
let rests = false; // opened elsewhere, or signed out: nothing more is asked for

const tickets = new Tickets({ changed: draw, chose: open });
const opened = new OpenTicket($("ticket"), act);

// Talking to the server -------------------------------------------------------------------

async function read() {
  readAt = performance.now();
  try {
    await tickets.read();
    $("live").textContent = "● live";
    if (lasts === "list") trouble("");
  } catch (why) {
    const isNotReady = typeof why === "string";
    $("live").textContent = isNotReady ? "○ not ready" : "○ not connected";
    lasting("list", isNotReady ? why : "The connection to the call centre is lost. What you see may be old; trying again…");
  }
}

// The line tells what changes; without it the list is asked for again and again.
function readAgain() {
  if (!rests && performance.now() - readAt > (line.isOpen && tickets.revision >= 0 ? ANEW : AGAIN - 100)) read();
}

async function change(path) {
  const { ok, body } = await post(path);
  if (ok) return body;
  trouble(body.error ?? "That did not work. Please try again.");
  return null;
}

async function act(action) {
  const ticket = current();
  if (!ticket || !actionsOf(ticket, state).includes(action)) return;
  if (action === "answer") return answer(ticket.id);
  if ((await change(`/desk/tickets/${encodeURIComponent(ticket.id)}/${action}`)) && !line.isOpen) await read();
}

function trouble(text) {
  lasts = "";
  $("banner").hidden = !text;
  $("banner-text").textContent = text;
  clearTimeout(fading);
  if (text) fading = setTimeout(() => trouble(""), TOLD);
}

// Until it is mended.
function lasting(what, text) {
  trouble(text);
  clearTimeout(fading);
  lasts = what;
}

// Drawing ----------------------------------------------------------------------------------

// What I have to do with now.
function atHand() {
  return state?.offer ?? state?.invite ?? state?.talk ?? state?.guest ?? state?.wrap;
}

// What is looked at, as the list has it: the call at hand, whatever was chosen before.
function current() {
  const live = atHand();
  if (!live) return tickets.get(openId);
  return { status: "taken", on_line: inTalk(), ...live.ticket, ...tickets.get(live.ticket.id) };
}

function draw() {
  if (!tickets.get(openId)) openId = tickets.waiting[0]?.id ?? null;
  tickets.draw(current()?.id);
  drawTicket();
}

function drawTicket() {
  const ticket = current();
  opened.draw(atHand() ? ticket : ticket && tickets.opened(ticket.id), ticket, state, ticket ? tickets.waits(ticket) : 0);
  if (ticket) cases.of(ticket.id);
}

function tick() {
  tickets.tick();
  const now = tickets.clock + performance.now();
  $("my-time").textContent = state ? clockTime(Math.max(0, (now - Date.parse(state.me.since)) / 1000)) : "";
  card.tick(now);
}

// Choosing ---------------------------------------------------------------------------------

function open(id) {
  openId = id;
  tickets.mark(current()?.id);
  drawTicket();
  tick();
}

function step(by) {
  const list = tickets.all;
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
  tickets.setClock(detail.now);
  if (asks(detail) && asks(detail) !== asks(before)) ring(() => state, () => line.sound);
  if (!inTalk() && card.muted) mute(false);
  if (detail.me.presence !== before?.me.presence) readToday();
  drawLine();
  tickets.mark(current()?.id);
});
line.addEventListener("tickets", ({ detail }) => tickets.take(detail) || read());
line.addEventListener("note", ({ detail }) => trouble(detail.text));
line.addEventListener("connected", () => {
  trouble("");
  read();
  line.send("phone", { number: phone() });
  takeOver();
});
line.addEventListener("lost", ({ detail }) => {
  $("my-presence").textContent = "not connected";
  $("presence").dataset.presence = "";
  rests = detail.forGood;
  if (rests) lasting("line", "This desk rests: it was opened elsewhere, or you were signed out. Reload to work here.");
  else lasting("line", inTalk() ? "The connection is lost. The caller stays on the line for half a minute; connecting again…" : "The connection is lost; connecting again…");
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
  diary.open(atHand()?.ticket);
  earlier.open(atHand()?.ticket);
  drawKeys($("keys"), state, state.talk && state.talk.ticket.medium !== "call" && state.ring !== "talking");
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
  enter: () => (asks(state) ? answer(asks(state)) : NOT_OURS), // a button has it
  escape: () => (asks(state) ? line.send("decline", { ticket: asks(state) }) : card.keypad.isOpen && keypad()),
};
listen(KEYS, (event, isField) => {
  const isFinished = state?.wrap && event.key === "Enter" && (event.ctrlKey || event.metaKey);
  if (isFinished) card.finish();
  const isPlain = !isField && !event.ctrlKey && !event.metaKey && !event.altKey;
  return isFinished || (isPlain && card.keypad.type(event.key));
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
setInterval(readAgain, AGAIN);
read();
