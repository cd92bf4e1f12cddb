// A sentence tried: what the published version and the draft make of it, and why. And sentences heard as callers would.

import { page } from "/static/content.js";
import { element } from "/static/talk.js";

const $ = (id) => document.getElementById(id);

export function listenForTries() {
  $("try").addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = $("sentence").value.trim();
    if (!text) return;
    $("tried").replaceChildren(element("p", "empty waiting", page.state.draft.length ? "Learning the draft; the first time it takes some seconds" : "Trying"));
    const answer = await page.ask("/content/try", { business: page.state.business, text });
    $("tried").replaceChildren(...(answer ? verdicts(answer) : []));
  });
}

function verdicts({ why, published, draft }) {
  const shown = [];
  const same = JSON.stringify(published) === JSON.stringify(draft);
  if (why) shown.push(element("p", "problem", why));
  if (published) shown.push(verdict(same ? "Published, and in your draft" : "Published", published));
  if (draft && !same) shown.push(verdict("With your draft", draft));
  return shown;
}

function verdict(title, { intent, accepted, ranking, values }) {
  const gate = accepted ? "understood: it passes the out-of-scope gate" : "not understood: too unlike everything taught";
  const box = element("section", "verdict", null, element("h3", "", title), element("p", "what", accepted ? intent : "not understood"));
  box.append(element("p", accepted ? "gate" : "gate shut", gate), ...ranking.map(shareOf));
  if (values.length) box.append(element("p", "values", values.map(({ kind, text }) => `${kind.replace("_", " ")}: “${text}”`).join(" · ")));
  return box;
}

function shareOf({ intent, confidence }) {
  const meter = element("meter");
  meter.value = confidence;
  meter.setAttribute("aria-hidden", "true");
  return element("p", "share", null, element("span", "", intent), meter, element("b", "", `${Math.round(confidence * 100)} %`));
}

let sound = null;

export async function playSentence(text) {
  if (!text.trim()) return page.say("There is nothing to say yet.");
  sound ??= new AudioContext();
  const answer = await fetch("/content/hear", {
    method: "POST",
    headers: { "X-Frontdesk": "content", "Content-Type": "application/json" },
    body: JSON.stringify({ business: page.state.business, text }),
  });
  if (!answer.ok) return page.say((await answer.json()).error);
  const source = sound.createBufferSource();
  source.buffer = await sound.decodeAudioData(await answer.arrayBuffer());
  source.connect(sound.destination);
  const ended = new Promise((done) => (source.onended = done));
  source.start();
  document.body.dataset.said = (Number(document.body.dataset.said ?? 0) + source.buffer.duration).toFixed(1);
  await ended;
}
