// The caller's page: buttons, captions, keypad and what is said when something does not work.

import { MicrophoneMissing, MicrophoneRefused, Sound, meterValue, openMicrophone, tone } from "/static/audio.js";
import { Bell } from "/static/bell.js";
import { Call } from "/static/call.js";
import { MICROPHONE_REFUSED, NO_NUMBER, ending, microphoneMissing, standing } from "/static/caller-words.js";
import { Captions } from "/static/captions.js";
import { whileOpening } from "/static/opening.js";

const page = document.body;
const $ = (id) => document.getElementById(id);
const bars = [...document.querySelectorAll(".bars i")];

const TONES = { 1: [697, 1209], 2: [697, 1336], 3: [697, 1477], 4: [770, 1209], 5: [770, 1336], 6: [770, 1477], 7: [852, 1209], 8: [852, 1336], 9: [852, 1477], "*": [941, 1209], 0: [941, 1336], "#": [941, 1477] }; // ITU-T Q.23
const AUDIBLE = 0.004; // root mean square, full scale 1

const captions = new Captions($("captions"), $("captions-empty"), () => ({ caller: "You", bot: $("business").textContent, agent: "Colleague" }));

let call = null;
let ringBackOn = ""; // the number on which somebody will ring, when it is known
let test = null;
let startedAt = 0;
let ticking = 0;
let muted = false;
let voiceLevel = 0;
let lastVoice = -Infinity;
let microphoneLevel = 0;

// What is shown ------------------------------------------------------------------------

function show(state, words, doing) {
  page.dataset.state = state;
  $("status-text").textContent = words;
  if (doing) $("doing").textContent = doing;
  const inCall = state !== "idle" && state !== "over";
  $("call").hidden = inCall;
  $("talking").hidden = !inCall;
  $("controls").hidden = !inCall;
  $("test-microphone").hidden = inCall;
  for (const halo of document.querySelectorAll(".halo")) halo.hidden = inCall;
  if (!inCall) showKeypad(false);
}

function headline(title, lead) {
  $("headline").textContent = title;
  $("lead").textContent = lead;
}

function banner(text, action = null) {
  $("banner").hidden = !text;
  $("banner-text").textContent = text ?? "";
  $("banner-action").hidden = !action;
  $("banner-action").onclick = action;
}

function hint(text) {
  $("microphone-hint").textContent = text;
}

