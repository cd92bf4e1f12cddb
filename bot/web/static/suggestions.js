// What could be answered to what the caller said last: said by the bot's voice, or copied. Keys 1 to 3.

import { element } from "/static/talk.js";

export class Suggestions {
  // does: {say}
  constructor(place, does) {
    this.place = place;
    this.does = does;
    this.list = [];
    this.shown = "[]";
  }

  // list: [{intent, title, text, score}], best first; text is "" for something to do
  draw(list) {
    const shown = JSON.stringify(list);
    if (shown === this.shown) return; // a button in use keeps its focus
    this.shown = shown;
    this.list = list;
    this.place.hidden = list.length === 0;
    this.place.replaceChildren(element("h3", "", "Suggested"), element("ol", "", null, ...list.map((one, i) => this.row(one, i))));
  }

  use(i) {
    const one = this.list[i];
    if (one?.text) this.does.say(one.text);
  }

  row({ title, text, score }, i) {
    const row = element("li", "", null, element("strong", "", title), element("span", "text", text || "next step"));
    row.title = `${Math.round(score * 100)} % sure that it is about this`;
    if (!text) return row;
    const copy = this.button("Copy", `Copy: ${title}`, () => navigator.clipboard?.writeText(text));
    const say = this.button("Let the bot say it", `Let the bot say: ${title}`, () => this.does.say(text));
    say.append(" ", element("kbd", "", i + 1));
    row.append(element("span", "buttons", null, say, copy));
    return row;
  }

  button(label, name, action) {
    const button = element("button", "plain", label);
    button.type = "button";
    button.setAttribute("aria-label", name);
    button.addEventListener("click", action);
    return button;
  }
}
