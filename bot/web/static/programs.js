// Tokens, webhooks and deliveries. Secrets are on this page once, until somebody says that they have kept them.

import { element, post } from "/static/talk.js";

const $ = (id) => document.getElementById(id);
const PLACE = "/people/programs";
const STATES = { pending: "to be sent", delivered: "✓ delivered", dead: "✕ given up" };
let hooks = new Map();
let older = null;

function say(text) {
  $("banner").hidden = !text;
  $("banner").textContent = text;
}

const moment = (text) => (text ? new Date(text).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" }) : "never");
const sentence = (body) => (typeof body.error === "string" ? body.error : "That cannot be kept; please look at what was filled in.");

function button(word, label, act) {
  const made = element("button", "plain", word);
  made.type = "button";
  made.setAttribute("aria-label", label);
  made.addEventListener("click", act);
  return made;
}

const row = (cells, className = "") =>
  element("tr", className, null, ...cells.map((cell) => element("td", "", null, ...(Array.isArray(cell) ? cell : [cell]))));

function nothing(columns, text) {
  const cell = element("td", "empty", text);
  cell.colSpan = columns;
  return element("tr", "", null, cell);
}

async function change(path, body, done) {
  const answer = await post(PLACE + path, body);
  say(answer.ok ? done : sentence(answer.body));
  if (answer.ok) await read();
  return answer.ok ? answer.body : null;
}

function reveal(about, secret) {
  $("secret-about").textContent = `${about} It is shown this once.`;
  $("secret-text").textContent = secret;
  $("secret").hidden = false;
  $("secret").scrollIntoView({ block: "nearest" });
}

function tokenRow(token) {
  const revoke = button("Revoke", `Revoke ${token.name}`, () => {
    if (confirm(`From now on “${token.name}” opens nothing. Revoke it?`)) change(`/tokens/${token.id}/revoke`, {}, `${token.name} opens nothing any more.`);
  });
  const cells = [token.name, element("code", "", `${token.start}…`), token.role, moment(token.created_at), moment(token.used_at)];
  return row([...cells, token.revoked_at ? "revoked" : revoke], token.revoked_at ? "faded" : "");
}

function hookRow(hook, { businesses, events: { length: events } }) {
  const url = hook.url;
  const buttons = [
    button("Try", `Send a test message to ${url}`, () => change(`/webhooks/${hook.id}/ping`, {}, "A test message is on its way; look at the deliveries below.")),
    button(hook.is_active ? "Switch off" : "Switch on", `${hook.is_active ? "Switch off" : "Switch on"} ${url}`, () =>
      change(`/webhooks/${hook.id}/switch`, { is_active: !hook.is_active }, "")),
    button("Remove", `Remove ${url}`, () => {
      if (confirm(`Remove ${url}, with everything that it has yet to be told?`)) change(`/webhooks/${hook.id}/remove`, {}, `${url} is removed.`);
    }),
  ];
  return row([hook.is_active ? url : `${url} (off)`, hook.events.length === events ? "everything" : hook.events.join(", "), businesses[hook.business] ?? (hook.business || "all"), buttons], hook.is_active ? "" : "faded");
}

function deliveryRow(one) {
  const state = element("span", "state", STATES[one.status]);
  state.dataset.state = one.status;
  const answer = one.problem || (one.answered ? String(one.answered) : "–");
  const again = button("Send again", `Send ${one.event} of ${moment(one.created_at)} again`, () => change(`/deliveries/${one.id}/again`, {}, "It is sent again."));
  const made = row([moment(one.created_at), one.event, hooks.get(one.webhook_id)?.url ?? "removed", state, String(one.tries), answer, one.status === "pending" && !one.tries ? "" : again]);
  made.cells[4].className = "number";
  return made;
}

function draw(all) {
  hooks = new Map(all.webhooks.map((hook) => [hook.id, hook]));
  $("tokens").replaceChildren(...(all.tokens.length ? all.tokens.map(tokenRow) : [nothing(6, "No program may ask yet.")]));
  $("hooks").replaceChildren(...(all.webhooks.length ? all.webhooks.map((hook) => hookRow(hook, all)) : [nothing(4, "Nobody is told anything yet.")]));
  $("kept-for").textContent = `What was delivered or given up is kept for ${all.keep_days} days (webhooks.keep_days).`;
  const roles = $("new-token").elements.role;
  if (!roles.options.length) {
    roles.append(...all.roles.map((role) => new Option(role, role, role === "service", role === "service")));
    $("new-hook").elements.business.append(...Object.entries(all.businesses).map(([id, name]) => new Option(name, id)));
    $("events").append(...all.events.map(eventBox));
  }
}

function eventBox(name) {
  const box = Object.assign(element("input"), { type: "checkbox", name: "event", value: name, checked: true });
  return element("label", "", null, box, name);
}

async function readDeliveries(before = null) {
  const asked = new URLSearchParams();
  if ($("status").value) asked.set("status", $("status").value);
  if (before) asked.set("before", before);
  const answer = await fetch(`${PLACE}/deliveries?${asked}`, { cache: "no-store" });
  if (!answer.ok) return;
  const { deliveries, more } = await answer.json();
  const rows = deliveries.map(deliveryRow);
  if (before) $("deliveries").append(...rows);
  else $("deliveries").replaceChildren(...(rows.length ? rows : [nothing(7, "None.")]));
  older = more;
  $("more").hidden = !more;
}

async function read() {
  const answer = await fetch(`${PLACE}/list`, { cache: "no-store" });
  if (answer.status === 401 || answer.status === 403) return location.reload();
  if (!answer.ok) return say((await answer.json().catch(() => ({}))).error ?? "This cannot be read at the moment.");
  draw(await answer.json());
  await readDeliveries();
}

$("new-token").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const made = await change("/tokens", { name: form.elements.name.value.trim(), role: form.elements.role.value }, "");
  if (!made) return;
  reveal(`The token for ${made.name}.`, made.token);
  form.elements.name.value = "";
});
$("new-hook").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const events = [...form.querySelectorAll("[name=event]:checked")].map((box) => box.value);
  if (!events.length) return say("Choose at least one thing to tell it of.");
  const made = await change("/webhooks", { url: form.elements.url.value.trim(), business: form.elements.business.value, events }, "");
  if (!made) return;
  reveal(`The secret with which messages to ${made.url} are signed.`, made.secret);
  form.elements.url.value = "";
});
$("copy").addEventListener("click", () => navigator.clipboard?.writeText($("secret-text").textContent).then(() => say("Copied."), () => say("Please select and copy it by hand.")));
$("kept").addEventListener("click", () => {
  $("secret").hidden = true;
  $("secret-text").textContent = "";
});
$("status").addEventListener("change", () => readDeliveries());
$("look").addEventListener("click", () => read());
$("more").addEventListener("click", () => readDeliveries(older));
read().catch(() => say("The connection to the call centre is lost. Please try again."));
