// The recording of a call: stretches of sound on the time line of the call. Tells by events: moved{ms}, trouble{text}.
// Nothing is fetched before somebody wants to hear it, for who listens is written down.

import { clockTime, element } from "/static/talk.js";

const STEP = 5000;
const SPEEDS = [0.75, 1, 1.25, 1.5, 2];

export class Player extends EventTarget {
  // call: {id, stretches: [{number, at_ms}]}; length: milliseconds until the last word
  constructor(call, length) {
    super();
    this.call = call;
    this.length = length;
    this.current = -1;
    this.blobs = [];
    this.audio = new Audio();
    this.audio.addEventListener("timeupdate", () => this.tell());
    this.audio.addEventListener("ended", () => this.next());
    for (const name of ["play", "pause"]) this.audio.addEventListener(name, () => this.label());
    this.place = this.controls();
  }

  controls() {
    this.button = element("button", "act", "Play");
    const back = element("button", "plain", "−5 s");
    const on = element("button", "plain", "+5 s");
    for (const [button, action] of [[this.button, () => this.toggle()], [back, () => this.step(-STEP)], [on, () => this.step(STEP)]]) {
      button.type = "button";
      button.addEventListener("click", action);
    }
    back.setAttribute("aria-label", "Five seconds back");
    on.setAttribute("aria-label", "Five seconds on");
    this.position = Object.assign(element("input", "position"), { type: "range", min: 0, max: this.length, step: 100, value: 0 });
    this.position.setAttribute("aria-label", "Position in the call");
    this.position.addEventListener("input", () => this.seek(Number(this.position.value)));
    this.time = element("span", "time", `0:00 / ${clockTime(this.length / 1000)}`);
    const speed = element("select", "", null, ...SPEEDS.map((one) => new Option(`${one} ×`, one, one === 1, one === 1)));
    speed.setAttribute("aria-label", "Speed");
    speed.addEventListener("change", () => (this.audio.defaultPlaybackRate = this.audio.playbackRate = Number(speed.value)));
    const save = element("button", "plain", "Download");
    save.type = "button";
    save.addEventListener("click", () => this.download());
    const place = element("section", "player", null, this.button, back, on, this.position, this.time, speed, save);
    place.setAttribute("aria-label", "Recording");
    return place;
  }

  // Milliseconds of the call.
  get ms() {
    const stretch = this.call.stretches[this.current];
    return stretch ? stretch.at_ms + this.audio.currentTime * 1000 : Number(this.position.value);
  }

  toggle() {
    if (!this.audio.paused) return this.audio.pause();
    return this.current < 0 ? this.seek(this.ms, true) : this.audio.play().catch(() => this.fail());
  }

  step(by) {
    return this.seek(Math.max(0, this.ms + by));
  }

  // What lies between two stretches begins with the later one.
  async seek(ms, play = !this.audio.paused) {
    const { stretches } = this.call;
    let index = Math.max(0, stretches.findLastIndex((one) => one.at_ms <= ms));
    if (!(await this.load(index))) return;
    if (ms - stretches[index].at_ms > this.audio.duration * 1000 && index + 1 < stretches.length && !(await this.load((index += 1)))) return;
    this.audio.currentTime = Math.min(this.audio.duration, Math.max(0, (ms - stretches[index].at_ms) / 1000));
    if (play) await this.audio.play().catch(() => this.fail());
    this.tell();
  }

  async next() {
    if (this.current + 1 < this.call.stretches.length) await this.seek(this.call.stretches[this.current + 1].at_ms, true);
  }

  async load(index) {
    if (index === this.current) return true;
    const url = await this.fetched(index);
    if (!url) return false;
    const ready = new Promise((resolve) => {
      this.audio.addEventListener("loadedmetadata", () => resolve(true), { once: true });
      this.audio.addEventListener("error", () => resolve(false), { once: true });
    });
    this.audio.src = url;
    if (!(await ready)) return this.fail();
    this.current = index;
    this.length = Math.max(this.length, this.call.stretches[index].at_ms + this.audio.duration * 1000);
    this.position.max = this.length;
    return true;
  }

  async fetched(index) {
    if (this.blobs[index]) return this.blobs[index];
    const { number } = this.call.stretches[index];
    const answer = await fetch(`/calls/${encodeURIComponent(this.call.id)}/recording/${number}`, { headers: { "X-Frontdesk": "calls" } }).catch(() => null);
    if (!answer?.ok) {
      const { error } = (await answer?.json().catch(() => null)) ?? {};
      return this.fail(error);
    }
    return (this.blobs[index] = URL.createObjectURL(await answer.blob()));
  }

  // Every stretch is a file.
  async download() {
    for (const [index, { number }] of this.call.stretches.entries()) {
      const url = await this.fetched(index);
      if (!url) return;
      Object.assign(element("a"), { href: url, download: `call-${this.call.id}-${number + 1}.ogg` }).click();
    }
  }

  tell() {
    const { ms } = this;
    this.position.value = ms;
    this.time.textContent = `${clockTime(ms / 1000)} / ${clockTime(this.length / 1000)}`;
    this.position.setAttribute("aria-valuetext", this.time.textContent);
    this.dispatchEvent(new CustomEvent("moved", { detail: { ms } }));
  }

  label() {
    this.button.textContent = this.audio.paused ? "Play" : "Pause";
  }

  fail(why = "This recording cannot be played.") {
    this.dispatchEvent(new CustomEvent("trouble", { detail: { text: why } }));
    return false;
  }

  close() {
    this.audio.pause();
    this.blobs.forEach((url) => URL.revokeObjectURL(url));
  }
}
