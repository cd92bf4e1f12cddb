// One's own figures of the day, asked anew every quarter of a minute and whenever one's state changes.

import { clockTime } from "/static/talk.js";

const EVERY = 15000;
const $ = (id) => document.getElementById(id);

export async function readToday() {
  const answer = await fetch("/desk/today", { cache: "no-store" }).catch(() => null);
  if (!answer?.ok) return;
  const { calls, aht_s } = await answer.json();
  $("my-calls").textContent = calls;
  $("my-aht").textContent = aht_s === null ? "–" : clockTime(Math.round(aht_s));
}

setInterval(readToday, EVERY);
readToday();
