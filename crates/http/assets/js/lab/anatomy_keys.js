// The key to check with, and a key's faults in words.

import { h, button } from "../dom.js";
import { ALGORITHMS } from "./keys.js";
import { copyButton } from "./anatomy_share.js";
import { words } from "../language.js";

const said = await words("keys");
const { CHECKING } = said;

export const select = (id, options, change) => h("select", { class: "input", id, on: { change } }, options.map(([value, name]) => h("option", { value }, name)));
export const WRITTEN = Object.entries(said.WRITTEN);
export const ALGS = Object.keys(ALGORITHMS).map((alg) => [alg, alg]);

/** A key of a set by its kid, or by its place. */
export const nameOf = (name) => (typeof name === "number" ? said.number(name) : name);

/** Why a key cannot be used; of a set, why each of its keys cannot. */
export function inWords([id, ...values]) {
  const words = said.FAULTS[id];
  if (typeof words === "string") return words;
  return words(...values.map((value) => (Array.isArray(value) ? value.map(({ name, fault }) => `${nameOf(name)}: ${inWords(fault)}`).join(" ") : value)));
}

/** The fields of what is checked with. The view has the values, since they are there before anybody looks at the fields. */
export class Checking {
  constructor(view) {
    const input = (tag, id, more) => h(tag, { class: "input mono", id, spellcheck: "false", autocomplete: "off", ...more, on: { input: () => this.typed() } });
    this.view = view;
    this.fields = {
      keys: input("textarea", "keys", { rows: "6" }),
      bound: select("bound", [["", CHECKING.anything], ...ALGS], () => this.typed()),
      written: select("written", WRITTEN, () => this.typed()),
      iss: input("input", "expect-iss"),
      aud: input("input", "expect-aud"),
    };
    this.draw();
  }

  get node() {
    const { keys, bound, written, iss, aud } = this.fields;
    return h("div", { class: "checking" }, h("label", { class: "label", for: "keys" }, CHECKING.keys), keys,
      h("div", { class: "row" },
        h("label", { class: "label", for: "bound" }, CHECKING.bound), bound,
        h("label", { class: "label", for: "written" }, CHECKING.written), written),
      h("p", { class: "hint" }, CHECKING.hint),
      h("div", { class: "grid" }, h("div", { class: "field" }, h("label", { for: "expect-iss" }, CHECKING.issuer), iss), h("div", { class: "field" }, h("label", { for: "expect-aud" }, CHECKING.audience), aud)),
      h("div", { class: "row" }, copyButton(CHECKING.copy, () => this.view.given.keys), button(CHECKING.again, () => this.view.fresh(), { kind: "small" })));
  }

  /** Shows what the view has. */
  draw() {
    for (const [name, field] of Object.entries(this.fields)) if (field.value !== this.view.given[name]) field.value = this.view.given[name];
  }

  typed() {
    for (const [name, field] of Object.entries(this.fields)) this.view.given[name] = field.value;
    this.view.keysTyped();
  }
}
