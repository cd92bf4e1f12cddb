// On the audio thread: the microphone cut into 20 ms pieces of 16-bit PCM at 16 kHz, and what the bot says played
// without gaps. Where the browser gives another rate than 16 kHz, both convert with a windowed sinc.

const RATE = 16000;
const CHUNK = 320;       // samples of 20 ms
const HEAD_START = 640;  // 40 ms are collected before playing starts, against an uneven network
const FADE = 80;         // 5 ms: a cut-off sentence must not click
const MAX_QUEUED = RATE * 10;
const MAX_LIVE = RATE / 5;  // of a person in real time: what is later than 200 ms is dropped, or the delay would stay

class Resampler {
  // Band-limited interpolation (J. O. Smith, "Digital Audio Resampling", CCRMA): each output sample is a sum of the
  // inputs around it, weighted by a Hann-windowed sinc that cuts off below the lower of the two half rates.
  constructor(from, to) {
    this.step = from / to;
    this.cutoff = Math.min(1, to / from) * 0.94;
    this.reach = Math.ceil(12 / this.cutoff);
    this.history = new Float32Array(2 * this.reach);
    this.at = this.reach;
  }

  push(input) {
    if (this.step === 1) return input;
    const samples = new Float32Array(this.history.length + input.length);
    samples.set(this.history);
    samples.set(input, this.history.length);
    const output = [];
    for (; this.at + this.reach < samples.length; this.at += this.step) output.push(this.sampleAt(samples, this.at));
    const keepFrom = Math.max(0, Math.floor(this.at) - this.reach);
    this.history = samples.slice(keepFrom);
    this.at -= keepFrom;
    return Float32Array.from(output);
  }

  sampleAt(samples, at) {
    let sum = 0;
    for (let i = Math.max(0, Math.ceil(at - this.reach)); i <= at + this.reach; i++) {
      const distance = at - i;
      const x = Math.PI * this.cutoff * distance;
      const sinc = Math.abs(x) < 1e-9 ? 1 : Math.sin(x) / x;
      sum += samples[i] * this.cutoff * sinc * (0.5 + 0.5 * Math.cos((Math.PI * distance) / (this.reach + 1)));
    }
    return sum;
  }
}

class Capture extends AudioWorkletProcessor {
  constructor() {
    super();
    this.resampler = new Resampler(sampleRate, RATE);
    this.chunk = new Int16Array(CHUNK);
    this.filled = 0;
    this.muted = false;
    this.running = true;
    this.port.onmessage = ({ data }) => {
      if ("muted" in data) this.muted = data.muted;
      if (data.stop) this.running = false;
    };
  }

  process([input], [output]) {
    // Without a microphone there is no input; silence goes out all the same, because the call counts time in audio.
    const samples = input[0] ?? new Float32Array(output[0]?.length ?? 128);
    for (const sample of this.resampler.push(samples)) this.take(sample);
    return this.running;
  }

  take(sample) {
    const clipped = this.muted ? 0 : Math.max(-1, Math.min(1, sample));
    this.chunk[this.filled++] = Math.round(clipped * 32767);
    if (this.filled < CHUNK) return;
    let power = 0;
    for (const value of this.chunk) power += value * value;
    this.port.postMessage({ chunk: this.chunk.buffer, level: Math.sqrt(power / CHUNK) / 32768 }, [this.chunk.buffer]);
    this.chunk = new Int16Array(CHUNK);
    this.filled = 0;
  }
}

class Playback extends AudioWorkletProcessor {
  constructor() {
    super();
    this.resampler = new Resampler(RATE, sampleRate);
    this.queue = [];
    this.queued = 0;
    this.offset = 0;
    this.playing = false;
    this.live = false;
    this.last = 0;
    this.fading = 0;
    this.running = true;
    this.blocks = 0;
    this.port.onmessage = ({ data }) => {
      if (data.clear) this.clear();
      else if (data.stop) this.running = false;
      else if (data.live) this.live = true;
      else this.add(data.pcm);
    };
  }

  add(pcm) {
    const values = new Int16Array(pcm);
    const samples = this.resampler.push(Float32Array.from(values, (value) => value / 32768));
    if (this.queued > MAX_QUEUED || samples.length === 0) return;
    this.queue.push(samples);
    this.queued += samples.length;
    if (this.live) this.catchUp();
  }

  catchUp() {
    const most = (MAX_LIVE * sampleRate) / RATE;
    while (this.queued > most && this.queue.length > 1) {
      this.queued -= this.queue.shift().length - this.offset;
      this.offset = 0;
    }
  }

  clear() {
    this.queue = [];
    this.queued = this.offset = 0;
    this.playing = false;
    this.fading = FADE;
  }

  next() {
    if (this.playing && this.queue.length > 0) {
      const sample = this.queue[0][this.offset++];
      this.queued--;
      if (this.offset === this.queue[0].length) {
        this.queue.shift();
        this.offset = 0;
      }
      return (this.last = sample);
    }
    if (this.playing) {
      this.playing = false;
      this.fading = FADE;
    }
    if (this.fading > 0) return (this.last * --this.fading) / FADE;
    return 0;
  }

  process(inputs, [output]) {
    const samples = output[0];
    const head = (HEAD_START * sampleRate) / RATE;
    this.waited = !this.playing && this.queued > 0 ? (this.waited ?? 0) + 1 : 0;
    // A last piece shorter than the head start is played all the same, a moment later.
    if (!this.playing && this.queued > 0 && (this.queued >= head || this.waited > 8)) {
      this.playing = true;
      this.fading = 0;
    }
    let power = 0;
    for (let i = 0; i < samples.length; i++) {
      samples[i] = this.next();
      power += samples[i] * samples[i];
    }
    for (let c = 1; c < output.length; c++) output[c].set(samples);
    if (++this.blocks % 4 === 0) {
      this.port.postMessage({ level: Math.sqrt(power / samples.length), playing: this.playing, queued: this.queued });
    }
    return this.running;
  }
}

registerProcessor("capture", Capture);
registerProcessor("playback", Playback);
