// From draft to callers: what changed, the check, publishing, versions and going back.

import { problemOf } from "/static/content-editor.js";
import { page } from "/static/content.js";
import { clockTime, element } from "/static/talk.js";

export async function showDraft() {
  const { draft } = page.state;
  const found = await compared();
  if (!found) return;
  const discard = element("button", "plain", "Throw the whole draft away");
  discard.addEventListener("click", async () => {
    if (discard.textContent !== "Really? Click again") return void (discard.textContent = "Really? Click again");
    if (await page.ask("/content/discard", {})) await page.changed().then(showDraft);
  });
  const who = draft.map(({ path, by }) => `${path} (${by})`).join(", ");
  const head = [element("h2", "", "The draft"), element("p", "lead", draft.length ? `Changed, and not yet heard by callers: ${who}.` : "The draft is empty: callers hear everything you see here.")];
  const conflict = page.state.conflicts.map((path) => problemOf({ path, line: 0, message: "This file changed in the content folder since; keep your text aside, throw the draft away, and put it in again." }));
  page.show(...head, ...conflict, ...diffs(found.files), ...(draft.length ? [element("div", "row end", null, discard)] : []));
}

export async function checkDraft() {
  const button = document.getElementById("check");
  button.disabled = true;
  const done = showProgress();
  page.report = await page.ask("/content/check", {}).finally(done);
  await page.refresh();
  if (page.report) showReport(page.report);
}

// What the check is at, how far it is, and for how long it has gone on. Returns what ends that.
function showProgress() {
  const what = element("p", "lead", "The draft is read. Where phrases changed, they are learnt and compared with what is published: up to a minute a business.");
  what.setAttribute("role", "status");
  const bar = element("progress");
  bar.setAttribute("aria-label", "How far the check is");
  const time = element("span", "hint", "0:00");
  page.show(element("h2", "", "Checking the draft"), what, element("p", "row progress", null, bar, time));
  const began = performance.now();
  const look = async () => {
    time.textContent = clockTime((performance.now() - began) / 1000);
    const answer = await fetch("/content/check", { cache: "no-store" }).catch(() => null);
    const step = answer?.ok ? await answer.json() : null;
    if (!step || !what.isConnected) return;
    if (!what.textContent.startsWith(step.what)) what.textContent = `${step.what} … (step ${step.done + 1} of ${step.of})`;
    bar.max = step.of;
    bar.value = step.done + 0.5; // in the middle of a step
  };
  const looking = setInterval(look, 1000);
  return () => clearInterval(looking);
}

function showReport(report) {
  const errors = report.problems.filter(({ level }) => level === "error");
  const head = report.passes
    ? element("p", "good", "The check has passed. You can publish.")
    : element("p", "problem", errors.length ? "The draft has mistakes; mend them first." : "Something is understood worse than before: the gate is shut.");
  const failures = report.failures.map((message) => problemOf({ message, path: "", line: 0 }));
  const warnings = report.problems.filter(({ level }) => level !== "error").map((one) => problemOf(one));
  const more = element("details", "", null, element("summary", "", warnings.length === 1 ? "1 hint" : `${warnings.length} hints`), ...warnings);
  page.show(element("h2", "", "Check"), head, ...errors.map((one) => problemOf(one)), ...failures, ...Object.entries(report.regressions).map(regression), ...(warnings.length ? [more] : []));
}

function regression([business, { phrases, before, after, intents }]) {
  const lead = `${after} of ${phrases} test phrases are understood, ${before} before. None of them is among what was learnt.`;
  const rows = intents.map((one) => element("tr", "", null, element("td", "", one.intent), number(one.phrases), number(one.before), number(one.after), element("td", "", one.lost.join("; "))));
  const names = ["Intent", "Phrases", "Before", "Now", "No longer understood"];
  const head = element("thead", "", null, element("tr", "", null, ...names.map((name, at) => element("th", at > 0 && at < 4 ? "number" : "", name))));
  const table = element("table", "table", null, head, element("tbody", "", null, ...rows));
  return element("section", "", null, element("h3", "", `Effect on ${page.state.businesses.find(({ id }) => id === business)?.name ?? business}`), element("p", "lead", lead), ...(rows.length ? [table] : [element("p", "hint", "No intent changed.")]));
}

