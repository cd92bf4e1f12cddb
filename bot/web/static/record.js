// Whether the call at hand is recorded, in words and shape, and the switch: for card numbers, and whenever somebody asks.

import { element, post } from "/static/talk.js";

const STATES = {
  recording: "● recording",
  paused: "‖ recording paused: what is said now is not in it",
  refused: "○ not recorded: the caller did not want it",
};

export class RecordingSwitch {
  constructor(place, trouble) {
    this.place = place;
    this.trouble = trouble;
    this.call = "";
    this.shown = "";
  }

  // recording: {call, state} of the talk, null where there is none or calls are not recorded
  draw(recording) {
    const shown = JSON.stringify(recording);
    if (shown === this.shown) return;
    this.shown = shown;
    this.place.hidden = !recording;
    this.call = recording && recording.state !== "refused" ? recording.call : "";
    if (!recording) return;
    const state = element("span", "state-of", STATES[recording.state]);
    state.setAttribute("role", "status");
    this.place.dataset.state = recording.state;
    this.place.replaceChildren(state);
    if (!this.call) return;
    const button = element("button", "plain", recording.state === "paused" ? "Resume recording " : "Pause recording ", element("kbd", "", "V"));
    button.type = "button";
    button.addEventListener("click", () => this.toggle());
    this.place.append(button);
  }

  async toggle() {
    if (!this.call) return;
    const { call } = this;
    const { ok, body } = await post(`/calls/${encodeURIComponent(call)}/recording/pause`);
    this.trouble(ok ? "" : body.error);
    if (ok) this.draw({ call, state: body.state });
  }
}
