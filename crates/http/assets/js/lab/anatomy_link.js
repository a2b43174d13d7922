// The address of a token, to be sent to others.

import { h, show, button, notice } from "../dom.js";
import { toClipboard } from "./anatomy_share.js";
import { words } from "../language.js";

const { LINK } = await words("link");

const addressOf = (token) => `${location.origin}${location.pathname}#anatomy/${encodeURIComponent(token)}`;

async function copy(view, stage) {
  const address = addressOf(view.parsed.token);
  const done = await toClipboard(address);
  show(stage, notice(done ? "good" : "warn", done ? LINK.copied : LINK.address, done ? LINK.fragment : h("code", { id: "share-address" }, ` ${address}`)));
}

/** Copies the address of the token at hand. A token that was not made here may open something: that is said first. */
export function share(view, stage) {
  if (view.made.has(view.parsed.token)) return copy(view, stage);
  show(stage, notice("warn", LINK.strange, LINK.risk,
    h("span", { class: "row" }, button(LINK.anyway, () => copy(view, stage), { kind: "small", id: "share-anyway" }), button(LINK.not, () => show(stage), { kind: "small" }))));
  return undefined;
}
