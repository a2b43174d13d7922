// What a pattern has beside its play: its other forms, each in a card whose inside is loaded when it is opened.

import { h, show } from "../dom.js";
import { words } from "../language.js";

const { VARIANTS, FAILED } = await words("variants");

const INSIDES = {
  sign: () => import("./variants/sign.js"),
  revoke: () => import("./variants/redis.js"),
  password: () => import("./variants/limits.js"),
  refresh: () => import("./variants/cookie.js"),
  prove: () => import("./variants/inbox.js"),
};

/** Fills a card that was opened. One that could not be filled is tried again when it is opened again. */
async function fill(details, box, load) {
  if (!details.open || details.dataset.ready) return;
  details.dataset.ready = "loading";
  try {
    show(box, await (await load()).view());
    details.dataset.ready = "true";
  } catch {
    delete details.dataset.ready;
    show(box, h("p", { class: "soft", role: "alert" }, FAILED));
  }
}

function card(id) {
  const { title, lead, open } = VARIANTS[id];
  const box = h("div", { class: "stack" });
  const details = h("details", { id: `variant-${id}`, on: { toggle: () => fill(details, box, INSIDES[id]) } }, h("summary", {}, open), box);
  return h("section", { class: "card variant", "aria-labelledby": `variant-title-${id}` },
    h("h3", { id: `variant-title-${id}` }, title), h("p", { class: "soft" }, lead), details);
}

/** The cost slider, with three costs in a row between it and what is often said wrongly. */
async function costs() {
  const [cost, rounds] = await Promise.all([import("./cost.js"), import("./variants/rounds.js")]);
  const view = cost.view();
  view.querySelector(".myths").before(rounds.view());
  return view;
}

/** The cards that stand below the play of a pattern. */
export async function variants(pattern) {
  const cards = Object.hasOwn(INSIDES, pattern) ? [card(pattern)] : [];
  return pattern === "password" ? [await costs(), ...cards] : cards;
}
