// The wall board: asks every two seconds, ticks every second.

import { Oversight } from "/static/oversight.js";
import { clockTime, element } from "/static/talk.js";
import { Waiting } from "/static/waiting.js";

const REFRESH = 2000;
const UNSURE = 0.5; // of the bot: the row stands out
const $ = (id) => document.getElementById(id);
const MARKS = { ready: "●", talking: "■", "wrap-up": "□", paused: "○", "not connected": "×" };
let board = null;
let serverClock = 0;
const oversight = new Oversight($("oversight"));
const whoWaits = new Waiting($("who-waits"), (sentence) => {
  $("moved").textContent = sentence;
  read();
});

const percent = (share) => (share === null ? "–" : `${Math.round(share * 100)}\u00a0%`);
const time = (seconds) => (seconds === null ? "–" : clockTime(Math.round(seconds)));

async function read() {
  const figures = await fetched().catch(() => null);
  if (figures) show(figures); // outside of the catch: a mistake in drawing is not a lost connection
  else $("live").textContent = "○ not connected: what you see may be old";
}

async function fetched() {
  const answer = await fetch("/board/figures", { cache: "no-store" });
  if (answer.status === 401 || answer.status === 403) location.reload();
  return answer.ok ? answer.json() : null;
}

function show(figures) {
  const before = board;
  board = figures;
  serverClock = Date.parse(board.now) - performance.now();
  $("live").textContent = "● live";
  const same = JSON.stringify({ ...before, now: 0 }) === JSON.stringify({ ...board, now: 0 });
  if (!same) draw(); // a button in use keeps its focus
}

function draw() {
  const { today } = board;
  $("waiting").textContent = board.waiting.length;
  $("ring-back").textContent = board.ring_back;
  $("target").textContent = `within ${board.target_s} s`;
  $("service-level").textContent = percent(today.service_level);
  $("asa").textContent = time(today.asa_s);
  $("aht").textContent = time(today.aht_s);
  $("abandoned").textContent = today.abandonment === null ? "–" : `${today.abandoned} · ${percent(today.abandonment)}`;
  $("with-bot").textContent = board.with_bot;
  $("queues").replaceChildren(...board.queues.map(queueRow));
  $("queues-empty").hidden = board.queues.length > 0;
  whoWaits.draw(board.tickets, board.move_to, number);
  $("who-waits-empty").hidden = board.tickets.length > 0;
  $("calls").replaceChildren(...board.calls.map(callRow));
  $("calls-empty").hidden = board.calls.length > 0;
  $("people").replaceChildren(...board.people.map(personRow));
  $("people-empty").hidden = board.people.length > 0;
  tick();
}

function queueRow(queue) {
  const longest = ages(queue.waiting);
  const numbers = [queue.waiting.length, longest, queue.ring_back, queue.offered, percent(queue.service_level), time(queue.asa_s), time(queue.aht_s), queue.abandoned];
  return element("tr", "", null, element("td", "", queue.queue), ...numbers.map(number), element("td", "", null, sparkline(queue.arrivals)));
}

function personRow(person) {
  const mark = element("span", `state ${person.presence.replace(" ", "-")}`, `${MARKS[person.presence] ?? ""} `);
  mark.setAttribute("aria-hidden", "true");
  const state = element("td", "", null, mark, person.reason ? `${person.presence}: ${person.reason}` : person.presence);
  const cells = [state, number(ages([person.since])), number(person.answered), number(time(person.aht_s))];
  return element("tr", "", null, element("td", "", person.name), ...cells, element("td", "number", null, listenButton(person)));
}

// Both sides of a person's talks, unheard by them at first.
function listenButton({ id, name, presence }) {
  return overseeButton(`listen/${id}`, name, false, presence !== "talking");
}

function overseeButton(path, name, isBot, isIdle) {
  const on = oversight.isOn(path);
  const button = element("button", "plain", on ? "Stop listening" : "Listen");
  button.type = "button";
  button.hidden = isIdle && !on;
  button.setAttribute("aria-pressed", String(on));
  button.setAttribute("aria-label", `${button.textContent} to ${name}`);
  button.addEventListener("click", () => (on ? oversight.stop() : oversight.start(path, name, isBot)));
  return button;
}

// How sure the bot is: a bar and the figure.
function confidence(value) {
  if (value === null) return element("td", "number", "–");
  const bar = element("span", "meter");
  bar.style.setProperty("--level", value);
  return element("td", "confidence", null, bar, ` ${percent(value)}`);
}

function callRow({ id, caller, since, turns, intent, confidence: sure }) {
  const name = caller || "Number withheld";
  const cells = [number(ages([since])), number(turns), element("td", "", intent.replaceAll("_", " ") || "–"), confidence(sure)];
  const row = element("tr", "", null, element("td", "", name), ...cells, element("td", "number", null, overseeButton(`calls/${id}`, name, true, false)));
  row.dataset.unsure = String(sure !== null && sure < UNSURE);
  return row;
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

fetch("/desk/me").then((answer) => answer.json()).then(({ role }) => {
  for (const id of ["people-link", "content-link"]) $(id).hidden = role !== "admin";
});
oversight.addEventListener("changed", () => board && draw());
setInterval(tick, 1000);
setInterval(read, REFRESH);
read();
