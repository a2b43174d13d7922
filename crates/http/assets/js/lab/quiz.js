// The memory game: questions drawn at random, an explanation after each answer, progress kept in this browser.

import { h, show, button, notice } from "../dom.js";
import { keep, recall } from "./progress.js";
import { achieve } from "./challenges.js";
import { QUESTIONS } from "./texts/quiz.js";

/** Right answers in a row that end the game well. */
const GOAL = 10;

const scores = () => recall("quiz", { seen: {}, row: 0, best: 0, right: 0, wrong: 0 });
const random = (limit) => crypto.getRandomValues(new Uint32Array(1))[0] % limit;

function shuffled(list) {
  const copy = [...list];
  for (let at = copy.length - 1; at > 0; at -= 1) {
    const other = random(at + 1);
    [copy[at], copy[other]] = [copy[other], copy[at]];
  }
  return copy;
}

/** One that was answered wrong or never, rather than one that is known; and not the same twice. */
function draw(last) {
  const { seen } = scores();
  const others = QUESTIONS.filter((question) => question.id !== last);
  const open = others.filter((question) => !seen[question.id]);
  const pool = open.length ? open : others;
  return pool[random(pool.length)];
}

function answered(question, isRight) {
  const before = scores();
  const row = isRight ? before.row + 1 : 0;
  const after = {
    seen: { ...before.seen, [question.id]: isRight },
    row,
    best: Math.max(before.best, row),
    right: before.right + Number(isRight),
    wrong: before.wrong + Number(!isRight),
  };
  keep("quiz", after);
  if (row >= GOAL) achieve("quiz");
  return after;
}

function standing() {
  const { seen, row, best, right, wrong } = scores();
  const known = Object.values(seen).filter(Boolean).length;
  return `${known} of ${QUESTIONS.length} known · ${row} in a row, ${best} at best · ${right} right, ${wrong} wrong`;
}

class Game {
  constructor() {
    this.card = h("div", { class: "card question", id: "question" });
    this.score = h("p", { class: "soft num", id: "score" }, standing());
  }

  ask() {
    const question = draw(this.last);
    this.last = question.id;
    const options = shuffled([question.right, ...question.wrong]);
    const said = h("div", { class: "explained", id: "explained", role: "status", "aria-live": "polite" });
    const buttons = options.map((text, index) =>
      h("button", { type: "button", class: "option", data: { option: String(index + 1) }, on: { click: () => this.judge(question, text, buttons, said) } },
        h("kbd", { "aria-hidden": "true" }, String(index + 1)), h("span", {}, text)));
    this.buttons = buttons;
    this.card.dataset.question = question.id;
    delete this.card.dataset.answered;
    show(this.card, h("h3", { id: "question-text", tabindex: "-1" }, question.ask), h("div", { class: "options", role: "group", "aria-labelledby": "question-text" }, buttons), said);
  }

  judge(question, text, buttons, said) {
    if (this.card.dataset.answered) return;
    const isRight = text === question.right;
    this.card.dataset.answered = isRight ? "right" : "wrong";
    for (const node of buttons) {
      const words = node.lastChild.textContent;
      node.setAttribute("aria-disabled", "true");
      if (words === question.right) node.classList.add("right");
      else if (words === text) node.classList.add("wrong");
    }
    answered(question, isRight);
    this.score.textContent = standing();
    const next = button("Next question", () => this.following(), { kind: "primary", id: "next-question" });
    show(said, notice(isRight ? "good" : "warn", isRight ? "Right." : `No: ${question.right}`, question.because), h("div", { class: "row" }, next));
    next.focus({ preventScroll: true });
  }

  following() {
    this.ask();
    this.card.querySelector("#question-text").focus({ preventScroll: true });
  }

  key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const node = this.buttons?.[Number(event.key) - 1];
    if (node && !this.card.dataset.answered) node.click();
  }
}

export function mount(stage) {
  const game = new Game();
  const forget = () => {
    keep("quiz", undefined);
    game.score.textContent = standing();
    game.ask();
  };
  show(stage, h("div", { class: "stack quiz" },
    h("h2", {}, "Memory game"),
    h("p", { class: "soft" }, `${QUESTIONS.length} questions, drawn at random; what you got wrong comes again. Ten right in a row and it sits. The keys 1 to 4 answer.`),
    game.score, game.card,
    h("div", { class: "row" }, button("Forget my answers", forget, { kind: "small quiet", id: "forget" }))));
  game.ask();
  const heard = (event) => game.key(event);
  document.addEventListener("keydown", heard);
  return () => document.removeEventListener("keydown", heard);
}
