// The agent's line: presence, offers and talks over one WebSocket, and the sound of the headset. No word about looks.
// Tells by events: state{…, now} tickets{revision, set, gone} note{text} connected lost microphone{level} voice{level}

import { Sound, openMicrophone } from "/static/audio.js";

const AGAIN = [500, 1000, 2000, 3000, 5000]; // milliseconds between tries
const RESTS = new Set([1008, 4000]); // signed out, or opened elsewhere: no further tries
const MAX_UNSENT = 32000; // bytes: a second; beyond, sound is dropped

export class Line extends EventTarget {
  constructor() {
    super();
    this.tries = 0;
    this.talks = false;
    this.sound = null;
    this.opening = null;
    this.connect();
  }

  connect() {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    this.socket = new WebSocket(`${scheme}//${location.host}/desk/line`);
    this.socket.binaryType = "arraybuffer";
    this.socket.onopen = () => {
      this.tries = 0;
      this.tell("connected");
    };
    this.socket.onmessage = ({ data }) => (typeof data === "string" ? this.read(JSON.parse(data)) : this.sound?.play(data));
    this.socket.onclose = ({ code }) => {
      this.tell("lost", { forGood: RESTS.has(code) });
      if (!RESTS.has(code)) setTimeout(() => this.connect(), AGAIN[Math.min(this.tries++, AGAIN.length - 1)]);
    };
  }

  read(message) {
    if (message.type !== "state") return this.tell(message.type, message);
    this.talks = Boolean(message.talk || message.guest);
    this.tell("state", message);
  }

  get isOpen() {
    return this.socket.readyState === WebSocket.OPEN;
  }

  send(type, more = {}) {
    if (this.isOpen) this.socket.send(JSON.stringify({ type, ...more }));
  }

  // The headset stays open from the first "ready", so that an answer is heard at once. Without a microphone one can
  // still listen; what went wrong is thrown after the loudspeaker is open.
  async openSound() {
    if (this.sound) return;
    this.opening ??= this.open().finally(() => (this.opening = null)); // asked twice while the browser asks: one microphone
    await this.opening;
  }

  async open() {
    let stream = null;
    let trouble = null;
    try {
      stream = await openMicrophone();
    } catch (error) {
      trouble = error;
    }
    this.sound = await Sound.open(stream, {
      onChunk: (pcm) => this.sendAudio(pcm),
      onMicrophone: (level) => this.tell("microphone", { level }),
      onVoice: (level) => this.tell("voice", { level }),
      onLost: () => this.closeSound(),
    });
    this.sound.live();
    if (trouble) throw trouble;
  }

  async closeSound() {
    const sound = this.sound;
    this.sound = null;
    await sound?.close();
  }

  sendAudio(pcm) {
    if (this.talks && this.isOpen && this.socket.bufferedAmount < MAX_UNSENT) this.socket.send(pcm);
  }

  tell(type, detail = {}) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
