// The packet: everything known about a caller, on offer, in a talk and afterwards. All of it is set as text.

import { clockTime, element } from "/static/talk.js";
import { grouped } from "/static/telephone.js";

export const MARKS = { emergency: "▲", high: "◆", normal: "●", low: "○" };
export const STATUS = { waiting: "waiting", offered: "offered", taken: "taken", done: "done", abandoned: "caller left" };

export function caller(ticket) {
  return ticket.customer || ticket.caller_name || grouped(ticket.caller) || "Unknown caller";
}

export function callBack(ticket) {
  if (!ticket.number) return "to ring back, no number";
  return caller(ticket) === grouped(ticket.number) ? "to ring back" : `to ring back ${grouped(ticket.number)}`; // once is enough
}

// waited: seconds by now
export function facts(ticket, waited) {
  const time = element("span");
  time.append(STATUS[ticket.status], " ");
  if (ticket.status === "waiting") time.append(Object.assign(element("span"), { textContent: clockTime(waited) }));
  time.lastElementChild?.setAttribute("data-waits", ticket.id);
  const line = ticket.on_line ? "caller is on the line" : ticket.call_back ? callBack(ticket) : "caller is not on the line";
  const isSaid = caller(ticket) === grouped(ticket.caller) || (ticket.call_back && ticket.number === ticket.caller);
  const items = [`${MARKS[ticket.priority]} ${ticket.priority} priority`, ticket.queue, ticket.business, line, isSaid ? "" : grouped(ticket.caller), `identity: ${ticket.identity}`, new Date(ticket.created_at).toLocaleString()];
  return element("p", "facts", null, time, ...items.filter(Boolean).map((text) => element("span", "", text)));
}

// mine: the talk or wrap-up at hand, with the lines that are said in it; undefined for other tickets
export function columns(ticket, mine) {
  const side = element("div", "", null, element("h3", "", "Why the receptionist handed over"));
  side.append(element("ul", "reasons", null, ...(ticket.reasons.length ? ticket.reasons : ["no reason given"]).map((reason) => element("li", "", reason))));
  side.append(element("h3", "", "Filled in so far"));
  const slots = Object.entries(ticket.slots);
  if (ticket.wants) slots.unshift(["wants", ticket.wants]);
  const list = element("dl", "slots");
  for (const [name, value] of slots) list.append(element("dt", "", name.replaceAll("_", " ")), element("dd", "", value));
  side.append(slots.length ? list : element("p", "hint", "nothing yet"));
  const talk = element("div", "", null, element("h3", "", "What was said (underlined: heard with doubt)"));
  const before = (mine ?? { ticket }).ticket.transcript; // the list may hold what was said to me already
  talk.append(before.length ? element("ol", "transcript", null, ...before.map(said)) : element("p", "hint", "nothing was said"));
  if (mine && (mine.since || mine.lines.length)) talk.append(joined(mine.lines, mine.since ?? mine.lines[0].at));
  return element("div", "columns", null, talk, side);
}

// What is said now, newest last; the line under which it stands says since when.
function joined(lines, from) {
  const start = Date.parse(from);
  const since = element("p", "joined", `you joined ${new Date(start).toLocaleTimeString()}`);
  const list = element("ol", "transcript now", null, ...lines.map((line) => said({ ...line, at_ms: Math.max(0, Date.parse(line.at) - start) })));
  list.setAttribute("aria-live", "polite");
  requestAnimationFrame(() => list.lastElementChild?.scrollIntoView({ block: "nearest" }));
  return element("div", "", null, since, list);
}

// A line of a transcript; words heard with doubt are underlined.
export function said(line) {
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
