// Overseeing: hear a talk or a call of the bot, whisper to the colleague, barge in, read along. One at a time.
// Tells by events: changed.

import { Sound, openMicrophone } from "/static/audio.js";
import { clockTime, element } from "/static/talk.js";

const MODES = { listen: "Only listen", whisper: "Whisper", barge: "Speak to both" };
const AUDIBLE = 0.004;

export class Oversight extends EventTarget {
  constructor(place) {
    super();
    this.place = place;
    this.at = null; // {path, name, isBot, mode, sound, socket, lines}
  }

  // path: "listen/3" for a person's talks, "calls/…" for a call of the bot
  isOn(path) {
    return this.at?.path === path;
  }

  async start(path, name, isBot) {
    await this.stop();
    const sound = await Sound.open(null, { onVoice: (level) => (document.body.dataset.hears = level > AUDIBLE ? "yes" : "no") });
    sound.live();
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}/board/${path}`);
    socket.binaryType = "arraybuffer";
    const at = (this.at = { path, name, isBot, mode: "listen", sound, socket, lines: [], over: false });
    socket.onmessage = ({ data }) => (typeof data === "string" ? this.read(at, JSON.parse(data)) : at.sound.play(data));
    socket.onclose = () => this.at === at && !at.over && this.stop();
    this.changed();
  }

  async stop() {
    const before = this.at;
    this.at = null;
    before?.socket.close();
    await before?.sound.close();
    if (before) this.changed();
  }

  read(at, message) {
    if (message.lines) at.lines = message.lines;
    if (message.over) at.over = true;
    if (message.mode) at.mode = message.mode;
    this.draw();
  }

  // Whoever speaks needs a microphone; it is asked for the first time it is needed.
  async speak(mode) {
    const at = this.at;
    if (mode !== "listen" && !at.speaks) {
      const stream = await openMicrophone();
      await at.sound.close();
      at.sound = await Sound.open(stream, {
        onChunk: (pcm) => at.mode !== "listen" && at.socket.readyState === WebSocket.OPEN && at.socket.send(pcm),
        onVoice: (level) => (document.body.dataset.hears = level > AUDIBLE ? "yes" : "no"),
      });
      at.sound.live();
      at.speaks = true;
    }
    at.socket.send(JSON.stringify({ type: mode }));
  }

  changed() {
    this.draw();
    this.dispatchEvent(new CustomEvent("changed"));
  }

  draw() {
    const { at, place } = this;
    place.hidden = !at;
    if (!at) return;
    const title = element("h2", "", at.over ? `${at.name}: the bot is done` : at.isBot ? `${at.name}, with the bot` : `Listening to ${at.name}`);
    const buttons = element("p", "buttons", null, ...(at.isBot ? this.botButtons(at) : this.modeButtons(at)), this.button("Close", () => this.stop()));
    place.replaceChildren(title, buttons, ...(at.isBot ? [this.transcript(at)] : [element("p", "hint", HINTS[at.mode])]));
  }

  botButtons(at) {
    if (at.over) return [];
    const take = this.button("Take over", () => location.assign(`/desk#take-over=${encodeURIComponent(at.path.split("/")[1])}`), "act");
    take.title = "The bot says that a colleague joins, and the caller is yours";
    return [take];
  }

  modeButtons(at) {
    return Object.entries(MODES).map(([mode, label]) => {
      const button = this.button(label, () => this.speak(mode).catch(() => alert("No microphone: allow it beside the address.")));
      button.setAttribute("aria-pressed", String(at.mode === mode));
      return button;
    });
  }

  transcript(at) {
    const rows = at.lines.map(({ speaker, text, start_ms, confidence }) => {
      const said = element("span", "said", text);
      if (confidence !== null) said.title = `heard with ${Math.round(confidence * 100)} % confidence`;
      return element("li", speaker, null, element("span", "speaker", speaker), element("span", "at", clockTime(Math.floor(start_ms / 1000))), said);
    });
    if (!rows.length) return element("p", "hint", "What is said appears here.");
    const list = element("ol", "transcript", null, ...rows);
    list.setAttribute("aria-live", "polite");
    requestAnimationFrame(() => list.lastElementChild?.scrollIntoView({ block: "nearest" }));
    return list;
  }

  button(label, action, look = "plain") {
    const button = element("button", look, label);
    button.type = "button";
    button.addEventListener("click", action);
    return button;
  }
}

const HINTS = {
  listen: "Both sides are heard here; nobody hears you.",
  whisper: "Your colleague hears you; the caller does not.",
  barge: "Your colleague and the caller hear you.",
};
