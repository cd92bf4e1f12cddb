// Who works here: roles, queues, invitations.

import { element, post } from "/static/talk.js";

const $ = (id) => document.getElementById(id);
const ROLES = ["agent", "supervisor", "editor", "admin"];

function say(text) {
  $("banner").hidden = !text;
  $("banner").textContent = text;
}

function queuesOf(text) {
  const queues = {};
  for (const part of text.split(",").map((piece) => piece.trim()).filter(Boolean)) {
    const [, name, level] = part.match(/^(.*?)\s*(\d*)$/);
    queues[name] = Number(level || 1);
  }
  return queues;
}

function row(person, me) {
  const role = element("select");
  role.setAttribute("aria-label", `Role of ${person.name}`);
  role.append(...ROLES.map((name) => Object.assign(element("option", "", name), { selected: name === person.role })));
  const queues = element("input");
  queues.value = Object.entries(person.queues).map(([name, level]) => `${name} ${level}`).join(", ");
  queues.placeholder = "every queue";
  queues.setAttribute("aria-label", `Queues of ${person.name}`);
  const active = Object.assign(element("input"), { type: "checkbox", checked: person.is_active });
  active.setAttribute("aria-label", `${person.name} may sign in`);
  const save = element("button", "plain", "Save");
  save.addEventListener("click", async () => {
    const { ok, body } = await post(`/people/${person.id}`, { role: role.value, queues: queuesOf(queues.value), is_active: active.checked });
    say(ok ? `${person.name} is saved.` : body.error);
    await read();
  });
  const cells = [element("strong", "", person.name + (person.id === me ? " (you)" : "")), person.login, role, queues, active, save];
  return element("tr", "", null, ...cells.map((cell) => element("td", "", null, cell)));
}

async function read() {
  const answer = await fetch("/people/list", { cache: "no-store" });
  if (!answer.ok) return location.reload();
  const { people, me } = await answer.json();
  $("people").replaceChildren(...people.map((person) => row(person, me)));
}

$("invite").addEventListener("submit", async (event) => {
  event.preventDefault();
  const { ok, body } = await post("/people/invite", { role: $("role").value });
  $("link").textContent = ok ? `${location.origin}${body.link}` : body.error;
  $("copy").hidden = $("whom").hidden = !ok;
  $("copy").textContent = "Copy the link";
});
$("copy").addEventListener("click", async () => {
  const isCopied = await navigator.clipboard?.writeText($("link").textContent).then(() => true, () => false); // no clipboard by plain http
  $("copy").textContent = isCopied ? "Copied" : "Please mark it and copy it by hand";
});
read();
