// The memory game: rounds of ten, from the game's own questions and the interview's. What was wrong comes back.

import { button, h, notice, show, tag } from "../dom.js";
import { achieve } from "./challenges.js";
import { keep, recall } from "./progress.js";
import { INTERVIEW } from "./questions.js";
import { view as resultView } from "./result.js";
import { ROUND, answered, next, whole } from "./spacing.js";
import { styles } from "./styles.js";
import { words } from "../language.js";

const { GAME } = await words("game");
const { QUESTIONS } = await words("quiz");

/** Right answers in a row that are a challenge met. */
const GOAL = 10;

const POOL = new Map([...QUESTIONS.map((one) => [one.id, { kind: "choice", ...one }]), ...INTERVIEW.map((one) => [one.address, { ...one, kind: "open", id: one.address }])]);
const IDS = [...POOL.keys()];

const state = () => whole(recall("quiz", {}));
const random = (limit) => crypto.getRandomValues(new Uint32Array(1))[0] % limit;
const known = ({ seen }) => IDS.filter((id) => seen[id] === true).length;

function shuffled(list) {
  const copy = [...list];
  for (let at = copy.length - 1; at > 0; at -= 1) {
    const other = random(at + 1);
    [copy[at], copy[other]] = [copy[other], copy[at]];
  }
  return copy;
}

function standing() {
  const now = state();
  const waiting = Object.keys(now.due).length;
  return GAME.standing({ ...now, known: known(now), all: IDS.length }) + (waiting ? GAME.waiting(waiting) : "");
}

const key = (name) => h("kbd", { "aria-hidden": "true" }, name);

class Game {
  constructor() {
    this.card = h("div", { class: "card question", id: "question" });
    this.score = h("p", { class: "soft num", id: "score" }, standing());
  }

  /** The next question, or the result where a round is full. */
  ask() {
    const now = state();
    delete this.card.dataset.answered;
    if (now.round.length >= ROUND) return this.result(now);
    const question = POOL.get(next(now, IDS, random));
    Object.assign(this.card.dataset, { question: question.id, kind: question.kind });
    this.said = h("div", { class: "explained", id: "explained", role: "status", "aria-live": "polite" });
    const head = [h("p", { class: "soft num" }, GAME.question(now.round.length + 1, ROUND)), h("h3", { id: "question-text", tabindex: "-1" }, question.ask)];
    show(this.card, head, question.kind === "open" ? this.open(question) : this.choice(question), this.said);
  }

  choice(question) {
    const options = shuffled([question.right, ...question.wrong]);
    this.buttons = options.map((text, index) =>
      h("button", { type: "button", class: "option", data: { option: String(index + 1) }, on: { click: () => this.choose(question, text) } }, key(String(index + 1)), h("span", {}, text)));
    return h("div", { class: "options", role: "group", "aria-labelledby": "question-text" }, this.buttons);
  }

  choose(question, text) {
    const isRight = text === question.right;
    if (!this.judge(question, isRight)) return;
    for (const node of this.buttons) {
      const words = node.lastChild.textContent;
      node.setAttribute("aria-disabled", "true");
      if (words === question.right) node.classList.add("right");
      else if (words === text) node.classList.add("wrong");
    }
    this.explain(notice(isRight ? "good" : "warn", isRight ? GAME.right : GAME.wrong(question.right), question.because));
  }

  /** A question of the interview: the visitor answers aloud, looks, and is the judge. */
  open(question) {
    const judge = (isRight) => () => {
      if (!this.judge(question, isRight)) return;
      for (const node of this.buttons) node.setAttribute("aria-disabled", "true");
      this.explain(h("p", {}, isRight ? GAME.known : GAME.later, " ", h("a", { href: `#${question.where}` }, GAME.see(question.place))));
    };
    const look = () => {
      const [knew, not] = [judge(true), judge(false)].map((act, index) => h("button", { type: "button", class: "option", on: { click: act } }, key(String(index + 1)), h("span", {}, [GAME.knew, GAME.not][index])));
      this.buttons = [knew, not];
      show(body, h("p", { class: "answer", id: "answer", tabindex: "-1" }, question.answer), h("div", { class: "options", role: "group", "aria-label": GAME.asked }, knew, not));
      body.firstChild.focus({ preventScroll: true });
    };
    this.buttons = [h("button", { type: "button", class: "option", id: "show-answer", on: { click: look } }, key("1"), h("span", {}, GAME.look))];
    const body = h("div", { class: "stack" }, h("p", { class: "soft" }, GAME.aloud, " ", tag(GAME.from(question.level))), h("div", { class: "options" }, this.buttons));
    return body;
  }

  /** Keeps an answer; whether it is the first to this question. */
  judge(question, isRight) {
    if (this.card.dataset.answered) return false;
    this.card.dataset.answered = isRight ? "right" : "wrong";
    const after = answered(state(), question.id, isRight);
    keep("quiz", after);
    if (after.row >= GOAL) achieve("quiz");
    this.score.textContent = standing();
    return true;
  }

  explain(words) {
    const isEnd = state().round.length >= ROUND;
    const more = button(isEnd ? GAME.result : GAME.next, () => this.following(), { kind: "primary", id: "next-question" });
    show(this.said, words, h("div", { class: "row" }, more));
    more.focus({ preventScroll: true });
  }

  result(now) {
    const { round, best } = now;
    const missed = new Set(round.filter(([, isRight]) => !isRight).map(([id]) => id));
    this.buttons = [];
    Object.assign(this.card.dataset, { question: "", kind: "result" });
    const again = () => {
      keep("quiz", { ...state(), round: [] });
      this.following();
    };
    show(this.card, resultView({ round, best, known: known(now), all: IDS.length }, [...missed].map((id) => POOL.get(id)?.ask ?? id), again));
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

export async function mount(stage) {
  await styles("reading");
  const game = new Game();
  const forget = () => {
    keep("quiz", undefined);
    game.score.textContent = standing();
    game.ask();
  };
  show(stage, h("div", { class: "stack quiz" },
    h("h2", {}, GAME.title),
    h("p", { class: "soft" }, GAME.lead(QUESTIONS.length, INTERVIEW.length, ROUND)),
    game.score, game.card,
    h("div", { class: "row" }, button(GAME.forget, forget, { kind: "small quiet", id: "forget" }))));
  game.ask();
  const heard = (event) => game.key(event);
  document.addEventListener("keydown", heard);
  return () => document.removeEventListener("keydown", heard);
}
