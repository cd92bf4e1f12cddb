// What is said, line by line. A partial line is grey and replaced until it is final; only whole lines are read out by
// screen readers. All of it is set as text.

export class Captions {
  // list: where lines go; empty: what stands there while there is none; names: who is who, asked at each new line
  constructor(list, empty, names) {
    this.list = list;
    this.empty = empty;
    this.names = names;
    this.partial = {};
  }

  get isEmpty() {
    return this.list.childElementCount === 0;
  }

  clear() {
    this.list.replaceChildren();
    this.partial = {};
    this.empty.hidden = false;
  }

  // Nothing more comes of what was not final.
  end() {
    for (const line of Object.values(this.partial)) line?.remove();
    this.partial = {};
  }

  show({ speaker, text, final }) {
    if (speaker !== "caller" && final) this.drop("caller"); // nothing came of it: the bot goes on
    let line = this.partial[speaker];
    if (!text && !line) return;
    if (!line) {
      line = document.createElement("li");
      const [who, words] = ["who", "words"].map((name) => Object.assign(document.createElement("span"), { className: name }));
      who.textContent = this.names()[speaker] ?? speaker;
      line.append(who, words);
      this.add(line);
    }
    if (final && !text) line.remove();
    line.className = `${speaker === "caller" ? "caller" : "bot"}${final ? "" : " partial"}`;
    line.setAttribute("aria-hidden", String(!final));
    line.lastChild.textContent = text;
    this.partial[speaker] = final ? null : line;
    this.scroll();
  }

  note(text) {
    this.add(Object.assign(document.createElement("li"), { className: "note", textContent: text }));
    this.scroll();
  }

  drop(speaker) {
    this.partial[speaker]?.remove();
    this.partial[speaker] = null;
  }

  add(line) {
    this.empty.hidden = true;
    this.list.append(line);
  }

  scroll() {
    this.list.scrollTop = this.list.scrollHeight;
  }
}
