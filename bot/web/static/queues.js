// The settings of the queues, in a drawer of the board: read when it is opened, saved one queue at a time.

import { element } from "/static/talk.js";

const $ = (id) => document.getElementById(id);
const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const FIELDS = [
  ["max_length", "At most waiting", "no limit"],
  ["max_wait_s", "Longest wait (s)", "no limit"],
  ["overflow_after_s", "Help after (s)", "never"],
  ["overflow_above", "Help above (callers)", "never"],
  ["last_agent_s", "Wait for last agent (s)", "0"],
  ["widen_s", "Next level after (s)", "0"],
  ["offer_s", "Offer lasts (s)", "20"],
  ["priority", "Priority (-3 first, 3 last)", "0"],
];
const REQUIRED = { last_agent_s: 0, widen_s: 0, offer_s: 20, priority: 0 };

export async function change(method, path, body) {
  const headers = { "Content-Type": "application/json", "X-Frontdesk": "desk" };
  const answer = await fetch(path, { method, headers, body: body && JSON.stringify(body), cache: "no-store" });
  return { ok: answer.ok, body: await answer.json().catch(() => ({})) };
}

function say(text) {
  $("queue-note").textContent = text;
}

function labelled(text, control) {
  return element("label", "field", null, element("span", "", text), control);
}

function choice(values, chosen) {
  const select = element("select");
  select.append(...values.map(([value, text]) => Object.assign(element("option", "", text), { value, selected: value === chosen })));
  return select;
}

function input(value, placeholder) {
  return Object.assign(element("input"), { value: value ?? "", placeholder });
}

// "Mon-Fri 09:00-17:30, Sat 09:00-12:00"
function hoursText(opening) {
  return opening.map(({ weekday, opens, closes }) => `${DAYS[weekday]} ${opens}-${closes}`).join(", ");
}

function hoursOf(text) {
  const opening = [];
  for (const part of text.split(",").map((piece) => piece.trim()).filter(Boolean)) {
    const match = part.match(/^(\w{3})(?:-(\w{3}))?\s+(\d\d:\d\d)-(\d\d:\d\d)$/);
    const first = match ? DAYS.indexOf(match[1]) : -1;
    const last = match?.[2] ? DAYS.indexOf(match[2]) : first;
    if (first < 0 || last < first) throw new Error("Hours are written as Mon-Fri 09:00-17:30, Sat 09:00-12:00");
    for (let weekday = first; weekday <= last; weekday++) opening.push({ weekday, opens: match[3], closes: match[4] });
  }
  return opening;
}

function form(queue, all, strategies) {
  const others = all.filter(({ name, is_set }) => name !== queue.name && is_set).map(({ name }) => [name, name]);
  const strategy = choice(strategies.map((name) => [name, name.replaceAll("_", " ")]), queue.strategy);
  const overflow = choice([["", "nobody"], ...others], queue.overflow_to);
  const numbers = FIELDS.map(([key, label, placeholder]) => [key, label, input(queue[key], placeholder)]);
  const hours = input(hoursText(queue.opening), "always open: Mon-Fri 09:00-17:30");
  const zone = input(queue.timezone, "Europe/London");
  const vips = input(queue.vips.join(", "), "+442079460123, …");
  const save = Object.assign(element("button", "plain", "Save"), { type: "submit" });
  const remove = Object.assign(element("button", "plain", "Remove"), { type: "button", hidden: !queue.is_set || !others.length });
  const target = choice(others, others[0]?.[0]);
  target.hidden = remove.hidden;
  target.setAttribute("aria-label", `Queue that takes the callers of ${queue.name}`);
  const made = element("form", "queue-form", null, element("h3", "", queue.is_set ? queue.name : `${queue.name} (as shipped)`));
  made.append(labelled("Who is asked", strategy), labelled("Who helps", overflow));
  made.append(...numbers.map(([, label, control]) => labelled(label, control)));
  const openingHours = labelled("Opening hours", hours);
  openingHours.classList.add("wide");
  made.append(openingHours, labelled("Time zone", zone), labelled("VIP numbers", vips));
  made.append(element("p", "actions", null, save, remove, target));
  made.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const asked = { strategy: strategy.value, overflow_to: overflow.value, timezone: zone.value.trim() || "UTC", opening: hoursOf(hours.value) };
      asked.vips = vips.value.split(",").map((one) => one.replaceAll(" ", "")).filter(Boolean);
      for (const [key, label, control] of numbers) {
        const value = control.value.trim();
        if (value && !/^-?\d+$/.test(value)) throw new Error(`${label}: a whole number, please`);
        asked[key] = value ? Number(value) : (REQUIRED[key] ?? null);
      }
      const { ok, body } = await change("PUT", `/board/queues/${encodeURIComponent(queue.name)}`, asked);
      if (!ok) throw new Error(body.error);
      await read();
      say(`${queue.name} is set; it holds from now on.`);
    } catch (error) {
      say(error.message);
    }
  });
  remove.addEventListener("click", async () => {
    const { ok, body } = await change("POST", `/board/queues/${encodeURIComponent(queue.name)}/remove`, { move_to: target.value });
    if (ok) await read();
    say(ok ? `${queue.name} is gone; ${body.moved} of its callers wait in ${target.value}.` : body.error);
  });
  return made;
}

async function read() {
  const { ok, body } = await change("GET", "/board/queues");
  if (!ok) return say(body.error);
  $("queue-forms").replaceChildren(...body.queues.map((queue) => form(queue, body.queues, body.strategies)));
}

$("queue-new").addEventListener("submit", async (event) => {
  event.preventDefault();
  const name = $("queue-name").value.trim();
  const { ok, body } = await change("PUT", `/board/queues/${encodeURIComponent(name)}`, {});
  if (ok) {
    $("queue-name").value = "";
    await read();
  }
  say(ok ? `${name} is set.` : (body.error ?? "A queue needs a name."));
});
$("queue-settings").addEventListener("toggle", () => $("queue-settings").open && read());
