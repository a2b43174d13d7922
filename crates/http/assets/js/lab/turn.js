// A challenge under a play: a task, answers to choose from, and what the chosen one leads to, played on the sandbox.

import { button, h, notice, show } from "../dom.js";
import { achieve } from "./challenges.js";
import { Diagram } from "./diagram.js";
import { Stage, pause } from "./stage.js";
import { words } from "../language.js";

const { FRAME } = await words("turn");

const TURNS = {
  sign: () => import("./turns/sign.js"),
  verify: () => import("./turns/verify.js"),
  refresh: () => import("./turns/refresh.js"),
  revoke: () => import("./turns/revoke.js"),
  password: () => import("./turns/password.js"),
  prove: () => import("./turns/prove.js"),
};

const choice = (question, [id, text]) =>
  h("label", { class: "turn-choice" }, h("input", { type: "radio", name: `turn-${question}`, value: id }), h("span", {}, text));

const field = ({ id, ask, choices }, index, { length }) =>
  h("fieldset", { class: "turn-question", data: { question: id } }, h("legend", {}, ask),
    h("div", { class: length > 1 ? "turn-choices short" : "turn-choices" }, Object.entries(choices).map((one) => choice(id, one))));

/**
 * A challenge on the page. Its module has `task` (words), `listing` (code, if any), `lanes` and `rows` of what was chosen,
 * and `play`, which ends in `isRight` and the reasons: both follow from what was answered while it was played.
 */
class Turn {
  constructor(pattern, script) {
    Object.assign(this, { pattern, script });
    this.said = h("p", { class: "play-message soft", id: "turn-message", role: "status" }, FRAME.hint);
    this.verdict = h("div", { id: "turn-verdict", class: "stack", role: "status", "aria-live": "polite" });
    this.drawn = h("div", { id: "turn-play" });
    this.go = button(FRAME.play, () => this.submit(), { kind: "primary", id: "turn-go" });
    this.fields = script.task.questions.map(field);
  }

  /** What was chosen for each question, or null where something is missing. */
  chosen() {
    const picked = this.fields.map((node) => node.querySelector("input:checked"));
    const missing = picked.indexOf(null);
    if (missing < 0) return Object.fromEntries(this.fields.map((node, at) => [node.dataset.question, picked[at].value]));
    this.said.textContent = this.fields.length > 1 ? FRAME.chooseAll : FRAME.choose;
    this.fields[missing].querySelector("input").focus();
    return null;
  }

  async submit() {
    const chosen = this.chosen();
    if (!chosen || this.go.disabled) return;
    this.busy(true);
    try {
      await this.player.aside(() => this.run(chosen));
    } catch (error) {
      this.said.textContent = error.message;
      if (!error.code) throw error;
    } finally {
      this.busy(false);
    }
  }

  busy(is) {
    this.go.disabled = is;
    for (const node of this.fields) node.disabled = is;
  }

  async run(chosen) {
    const { lanes, play, rows } = this.script;
    const diagram = new Diagram(lanes(chosen), rows(chosen), FRAME.drawing(this.pattern.name));
    show(this.verdict);
    show(this.drawn, h("div", { class: "stage-grid" }, diagram.svg, diagram.list));
    this.said.textContent = FRAME.playing;
    this.said.scrollIntoView({ block: "start" });
    const steps = play(new Stage(diagram), chosen);
    let step = await steps.next();
    while (!step.done) {
      await pause();
      step = await steps.next();
    }
    this.judge(step.value);
  }

  judge({ isRight, because }) {
    this.said.textContent = FRAME.played;
    show(this.verdict, h("div", { data: { outcome: isRight ? "right" : "wrong" } },
      notice(isRight ? "good" : "warn", isRight ? FRAME.right : FRAME.wrong, because.map((text) => h("p", {}, text)), !isRight && h("p", {}, FRAME.again))));
    this.verdict.scrollIntoView({ block: "nearest" });
    if (isRight) achieve(`turn-${this.pattern.id}`);
  }

  view(player) {
    this.player = player;
    const { listing, task } = this.script;
    return [h("p", {}, task.lead), listing && h("pre", { class: "turn-listing", tabindex: "0", "aria-label": task.listing }, h("code", {}, listing)),
      this.fields, h("div", { class: "row" }, this.go), this.said, this.drawn, this.verdict];
  }
}

/** The challenge of a pattern. */
export async function view(pattern, player) {
  return new Turn(pattern, await TURNS[pattern.id]()).view(player);
}
