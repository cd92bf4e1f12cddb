// Passing a caller on: to whom, asking a colleague first, the three of you, back to the bot. Parts of the call card.

import { element } from "/static/talk.js";

const OUTSIDE = "another number…";

const GOALS = [
  ["finish", "to finish what they were doing"],
  ["survey", "to take the survey"],
  ["anything", "for anything else"],
];

// targets: [{to, name, free}]; outside: a phone line can ring other numbers
export function transferTo({ targets, outside }, does) {
  const options = [...targets.map(({ to, name }) => [name, whom(to)]), ...elsewhere(outside)];
  return choice("transfer", "Transfer to (T)", options.length ? "Transfer to…" : "Nobody to transfer to", options, does.transfer);
}

// The caller hears music meanwhile; only who is free can be asked.
export function askFirst({ targets, outside }, does) {
  const free = targets.filter((one) => one.free);
  const options = [...free.map(({ to, name }) => [name, whom(to)]), ...elsewhere(outside)];
  return choice("ask", "Ask somebody first, with the caller on hold (Q)", options.length ? "Ask first…" : "Nobody to ask", options, does.consult);
}

// The bot knows what was filled in and what was said since.
export function backToBot(does) {
  return choice("to-bot", "Back to the bot (B)", "To the bot…", GOALS.map(([goal, label]) => [label, goal]), does.back);
}

// consult: {who, stage, lost}: how it stands, in words, and what can be done: [label, key, look, action]
export function consulted({ who, stage, lost }, does) {
  const words = {
    asked: `Asking ${who}… The caller hears music.`,
    private: `You talk with ${who} by yourselves. The caller hears music.`,
    together: `All three of you talk: the caller, ${who} and you.`,
  };
  const status = element("p", "with", lost ? `${who} lost the connection; half a minute to come back.` : words[stage]);
  status.setAttribute("role", "status");
  const cancel = [stage === "together" ? `Let ${who} go` : "Cancel, back to the caller", "L", "plain", does.cancel];
  if (stage === "asked") return [status, [cancel]];
  const third = stage === "private" ? ["All three together", "G", "act", does.join] : ["By ourselves", "H", "plain", does.hold];
  return [status, [third, ["Leave them the caller", "O", stage === "private" ? "plain" : "act", does.handOver], cancel]];
}

function whom(to) {
  return typeof to === "number" ? { agent: to } : { queue: to };
}

function elsewhere(outside) {
  return outside ? [[OUTSIDE, { number: "" }]] : [];
}

// options: [[label, value]]
function choice(id, name, first, options, choose) {
  const select = element("select", "plain", null, element("option", "", first), ...options.map(([label]) => element("option", "", label)));
  select.id = id;
  select.setAttribute("aria-label", name);
  select.disabled = options.length === 0;
  select.addEventListener("change", () => {
    const chosen = options[select.selectedIndex - 1]?.[1];
    select.selectedIndex = 0;
    if (chosen?.number !== "") return chosen && choose(chosen);
    const number = prompt("Which number or sip: address is to be rung?")?.trim().slice(0, 100);
    if (number) choose({ number });
  });
  return select;
}
