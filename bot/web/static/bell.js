// A signed-in page rings: listens for rings, shows and sounds them, answers or declines. Reconnects by itself.

import { tone } from "/static/audio.js";

const RING_EVERY = 3000;
const RETRY = [1000, 2000, 5000, 10000, 30000];

export class Bell {
  constructor(token, { isBusy, onAnswer, onTrouble }) {
    Object.assign(this, { token, isBusy, onAnswer, onTrouble });
    this.sheet = document.getElementById("ringing");
    this.title = document.title;
    this.failures = 0;
    document.getElementById("answer").addEventListener("click", () => this.accept());
    document.getElementById("decline").addEventListener("click", () => this.decline());
    this.sheet.addEventListener("keydown", (event) => this.key(event));
    this.listen();
  }

  listen() {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    this.socket = new WebSocket(`${scheme}//${location.host}/ring/events`);
    this.socket.onopen = () => this.socket.send(JSON.stringify({ token: this.token }));
    this.socket.onmessage = ({ data }) => this.read(JSON.parse(data));
    this.socket.onclose = ({ code }) => this.lost(code);
  }

  read(message) {
    if (message.type === "listening") {
      if (this.failures) this.onTrouble("");
      this.failures = 0;
      document.body.dataset.bell = "listening";
    } else if (message.type === "ring") this.ring(message.answer);
    else if (message.type === "stop") this.fallSilent();
  }

  lost(code) {
    document.body.dataset.bell = "lost";
    this.fallSilent();
    if (code === 1008) return this.onTrouble("This link is too old to ring you. You can call us from here all the same.");
    if (this.failures >= 1) this.onTrouble("The connection is lost, so we cannot ring you. Trying again…");
    setTimeout(() => this.listen(), RETRY[Math.min(this.failures++, RETRY.length - 1)]);
  }

  ring(answer) {
    if (this.isBusy()) return this.send("decline");
    this.answer = answer;
    this.before = document.activeElement;
    this.sheet.hidden = false;
    document.getElementById("answer").focus();
    this.sound();
    this.ringing = setInterval(() => this.sound(), RING_EVERY);
  }

  // Browsers let a page sound only after the person touched it once; title and sheet show the ring all the same.
  sound() {
    document.title = document.title === this.title ? "☎ Ringing…" : this.title;
    this.context ??= new AudioContext();
    if (this.context.state === "running") tone(this.context, [440, 480], 1.2, 0.09);
    else this.context.resume().catch(() => {});
    navigator.vibrate?.([400, 200, 400]);
  }

  fallSilent() {
    clearInterval(this.ringing);
    if (this.sheet.hidden) return;
    this.sheet.hidden = true;
    document.title = this.title;
    this.before?.focus?.();
  }

  accept() {
    const answer = this.answer;
    this.fallSilent();
    this.onAnswer(answer);
  }

  decline() {
    this.fallSilent();
    this.send("decline");
  }

  key(event) {
    if (event.key === "Escape") this.decline();
    if (event.key === "Tab") {
      event.preventDefault(); // two buttons: focus goes back and forth inside the sheet
      const [no, yes] = [document.getElementById("decline"), document.getElementById("answer")];
      (document.activeElement === yes ? no : yes).focus();
    }
  }

  send(type) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify({ type }));
  }
}