function tick() {
  const seconds = Math.floor((performance.now() - startedAt) / 1000);
  $("timer").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function drawMeter() {
  const value = Math.round(meterValue(microphoneLevel));
  $("level").firstElementChild.style.transform = `scaleX(${value / 100})`;
  $("level").setAttribute("aria-valuenow", value);
}

function drawLevels() {
  drawMeter();
  const level = Math.max(voiceLevel, muted ? 0 : microphoneLevel);
  const height = meterValue(level) / 100;
  bars.forEach((bar, i) => (bar.style.height = `${0.38 + 2.4 * height * [0.55, 0.85, 1, 0.8, 0.5][i]}rem`));
  if (call || test) requestAnimationFrame(drawLevels);
}

// The call -------------------------------------------------------------------------------

async function microphoneOrNone() {
  try {
    return await openMicrophone();
  } catch (error) {
    if (error instanceof MicrophoneRefused) {
      banner(MICROPHONE_REFUSED);
    } else if (error instanceof MicrophoneMissing) {
      banner(microphoneMissing());
    } else throw error;
    return null;
  }
}

// As the server reads it; none is fine, too.
function isNumber(text) {
  return !text || /^\+?\d{3,15}$/.test(text.replace(/[\s()./-]/g, ""));
}

function refuseNumber() {
  banner(NO_NUMBER);
  $("number").focus();
}

async function startCall(answer = "") {
  if (call) return;
  if (!answer && !isNumber($("number").value.trim())) return refuseNumber();
  await stopTest();
  banner("");
  show("connecting", "Connecting", "Connecting…");
  const stream = await microphoneOrNone();
  call = new Call(stream, { to: page.dataset.to, caller: $("number").value.trim(), answer });
  prepare(call, Boolean(stream));
  try {
    await call.begin();
  } catch {
    call.over = true;
    over("failed");
  }
}

function prepare(call, hasMicrophone) {
  setMuted(false);
  $("mute").disabled = !hasMicrophone;
  $("pressed").textContent = "";
  captions.clear();
  $("about").hidden = true;
  $("conversation").hidden = false;
  hint(hasMicrophone ? "You can speak while the receptionist speaks: it will stop and listen." : "No microphone: answer with the keypad.");
  call.addEventListener("connected", ({ detail }) => connected(detail, hasMicrophone));
  call.addEventListener("caption", ({ detail }) => captions.show(detail));
  call.addEventListener("waiting", ({ detail }) => waiting(detail));
  call.addEventListener("call-back", ({ detail }) => (ringBackOn = detail.number));
  call.addEventListener("taken", () => taken());
  call.addEventListener("person", ({ detail }) => withPerson(detail));
  call.addEventListener("bot", () => withBot());
  call.addEventListener("held", ({ detail }) => held(detail));
  call.addEventListener("person-lost", ({ detail }) => personLost(detail));
  call.addEventListener("microphone", ({ detail }) => (microphoneLevel = detail.level));
  call.addEventListener("voice", ({ detail }) => heard(detail.level));
  call.addEventListener("microphone-lost", () => banner("The microphone was unplugged or taken away. You can go on with the keypad."));
  call.addEventListener("ended", ({ detail }) => over(detail.reason));
  drawLevels();
}

function connected({ business }, hasMicrophone) {
  if (business) {
    $("business").textContent = business;
    document.title = `On the line · ${business}`;
  }
  headline("You are connected", "Speak naturally, interrupt any time.");
  show("talking", "Connected", hasMicrophone ? "Listening" : "Waiting for keys");
  startedAt = performance.now();
  tick();
  ticking = setInterval(tick, 1000);
  if (!hasMicrophone) showKeypad(true);
  $("keys").focus({ preventScroll: true }); // not on hang-up: a stray Enter must not end the call
}

function heard(level) {
  voiceLevel = level;
  if (level > AUDIBLE) lastVoice = performance.now();
  const speaks = performance.now() - lastVoice < 400 ? "yes" : "no"; // a pause between words is no change
  if (page.dataset.state !== "talking" || $("talking").dataset.speaks === speaks) return;
  $("talking").dataset.speaks = speaks;
  $("doing").textContent = speaks === "yes" ? "Speaking" : muted ? "You are muted" : "Listening";
}

function waiting(told) {
  if (page.dataset.state !== "waiting") captions.note("You are waiting for a person. They will have everything you said.");
  headline("A person will be with you", standing(told));
  show("waiting", "Waiting", told.place ? `Place ${told.place}` : "In the queue");
}

function taken() {
  captions.note("A person has taken your request.");
  headline("A person has your request", "They see everything you said and will get in touch. Please keep this page open.");
  show("waiting", "With a person", "With a person");
}

function withPerson({ who }) {
  if (page.dataset.state !== "talking") captions.note(`You are talking to ${who}.`);
  call.sound.live();
  headline(`You are talking to ${who}`, "They see everything you said before: no need to repeat it.");
  show("talking", `With ${who}`, "Listening");
}

function withBot() {
  captions.note("You are back with the receptionist.");
  headline("You are back with the receptionist", "Speak naturally, or use the keypad.");
  show("talking", "With the receptionist", "Listening");
}

function held({ who }) {
  headline(`${who} put you on hold`, "They will be back in a moment. Please keep this page open.");
  show("waiting", "On hold", "On hold");
}

function personLost({ who }) {
  headline("One moment, please", `The connection to ${who} was interrupted. They will be back, or a colleague takes over.`);
  show("waiting", "One moment", "Connecting again");
}

function over(reason) {
  clearInterval(ticking);
  const lasted = call && startedAt ? $("timer").textContent : "";
  call = null;
  startedAt = voiceLevel = microphoneLevel = 0;
  drawMeter();
  document.title = $("business").textContent;
  const { title, lead, trouble } = ending(reason, ringBackOn);
  headline(title, lead);
  show("over", trouble ? title : `Ended${lasted ? ` · ${lasted}` : ""}`);
  $("call-label").textContent = "Call again";
  captions.end();
  if (reason === "lost") banner(`${title}. ${lead}`, () => startCall());
  if (captions.isEmpty) {
    $("conversation").hidden = true;
    $("about").hidden = false;
  } else captions.note(lasted ? `Call ended after ${lasted}` : "Call ended");
  hint("The microphone is off.");
  $("call").focus({ preventScroll: true });
}

// Controls -------------------------------------------------------------------------------

function setMuted(on) {
  muted = on;
  $("mute").setAttribute("aria-pressed", String(on));
  $("mute").lastElementChild.textContent = on ? "Unmute" : "Mute";
  if (page.dataset.state === "talking") $("doing").textContent = on ? "You are muted" : "Listening";
}

function toggleMute() {
  if (!call?.sound || $("mute").disabled) return;
  setMuted(!muted);
  call.mute(muted);
}

function showKeypad(on) {
  $("keypad").hidden = !on;
  $("keys").setAttribute("aria-expanded", String(on));
  page.dataset.keypad = on ? "open" : "shut";
}

function press(digit) {
  if (!call?.sound || page.dataset.state === "connecting") return;
  call.digit(digit);
  tone(call.sound.context, TONES[digit], 0.12);
  $("pressed").textContent += digit;
  const key = document.querySelector(`[data-digit="${digit}"]`);
  key.classList.add("down");
  setTimeout(() => key.classList.remove("down"), 120);
}

function pressedKey(event) {
  if (event.target.matches("input") || event.ctrlKey || event.metaKey || event.altKey || !call) return;
  if (/^[0-9*#]$/.test(event.key)) press(event.key);
  else if (event.key.toLowerCase() === "m") toggleMute();
  else if (event.key.toLowerCase() === "k") showKeypad($("keypad").hidden);
  else if (event.key.toLowerCase() === "h") call.hangUp();
}

async function toggleTest() {
  if (test) return stopTest();
  banner("");
  const stream = await microphoneOrNone();
  if (!stream) return;
  test = await Sound.open(stream, { onMicrophone: (level) => (microphoneLevel = level) });
  $("test-label").textContent = "Stop test";
  hint("Say something: the bar should move. Nothing is sent during this test.");
  drawLevels();
}

async function stopTest() {
  if (!test) return;
  const sound = test;
  test = null;
  await sound.close();
  microphoneLevel = 0;
  drawMeter();
  $("test-label").textContent = "Test microphone";
  hint("The microphone is off. It is used during the call only.");
}

$("call").addEventListener("click", () => startCall());
$("mute").addEventListener("click", toggleMute);
$("keys").addEventListener("click", () => showKeypad($("keypad").hidden));
$("hang-up").addEventListener("click", () => call?.hangUp());
$("test-microphone").addEventListener("click", toggleTest);
for (const key of document.querySelectorAll("[data-digit]")) key.addEventListener("click", () => press(key.dataset.digit));
document.addEventListener("keydown", pressedKey);
window.addEventListener("beforeunload", (event) => {
  if (call && page.dataset.state !== "connecting") event.preventDefault();
});
window.addEventListener("pagehide", () => call?.hangUp());

if (page.dataset.mode === "expired") {
  banner("This link is too old to ring you. You can call us from here all the same.");
} else if (page.dataset.mode === "ring") {
  $("eyebrow").textContent = "Signed in for reminders";
  headline("We will ring here", "Keep this page open and we ring when a reminder is due. You can call us any time.");
  new Bell(location.pathname.split("/").pop(), { isBusy: () => Boolean(call), onAnswer: startCall, onTrouble: banner });
}

whileOpening({
  onWait: () => {
    headline("We are just opening", "Getting ready takes some seconds, the very first time a minute or two. This page goes on by itself.");
    $("status-text").textContent = "Opening";
    $("call").disabled = true;
  },
  onReady: () => location.reload(), // with the name of the business
});
