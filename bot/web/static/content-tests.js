// Conversations as tests: played with the draft, one or all of a file, and read as a talk.

import { page } from "/static/content.js";
import { element } from "/static/talk.js";

const SPEAKERS = { caller: "Caller", keys: "Keys", bot: "Bot" };

// For the file that is open: its conversations as they are in the draft, each with a button.
export function playerOf(path) {
  const list = element("ul", "played");
  const all = element("button", "plain", "Play all");
  const hint = element("span", "hint");
  hint.setAttribute("role", "status");
  const player = element("section", "group", null, element("h3", "", "Conversations of this file"), list, element("div", "row", null, all, hint));
  const rows = new Map();
  const play = async (line, buttons) => {
    buttons.forEach((button) => (button.disabled = true));
    hint.textContent = "Playing …";
    const results = await page.ask("/content/conversations", { path, line });
    hint.textContent = results ? summary(results) : "";
    buttons.forEach((button) => (button.disabled = false));
    for (const result of results ?? []) rows.get(result.line)?.replaceChildren(resultOf(result));
  };
  all.addEventListener("click", () => play(0, [...player.querySelectorAll("button")]));
  const fill = async () => {
    const answer = await fetch(`/content/conversations?path=${encodeURIComponent(path)}`, { cache: "no-store" });
    const found = await answer.json();
    hint.textContent = answer.ok ? "" : found.error;
    rows.clear();
    list.replaceChildren(...(answer.ok ? found : []).map(({ title, line }) => {
      const button = element("button", "plain", "Play");
      button.setAttribute("aria-label", `Play “${title}”`);
      button.addEventListener("click", () => play(line, [button]));
      const result = element("div", "result");
      rows.set(line, result);
      return element("li", "", null, element("span", "", title), button, result);
    }));
  };
  fill();
  return { player, fill };
}

const summary = (results) => {
  const failed = results.filter(({ passed }) => !passed).length;
  return failed ? `${failed} of ${results.length} went wrong.` : results.length === 1 ? "It went as it should." : `All ${results.length} went as they should.`;
};

function resultOf({ passed, wanted, why, story }) {
  const told = element("details", "", null, element("summary", passed ? "went-well" : "went-wrong", passed ? "as it should" : "went wrong"), storyOf(story));
  told.open = !passed;
  if (!passed) told.append(element("p", "problem", `Wanted “${wanted}”; ${why}`));
  return told;
}

// Lines such as “bot: Hello.”, “transfers: reception”.
export function storyOf(story) {
  return element("ol", "story", null, ...story.map((line) => {
    const [what, ...rest] = line.split(": ");
    const known = SPEAKERS[what];
    const item = element("li", known ? what : "deed", known ? rest.join(": ") : line.replaceAll("_", " "));
    if (known) item.prepend(element("b", "", known));
    return item;
  }));
}
