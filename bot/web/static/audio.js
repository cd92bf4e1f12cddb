// Microphone and loudspeaker of the page: one AudioContext, two worklet nodes. Callbacks get 20 ms of PCM and levels.

const RATE = 16000;

export class MicrophoneRefused extends Error {}
export class MicrophoneMissing extends Error {}

export async function openMicrophone() {
  if (!navigator.mediaDevices?.getUserMedia) throw new MicrophoneMissing("not a secure page");
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    });
  } catch (error) {
    if (error.name === "NotAllowedError" || error.name === "SecurityError") throw new MicrophoneRefused(error.name);
    throw new MicrophoneMissing(error.name);
  }
}

// A context at 16 kHz lets the browser resample. Some refuse the rate, some refuse to connect a microphone of
// another rate to it: then the device's own rate is used and the worklet converts.
async function contextFor(stream) {
  for (const options of [{ sampleRate: RATE, latencyHint: "interactive" }, { latencyHint: "interactive" }]) {
    let context;
    try {
      context = new AudioContext(options);
      await context.audioWorklet.addModule("/static/worklet.js");
      const source = stream ? context.createMediaStreamSource(stream) : null;
      await context.resume();
      return { context, source };
    } catch (error) {
      await context?.close().catch(() => {});
      if (!options.sampleRate) throw error;
    }
  }
}

export class Sound {
  // stream: of the microphone, or null to send silence. onChunk(ArrayBuffer), onMicrophone(level), onVoice(level).
  static async open(stream, { onChunk = () => {}, onMicrophone = () => {}, onVoice = () => {}, onLost = () => {} } = {}) {
    try {
      const { context, source } = await contextFor(stream);
      return new Sound(context, source, stream, { onChunk, onMicrophone, onVoice, onLost });
    } catch (error) {
      for (const track of stream?.getTracks() ?? []) track.stop(); // nobody would switch the microphone off any more
      throw error;
    }
  }

  constructor(context, source, stream, { onChunk, onMicrophone, onVoice, onLost }) {
    this.context = context;
    this.stream = stream;
    this.source = source;
    this.isPlaying = false;
    this.capture = new AudioWorkletNode(context, "capture", { numberOfInputs: 1, numberOfOutputs: 1, channelCount: 1, channelCountMode: "explicit" });
    this.playback = new AudioWorkletNode(context, "playback", { numberOfInputs: 0, numberOfOutputs: 1 });
    this.capture.port.onmessage = ({ data }) => {
      onChunk(data.chunk);
      onMicrophone(data.level);
    };
    this.playback.port.onmessage = ({ data }) => {
      this.isPlaying = data.playing || data.queued > 0;
      onVoice(data.level);
    };
    source?.connect(this.capture);
    this.capture.connect(context.destination); // its output is silence; unconnected it would not run
    this.playback.connect(context.destination);
    for (const track of stream?.getTracks() ?? []) track.addEventListener("ended", onLost);
  }

  play(pcm) {
    this.isPlaying = true;
    this.playback.port.postMessage({ pcm }, [pcm]);
  }

  // From now on somebody speaks in real time: what comes late is dropped rather than kept waiting.
  live() {
    this.playback.port.postMessage({ live: true });
  }

  clear() {
    this.playback.port.postMessage({ clear: true });
  }

  mute(on) {
    this.capture.port.postMessage({ muted: on });
  }

  // Resolves when what was queued has been heard, or after `atMost` ms.
  async drained(atMost = 3000) {
    const end = performance.now() + atMost;
    while (this.isPlaying && performance.now() < end) await new Promise((done) => setTimeout(done, 40));
  }

  async close() {
    for (const node of [this.capture, this.playback]) node.port.postMessage({ stop: true });
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    await this.context.close().catch(() => {});
  }
}

// Level 0–1 (root mean square) as a meter's 0–100: −60 dB is nothing, −6 dB is full.
export function meterValue(level) {
  return Math.max(0, Math.min(100, ((20 * Math.log10(level + 1e-6) + 60) / 54) * 100));
}

// A short tone: keypad feedback and the ring. Frequencies in hertz, length in seconds.
export function tone(context, frequencies, seconds, volume = 0.06) {
  const gain = context.createGain();
  const now = context.currentTime;
  gain.gain.setValueAtTime(0, now);
  gain.gain.linearRampToValueAtTime(volume, now + 0.01);
  gain.gain.setValueAtTime(volume, now + seconds - 0.02);
  gain.gain.linearRampToValueAtTime(0, now + seconds);
  gain.connect(context.destination);
  for (const frequency of frequencies) {
    const oscillator = context.createOscillator();
    oscillator.frequency.value = frequency;
    oscillator.connect(gain);
    oscillator.start(now);
    oscillator.stop(now + seconds);
  }
}
