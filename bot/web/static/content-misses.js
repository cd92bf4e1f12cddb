// What was missed in calls, in groups of the same meaning: tick, say what it means, into the draft.

import { playMiss } from "/static/content-sound.js";
import { page } from "/static/content.js";
import { element } from "/static/talk.js";

export async function showMisses() {
  const answer = await fetch(`/content/misses?business=${encodeURIComponent(page.state.business)}`, { cache: "no-store" });
  const { groups, error } = await answer.json();
  if (!answer.ok) return page.say(error);
  const lead = "Sentences below the out-of-scope gate, and those callers corrected, grouped by meaning. Names, numbers and dates are masked.";
  const nothing = element("p", "empty", "Nothing is open. What callers say and the bot does not understand appears here after the call. To try it, call from the caller’s page and ask for something odd.");
  page.show(element("h2", "", "Missed in calls"), element("p", "lead", lead), ...(groups.length ? groups.map(groupOf) : [nothing]));
}

function groupOf(group, number) {
  const rows = group.misses.map((miss) => rowOf(miss));
  const intent = intentField(number);
  const answer = element("input");
  answer.placeholder = "What callers hear";
  const answerLabel = element("label", "grow", "Answer of the new question", answer);
  answerLabel.hidden = true;
  intent.field.addEventListener("input", () => (answerLabel.hidden = !isNewQuestion(intent.field.value)));
  const label = element("button", "act", "Add to the draft");
  const dismiss = element("button", "plain", "Nothing to learn");
  const send = async (meant) => {
    const chosen = rows.filter(({ box }) => box.checked);
    const body = {
      business: page.state.business,
      ids: chosen.map(({ miss }) => miss.id),
      phrases: chosen.map(({ miss }) => miss.text),
      intent: meant,
      answer: answer.value,
    };
    if (!chosen.length) return page.say("Tick the sentences that mean this.");
    if (!(await page.ask("/content/label", body))) return;
    await page.changed();
    await showMisses();
    if (meant) page.say(`In the draft under ${meant}. Check it next.`);
  };
  label.addEventListener("click", () => (intent.field.value.trim() ? send(intent.field.value.trim()) : page.say("Choose what these sentences mean.")));
  dismiss.addEventListener("click", () => send(""));
  const title = element("h3", "", rows.length > 1 ? `${rows.length} like “${group.title}”` : `“${group.title}”`);
  return element("section", "group", null, title, element("ul", "", null, ...rows.map(({ row }) => row)), element("div", "row", null, intent.label, answerLabel, label, dismiss));
}

function rowOf(miss) {
  const box = element("input");
  box.type = "checkbox";
  box.checked = true;
  const day = new Date(miss.at).toLocaleDateString([], { weekday: "short", day: "numeric", month: "short" });
  const guess = miss.guess ? `nearest was ${miss.guess} (${Math.round(miss.confidence * 100)} %)` : "no guess";
  const told = `${day} · ${miss.why} · ${guess}`;
  const label = element("label", "", miss.text);
  box.id = `miss-${miss.id}`;
  label.htmlFor = box.id;
  const did = miss.answered ? `${told} · the bot said “${miss.answered}”` : told;
  const row = element("li", "", null, box, label, element("small", "", did));
  if (miss.sound) row.append(hearButton(miss));
  return { miss, box, row };
}

// The recording as it is: the voice is the caller's, and names in it are not masked.
function hearButton(miss) {
  const hear = element("button", "plain hear", "Hear it");
  hear.type = "button";
  hear.setAttribute("aria-label", `Hear “${miss.text}”`);
  hear.addEventListener("click", async () => {
    hear.disabled = true;
    await playMiss(miss.id);
    hear.disabled = false;
  });
  return hear;
}

function intentField(number) {
  const field = element("input");
  field.setAttribute("list", `intents-${number}`);
  field.placeholder = "choose, or faq/new_word";
  const list = element("datalist");
  list.id = `intents-${number}`;
  list.append(...page.state.intents.map((name) => Object.assign(element("option"), { value: name })));
  return { field, label: element("label", "grow", "They mean", field, list) };
}

const isNewQuestion = (intent) => intent.startsWith("faq/") && !page.state.intents.includes(intent.trim());
