// The six patterns: code beside a play of what happens.

import { h, show, button, notice } from "../dom.js";
import { Diagram } from "./diagram.js";
import { Stage, pause } from "./stage.js";
import { achieve } from "./challenges.js";
import { code } from "./code.js";
import { speak, tabs } from "./parts.js";
import { place } from "./turn_place.js";
import { variants } from "./variants.js";
import { styles } from "./styles.js";
import { words } from "../language.js";

const { PATTERNS, PLAYER } = await words("patterns");

const PLAYS = {
  sign: () => import("./plays/sign.js"),
  verify: () => import("./plays/verify.js"),
  refresh: () => import("./plays/refresh.js"),
  revoke: () => import("./plays/revoke.js"),
  password: () => import("./plays/password.js"),
  prove: () => import("./plays/prove.js"),
};
/** A play with its buttons: all of it, a step, from the beginning. */
class Player {
  constructor(pattern, script) {
    this.pattern = pattern;
    this.script = script;
    this.diagram = new Diagram(script.lanes, script.rows, pattern.name);
    this.stage = new Stage(this.diagram);
    this.run = 0;
    this.said = h("p", { class: "play-message soft", id: "play-message", role: "status" }, PLAYER.nothing);
    this.play = button(PLAYER.play, () => this.all(), { kind: "primary", id: "play" });
    this.step = button(PLAYER.step, () => this.one(), { id: "step" });
    this.reset = button(PLAYER.reset, () => this.clear(), { kind: "quiet", id: "reset" });
  }

  clear() {
    this.run += 1;
    this.steps = null;
    this.diagram.clear();
    this.busy(false);
    this.said.textContent = PLAYER.nothing;
    delete this.said.dataset.ended;
  }

  busy(is) {
    this.play.disabled = is;
    this.step.disabled = is;
  }

  /** One step; whether another may follow. */
  async next() {
    if (this.said.dataset.ended) this.clear();
    this.steps ??= this.script.play(this.stage);
    const run = this.run;
    this.said.textContent = PLAYER.asking;
    const { done } = await this.steps.next();
    if (run !== this.run) return false;
    this.said.textContent = done ? (this.script.after ?? PLAYER.ended) : PLAYER.going;
    if (done) this.ended();
    return !done;
  }

  ended() {
    this.said.dataset.ended = "true";
    achieve(`play-${this.pattern.id}`);
    speak(PLAYER.spoken(this.pattern.name));
  }

  async guarded(work) {
    this.busy(true);
    try {
      await work();
    } catch (error) {
      this.steps = null;
      this.said.textContent = error.message;
      if (error.name !== "Error" && !error.code) throw error;
    } finally {
      this.busy(false);
    }
  }

  /** While something else uses the sandbox nothing is played, and a play that was begun is over. */
  async aside(work) {
    if (this.steps && !this.said.dataset.ended) this.clear();
    this.busy(true);
    try {
      return await work();
    } finally {
      this.busy(false);
    }
  }

  one() {
    return this.guarded(() => this.next());
  }

  all() {
    return this.guarded(async () => {
      while (await this.next()) await pause();
    });
  }

  async view() {
    return h("div", { class: "card player" },
      h("div", { class: "card-head" }, h("h3", {}, PLAYER.heading), h("div", { class: "row" }, this.play, this.step, this.reset)),
      this.said, h("div", { class: "stage-grid" }, this.diagram.svg, await beside(this)));
  }
}

const SIDES = [{ id: "words", name: PLAYER.words }, { id: "rust", name: "Rust" }, { id: "node", name: "Node.js" }];

/** Beside the drawing: the same in words, the code that did it, and the same idea in Node.js. */
async function beside({ pattern, diagram }) {
  const panels = {
    words: diagram.list,
    rust: h("div", { class: "codes", hidden: true }, await code(pattern.id, "rust")),
    node: h("div", { class: "codes", hidden: true }, await code(pattern.id, "js")),
  };
  const list = h("div", { class: "tabs", role: "tablist", "aria-label": PLAYER.beside, id: "side-tabs" });
  const choose = (id) => {
    for (const [name, panel] of Object.entries(panels)) panel.hidden = name !== id;
    select(id);
  };
  const select = tabs(list, SIDES, choose);
  select("words");
  const framed = Object.entries(panels).map(([id, panel]) => h("div", { role: "tabpanel", "aria-labelledby": `side-tabs-${id}` }, panel));
  return h("div", { class: "beside" }, list, framed);
}

async function open(pattern, panel) {
  const script = await PLAYS[pattern.id]();
  const player = new Player(pattern, script);
  const extras = await variants(pattern.id);
  show(panel, h("p", { class: "lead" }, pattern.about), await player.view(), extras, notice("good", PLAYER.insight, pattern.insight), place(pattern, player));
  panel.dataset.ready = pattern.id;
  return player;
}

export async function mount(stage, { place }) {
  await styles("patterns");
  const pattern = PATTERNS.find((one) => one.id === place) ?? PATTERNS[0];
  const list = h("div", { class: "tabs", role: "tablist", "aria-label": PLAYER.tabs, id: "pattern-tabs" });
  const panel = h("div", { id: "pattern", class: "pattern stack", role: "tabpanel", "aria-labelledby": `pattern-tabs-${pattern.id}` });
  // Whoever walks the tabs with the arrow keys goes on walking.
  const isWalking = document.activeElement?.closest("#pattern-tabs");
  show(stage, h("h2", { class: "visually-hidden" }, PLAYER.title), list, panel);
  tabs(list, PATTERNS, (id) => (location.hash = `patterns/${id}`), "pattern")(pattern.id);
  if (isWalking) list.querySelector('[aria-selected="true"]').focus();
  const player = await open(pattern, panel);
  return () => player.clear();
}
