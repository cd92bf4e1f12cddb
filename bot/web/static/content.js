// The content page: what there is, which of it is open, and the way from draft to callers.

import { editItem, newQuestion } from "/static/content-editor.js";
import { showMisses } from "/static/content-misses.js";
import { checkDraft, publishDraft, showDraft, showVersions } from "/static/content-publish.js";
import { listenForTries, startOver } from "/static/content-try.js";
import { element, post } from "/static/talk.js";

const $ = (id) => document.getElementById(id);
const unfolded = new Set(["What callers say", "Questions and answers"]);

// What the other parts of the page work with.
export const page = {
  state: null,
  current: "", // group and title of the item that is open
  report: null, // of the last check, until something changes

  show(...nodes) {
    $("middle").replaceChildren(...nodes);
    $("middle").scrollTop = 0;
  },
  say(text) {
    $("banner").hidden = !text;
    $("banner").textContent = text ?? "";
    if (text) $("banner").scrollIntoView({ block: "nearest" });
  },
  // Asks for a change; what is refused is said on top. Returns the answer, or null.
  async ask(path, body) {
    const { ok, status, body: answer } = await post(path, body);
    if (status === 401) return location.reload();
    page.say(ok ? "" : answer.error ?? "That did not work. Please try again.");
    return ok ? answer : null;
  },
  // The same with sound instead of words.
  async send(path, sound) {
    const answer = await fetch(path, { method: "POST", headers: { "X-Frontdesk": "content" }, body: sound });
    const body = await answer.json();
    page.say(answer.ok ? "" : body.error);
    return answer.ok ? body : null;
  },
  async refresh() {
    const business = page.state?.business ?? sessionStorage.getItem("business") ?? "";
    const answer = await fetch(`/content/state?business=${encodeURIComponent(business)}`, { cache: "no-store" });
    if (answer.status === 401 || answer.status === 403) return location.reload();
    const state = await answer.json();
    if (!answer.ok) return page.say(state.error);
    page.state = state;
    draw();
  },
  changed() {
    page.report = null;
    return page.refresh();
  },
  itemOf: (key) => page.state.items.find((item) => keyOf(item) === key),
  openItem(key) {
    page.current = key;
    editItem(page.itemOf(key));
    draw();
  },
};

export const keyOf = (item) => `${item.group} ▸ ${item.title}`;

function draw() {
  const { state } = page;
  $("desk-link").hidden = !state.me.admin;
  $("business").replaceChildren(...state.businesses.map(({ id, name }) => {
    const option = element("option", "", name);
    option.value = id;
    option.selected = id === state.business;
    return option;
  }));
  $("misses-count").textContent = state.misses;
  const files = state.draft.length;
  $("draft-count").textContent = files ? `${files} ${files === 1 ? "file" : "files"} changed` : "empty";
  const next = !files ? "" : page.report?.passes ? "publish" : "check";
  for (const id of ["check", "publish"]) {
    $(id).dataset.now = next === id ? "yes" : "no";
    $(id).disabled = !files;
  }
  drawContents();
}

function drawContents() {
  const wanted = $("find").value.trim().toLowerCase();
  const groups = new Map();
  for (const item of page.state.items) {
    const words = `${item.title} ${wanted ? item.parts.map((part) => part.text).join(" ") : ""}`.toLowerCase();
    if (words.includes(wanted)) groups.set(item.group, [...(groups.get(item.group) ?? []), item]);
  }
  $("contents").replaceChildren(...[...groups].map(([name, items]) => groupOf(name, items, wanted)));
  if (!groups.size) $("contents").append(element("p", "empty", "Nothing has these words."));
}

function groupOf(name, items, wanted) {
  const details = element("details");
  details.open = wanted !== "" || unfolded.has(name);
  details.addEventListener("toggle", () => wanted || (details.open ? unfolded.add(name) : unfolded.delete(name)));
  const list = element("ul", "", null, ...items.map((item) => element("li", "", null, buttonOf(item))));
  if (name === "Questions and answers" && !wanted) {
    const add = element("button", "add", "+ New question");
    add.addEventListener("click", newQuestion);
    list.prepend(element("li", "", null, add));
  }
  details.append(element("summary", "", name, element("span", "count", items.length)), list);
  return details;
}

function buttonOf(item) {
  const button = element("button", item.changed ? "changed" : "", null, element("span", "", item.title));
  button.setAttribute("aria-current", String(keyOf(item) === page.current));
  button.addEventListener("click", () => page.openItem(keyOf(item)));
  return button;
}

function welcome() {
  const steps = [
    "Look at what was missed in calls, and say what it meant.",
    "Or choose something on the left, change it, and keep it in the draft: nobody hears it yet.",
    "Check the draft: mistakes are named, and no intent may be understood worse than before.",
    "Publish it under a name. New calls take it; every version can be brought back.",
  ];
  const list = element("ol", "slots-free", null, ...steps.map((text, at) => element("li", "", `${at + 1}. ${text}`)));
  page.show(element("h2", "", "What the bot knows and says"), element("p", "lead", "Your week here, in four steps:"), list);
}

function leaveItem(show) {
  return () => {
    page.current = "";
    drawContents();
    return show();
  };
}

$("business").addEventListener("change", async () => {
  page.state.business = $("business").value;
  sessionStorage.setItem("business", $("business").value);
  page.current = "";
  await page.refresh();
  startOver();
  welcome();
});
$("find").addEventListener("input", drawContents);
$("show-misses").addEventListener("click", leaveItem(showMisses));
$("show-versions").addEventListener("click", leaveItem(showVersions));
$("show-draft").addEventListener("click", leaveItem(showDraft));
$("check").addEventListener("click", leaveItem(checkDraft));
$("publish").addEventListener("click", leaveItem(publishDraft));
$("leave").addEventListener("click", () => post("/desk/leave", {}).then(() => location.reload()));
document.addEventListener("keydown", (event) => {
  const writes = event.target.closest("input, textarea, select");
  if (writes || event.ctrlKey || event.metaKey || event.altKey) return;
  const target = { "/": "find", t: "sentence" }[event.key];
  if (target) {
    event.preventDefault();
    $(target).focus();
  }
});
listenForTries();
await page.refresh();
if (page.state) welcome();
