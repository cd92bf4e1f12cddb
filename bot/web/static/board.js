// The wall board: asks every two seconds, ticks every second.

import { Sound } from "/static/audio.js";
import { clockTime, element } from "/static/talk.js";

const REFRESH = 2000;
const $ = (id) => document.getElementById(id);
const MARKS = { ready: "●", talking: "■", "wrap-up": "□", paused: "○", "not connected": "×" };
let board = null;
let serverClock = 0;
let listening = null; // {id, sound, socket}

const percent = (share) => (share === null ? "–" : `${Math.round(share * 100)} %`);
const time = (seconds) => (seconds === null ? "–" : clockTime(Math.round(seconds)));

async function read() {
  try {
    const answer = await fetch("/board/figures", { cache: "no-store" });
    if (answer.status === 401 || answer.status === 403) return location.reload();
    if (!answer.ok) throw new Error(answer.status);
    const before = board;
    board = await answer.json();
    serverClock = Date.parse(board.now) - performance.now();
    $("live").textContent = "● live";
    const same = JSON.stringify({ ...before, now: 0 }) === JSON.stringify({ ...board, now: 0 });
    if (!same) draw(); // a button in use keeps its focus
  } catch {
    $("live").textContent = "○ not connected: what you see may be old";
  }
}

function draw() {
  const { today } = board;
  $("waiting").textContent = board.waiting.length;
  $("target").textContent = `within ${board.target_s} s`;
  $("service-level").textContent = percent(today.service_level);
  $("asa").textContent = time(today.asa_s);
  $("aht").textContent = time(today.aht_s);
  $("abandoned").textContent = today.abandonment === null ? "–" : `${today.abandoned} · ${percent(today.abandonment)}`;
  $("with-bot").textContent = board.with_bot;
  $("queues").replaceChildren(...board.queues.map(queueRow));
  $("queues-empty").hidden = board.queues.length > 0;
  $("people").replaceChildren(...board.people.map(personRow));
  $("people-empty").hidden = board.people.length > 0;
  tick();
}

function queueRow(queue) {
  const longest = ages(queue.waiting);
  const numbers = [queue.waiting.length, longest, queue.offered, percent(queue.service_level), time(queue.asa_s), time(queue.aht_s), queue.abandoned];
  return element("tr", "", null, element("td", "", queue.queue), ...numbers.map(number), element("td", "", null, sparkline(queue.arrivals)));
}

function personRow(person) {
  const mark = element("span", `state ${person.presence.replace(" ", "-")}`, `${MARKS[person.presence] ?? ""} `);
  mark.setAttribute("aria-hidden", "true");
  const state = element("td", "", null, mark, person.reason ? `${person.presence}: ${person.reason}` : person.presence);
  const cells = [state, number(ages([person.since])), number(person.answered), number(time(person.aht_s))];
  return element("tr", "", null, element("td", "", person.name), ...cells, element("td", "number", null, listenButton(person)));
}

// Listening: both sides of a person's talks, unheard by them.
function listenButton({ id, name, presence }) {
  const on = listening?.id === id;
  const button = element("button", "plain", on ? "Stop listening" : "Listen");
  button.type = "button";
  button.hidden = presence !== "talking" && !on;
  button.setAttribute("aria-pressed", String(on));
  button.setAttribute("aria-label", `${button.textContent} to ${name}`);
  button.addEventListener("click", () => (on ? stopListening() : listenTo(id)));
  return button;
}

async function listenTo(id) {
  await stopListening();
  const sound = await Sound.open(null, { onVoice: (level) => (document.body.dataset.hears = level > 0.004 ? "yes" : "no") });
  sound.live();
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(`${scheme}//${location.host}/board/listen/${id}`);
  socket.binaryType = "arraybuffer";
  socket.onmessage = ({ data }) => sound.play(data);
  socket.onclose = () => listening?.socket === socket && stopListening();
  listening = { id, sound, socket };
  draw();
}

async function stopListening() {
  const before = listening;
  listening = null;
  before?.socket.close();
  await before?.sound.close();
  if (before) draw();
}

// A cell with a moment counts up by itself; others just show.
function number(value) {
  const cell = element("td", "number", value?.moment ? "" : value);
  if (value?.moment) cell.dataset.since = value.moment;
  return cell;
}

function ages(moments) {
  return moments.length ? { moment: moments.reduce((first, other) => (first < other ? first : other)) } : "–";
}

function sparkline(counts) {
  const most = Math.max(1, ...counts);
  const bars = element("span", "sparkline");
  bars.setAttribute("role", "img");
  bars.setAttribute("aria-label", `Callers in each five minutes of the last hour: ${counts.join(", ")}`);
  for (const count of counts) {
    const bar = element("i");
    bar.style.setProperty("--height", count / most);
    bars.append(bar);
  }
  return bars;
}

function tick() {
  if (!board) return;
  const now = serverClock + performance.now();
  const age = (moment) => clockTime(Math.max(0, (now - Date.parse(moment)) / 1000));
  for (const cell of document.querySelectorAll("[data-since]")) cell.textContent = age(cell.dataset.since);
  const longest = ages(board.waiting);
  $("longest").textContent = longest.moment ? age(longest.moment) : "–";
}

fetch("/desk/me").then((answer) => answer.json()).then(({ role }) => ($("people-link").hidden = role !== "admin"));
setInterval(tick, 1000);
setInterval(read, REFRESH);
read();
