// A sentence tried, typed or spoken: what the published version and the draft make of it, and why. Or a whole call.

import { MicrophoneRefused } from "/static/audio.js";
import { isRecording, record, stopRecording } from "/static/content-sound.js";
import { storyOf } from "/static/content-tests.js";
import { page } from "/static/content.js";
import { element } from "/static/talk.js";

const $ = (id) => document.getElementById(id);

const HINTS = {
  sentence: "Type what a caller may say, or speak it. Here you see what the bot makes of it, with what is published and with your draft.",
  call: "You are the caller, and your draft answers: type or speak the first sentence. Nothing is booked, and nobody is told.",
};
let said = []; // of the whole call

export function listenForTries() {
  $("try").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = $("sentence").value.trim();
    if (text) isCall() ? goOn(text) : trySentence(text);
  });
  $("try").addEventListener("change", (event) => event.target.name === "as" && startOver());
  $("speak").addEventListener("click", speak);
  startOver();
}

export function startOver() {
  said = [];
  $("tried").replaceChildren(element("p", "empty", HINTS[isCall() ? "call" : "sentence"]));
}

const isCall = () => $("as-call").checked;

function wait(text) {
  const learning = page.state.draft.length ? "Learning the draft; the first time it takes some seconds" : text;
  $("tried").replaceChildren(element("p", "empty waiting", learning));
}

async function trySentence(text) {
  wait("Trying");
  const answer = await page.ask("/content/try", { business: page.state.business, text });
  $("tried").replaceChildren(...(answer ? verdicts(answer) : []));
}

async function speak() {
  if (isRecording()) return stopRecording();
  const pcm = await record($("speak"), $("level")).catch((error) => void page.say(trouble(error)));
  if (!pcm) return;
  wait("Listening to it");
  const answer = await page.send(`/content/heard?business=${encodeURIComponent(page.state.business)}`, pcm);
  if (!answer) return startOver();
  const [best, ...others] = answer.heard;
  if (best) $("sentence").value = best.text;
  if (best && isCall()) return goOn(best.text);
  $("tried").replaceChildren(...(best ? [heardAs(best, others)] : []), ...verdicts(answer));
}

function trouble(error) {
  if (error instanceof MicrophoneRefused) return "The browser was told not to use the microphone; allow it beside the address, or type.";
  return "No microphone was found. Please plug one in, or type.";
}

function heardAs(best, others) {
  const box = element("section", "verdict", null, element("h3", "", "Heard"), element("p", "what", `“${best.text}”`));
  box.append(element("p", "gate", `${Math.round(best.confidence * 100)} % sure of the words`));
  if (others.length) box.append(element("p", "values", `or: ${others.map(({ text }) => `“${text}”`).join(" · ")}`));
  return box;
}

// The server keeps nothing of the call: it plays all of it again each time.
async function goOn(text) {
  const lines = [...said, text];
  wait("Trying");
  const answer = await page.ask("/content/talk", { business: page.state.business, said: lines });
  if (!answer) return startOver();
  said = lines;
  $("sentence").value = "";
  const again = element("button", "plain", "Start over");
  again.type = "button";
  again.addEventListener("click", startOver);
  const end = answer.why ? [element("p", "problem", answer.why)] : [];
  $("tried").replaceChildren(storyOf(answer.story), ...end, element("div", "row", null, again));
  $("tried").lastChild.scrollIntoView({ block: "nearest" });
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
  const gate = accepted ? "like enough to what was taught" : "too unlike everything taught";
  const box = element("section", "verdict", null, element("h3", "", title), element("p", "what", accepted ? spoken(intent) : "not understood"));
  box.append(element("p", accepted ? "gate" : "gate shut", gate), ...ranking.map(shareOf));
  if (values.length) box.append(element("p", "values", values.map(({ kind, text }) => `${spoken(kind)}: “${text}”`).join(" · ")));
  return box;
}

// A name as people write it: faq/pain_relief is “faq: pain relief”.
const spoken = (name) => name.replaceAll("_", " ").replace("/", ": ");

function shareOf({ intent, confidence }) {
  const meter = element("meter");
  meter.value = confidence;
  meter.setAttribute("aria-hidden", "true");
  return element("p", "share", null, element("span", "", spoken(intent)), meter, element("b", "", `${Math.round(confidence * 100)} %`));
}

