// Sound on the content page: what callers will hear, what they said, and the editor's own microphone.

import { Sound, meterValue, openMicrophone } from "/static/audio.js";
import { page } from "/static/content.js";

const LONGEST_MS = 10000;
const PIECE_MS = 20;

let context = null;
let finish = null; // ends the recording that is under way

export function playSentence(text) {
  if (!text.trim()) return page.say("There is nothing to say yet.");
  return play("/content/hear", {
    method: "POST",
    headers: { "X-Frontdesk": "content", "Content-Type": "application/json" },
    body: JSON.stringify({ business: page.state.business, text }),
  });
}

export const playMiss = (id) => play(`/content/misses/${id}/sound`, { cache: "no-store" });

// Resolves when it has been heard.
async function play(path, options) {
  context ??= new AudioContext();
  const answer = await fetch(path, options);
  if (!answer.ok) return page.say((await answer.json()).error);
  const source = context.createBufferSource();
  source.buffer = await context.decodeAudioData(await answer.arrayBuffer());
  source.connect(context.destination);
  const ended = new Promise((done) => (source.onended = done));
  source.start();
  document.body.dataset.said = (Number(document.body.dataset.said ?? 0) + source.buffer.duration).toFixed(1);
  await ended;
}

export const isRecording = () => finish !== null;
export const stopRecording = () => finish?.();

// Until the button is pressed again, or ten seconds: 16-bit PCM at 16 kHz. Rejects as `openMicrophone` does.
export async function record(button, meter) {
  const stream = await openMicrophone();
  const pieces = [];
  const ended = new Promise((done) => (finish = done));
  const sound = await Sound.open(stream, {
    onChunk: (chunk) => pieces.push(chunk) * PIECE_MS >= LONGEST_MS && finish?.(),
    onMicrophone: (level) => (meter.value = meterValue(level)),
    onLost: () => finish?.(),
  });
  const label = button.textContent;
  button.textContent = "Done speaking";
  button.setAttribute("aria-pressed", "true");
  meter.hidden = false;
  await ended;
  finish = null;
  button.textContent = label;
  button.setAttribute("aria-pressed", "false");
  meter.hidden = true;
  await sound.close();
  return new Blob(pieces);
}
