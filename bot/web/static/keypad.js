// Telephone keys, sent as tones to whoever is in the talk: a machine on the other side takes them for its own.

import { element } from "/static/talk.js";

const KEYS = "123456789*0#";

export class Keypad {
  // press: takes a digit
  constructor(press) {
    this.press = press;
    this.isOpen = false;
    this.pressed = "";
  }

  // The row of keys, or nothing while it is closed.
  draw() {
    if (!this.isOpen) return [];
    const shown = element("output", "pressed", this.pressed || "Type or click: the other side hears the keys.");
    const keys = [...KEYS].map((key) => {
      const button = element("button", "plain", key);
      button.type = "button";
      button.setAttribute("aria-label", `Key ${key}`);
      button.addEventListener("click", () => this.hit(key, shown));
      return button;
    });
    this.place = element("div", "keypad", null, ...keys, shown);
    this.place.setAttribute("role", "group");
    this.place.setAttribute("aria-label", "Keypad");
    return [this.place];
  }

  // True when it was a key of ours.
  type(key) {
    if (!this.isOpen || key.length !== 1 || !KEYS.includes(key)) return false;
    this.hit(key, this.place?.querySelector(".pressed"));
    return true;
  }

  hit(key, shown) {
    this.pressed = (this.pressed + key).slice(-16);
    if (shown) shown.textContent = this.pressed;
    this.press(key);
  }

  toggle() {
    this.isOpen = !this.isOpen;
    this.pressed = "";
  }

  close() {
    this.isOpen = false;
    this.pressed = "";
  }
}