export function publishDraft() {
  if (!page.report) return checkDraft().then(() => page.report?.passes && publishDraft());
  const name = element("input");
  name.id = "version-name";
  name.placeholder = "What is new, in a few words";
  const override = element("input");
  const go = element("button", "act", "Publish");
  const overrideLabel = element("label", "", "Why it is published although the gate is shut", override);
  overrideLabel.hidden = page.report.passes || !page.state.me.admin;
  go.disabled = !page.report.passes && overrideLabel.hidden;
  const form = element("form", "form", null, element("label", "", "Name of the version", name), overrideLabel, element("div", "row end", null, go));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const version = await page.ask("/content/publish", { name: name.value, override: override.value });
    if (!version) return;
    await page.changed();
    await showVersions();
    page.say(`Version ${version.id} “${version.name}” is published. New calls take it within seconds; calls that are running keep what they began with.`);
  });
  const state = page.report.passes ? element("p", "good", "The check has passed.") : element("p", "problem", "The check did not pass.");
  page.show(element("h2", "", "Publish"), state, form);
  name.focus();
}

export async function showVersions() {
  const { versions } = page.state;
  const rows = versions.map((version, at) => rowOf(version, at));
  const head = element("thead", "", null, element("tr", "", null, ...["", "When", "Name", "By", "Understood", ""].map((name) => element("th", "", name))));
  const lead = versions.length ? "Each version is kept whole. The newest serves; an older one can be brought back." : "Nothing was published from here yet. The first time, what is there now is kept as well.";
  const table = element("table", "table", null, head, element("tbody", "", null, ...rows));
  page.show(element("h2", "", "Versions"), element("p", "lead", lead), ...(rows.length ? [table] : []));
}

function rowOf(version, at) {
  const when = new Date(version.at).toLocaleString([], { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
  const figures = Object.entries(version.figures).map(([business, { phrases, after }]) => `${business}: ${after} of ${phrases}`).join(", ");
  const name = element("td", "", version.name);
  if (version.reason) name.append(element("div", "hint", `Gate overridden: ${version.reason}`));
  const changes = element("button", "plain", at ? "Compare" : "Serves now");
  changes.disabled = !at;
  changes.setAttribute("aria-label", `Compare ${version.name} with what serves now`);
  changes.addEventListener("click", () => compareWith(version));
  return element("tr", "", null, number(version.id), element("td", "when", when), name, element("td", "", version.by || "–"), element("td", "", figures || "–"), element("td", "", null, changes));
}

async function compareWith(version) {
  const found = await compared(`?old=${page.state.versions[0].id}&new=${version.id}`);
  if (!found) return;
  const back = element("button", "act", "Bring this version back");
  back.addEventListener("click", async () => {
    if (!(await page.ask("/content/rollback", { version: version.id }))) return;
    await page.changed();
    await showVersions();
    page.say(`Version ${version.id} serves again; new calls take it within seconds.`);
  });
  page.show(element("h2", "", `Back to “${version.name}”?`), element("p", "lead", "This is what would change for callers. Your draft stays."), ...diffs(found.files), element("div", "row end", null, back));
}

async function compared(query = "") {
  const answer = await fetch(`/content/diff${query}`, { cache: "no-store" });
  const found = await answer.json();
  if (!answer.ok) page.say(found.error);
  return answer.ok ? found : null;
}

function diffs(files) {
  const kinds = { "+": "plus", "-": "minus", "@": "at" };
  return Object.entries(files).map(([path, lines]) => {
    const shown = lines.slice(2).map((line) => element("span", kinds[line[0]] ?? "", line));
    return element("section", "", null, element("h3", "", path), element("div", "diff", null, ...shown));
  });
}

function number(value) {
  return element("td", "number", value);
}
