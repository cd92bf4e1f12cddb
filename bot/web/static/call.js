// One call: the WebSocket and the sound, without a word about how it looks. Tells everything by events:
// connected{business} waiting{queue,place,minutes} taken person{who} held{who} person-lost{who} caption{speaker,text,final} ended{reason} microphone{level} voice{level}

import { Sound } from "/static/audio.js";

const MAX_UNSENT = 64000; // bytes waiting in the browser: two seconds; beyond, new audio is dropped

export class Call extends EventTarget {
  constructor(stream, start) {
    super();
    this.stream = stream;
    this.startMessage = start;
    this.over = false;
    this.open = false;
  }

  async begin() {
    this.sound = await Sound.open(this.stream, {
      onChunk: (pcm) => this.sendAudio(pcm),
      onMicrophone: (level) => this.tell("microphone", { level }),
      onVoice: (level) => this.tell("voice", { level }),
      onLost: () => this.tell("microphone-lost"),
    });
    if (this.over) return this.sound.close(); // hung up while the sound was being opened
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    this.socket = new WebSocket(`${scheme}//${location.host}/call/browser`);
    this.socket.binaryType = "arraybuffer";
    this.socket.onopen = () => {
      this.send({ type: "start", ...this.startMessage });
      this.open = true;
    };
    this.socket.onmessage = ({ data }) => (typeof data === "string" ? this.read(JSON.parse(data)) : this.sound.play(data));
    this.socket.onclose = () => this.finish("lost");
  }

  digit(digit) {
    this.send({ type: "digit", digit });
  }

  mute(on) {
    this.sound.mute(on);
    this.send({ type: "mute", on });
  }

  hangUp() {
    this.send({ type: "hangup" });
    this.sound?.clear();
    this.finish("caller");
  }

  read(message) {
    if (message.type === "clear") this.sound.clear();
    else if (message.type === "state") this.tell(message.state, message);
    else if (message.type === "caption") this.tell("caption", message);
    else if (message.type === "ended") this.finish(message.reason);
  }

  sendAudio(pcm) {
    if (this.open && !this.over && this.socket.bufferedAmount < MAX_UNSENT) this.socket.send(pcm);
  }

  send(message) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  // The last words are heard to their end before the line is dead.
  async finish(reason) {
    if (this.over) return;
    this.over = true;
    if (reason !== "caller" && reason !== "lost") await this.sound.drained();
    this.socket?.close();
    await this.sound?.close();
    this.tell("ended", { reason });
  }

  tell(type, detail = {}) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
