// The address of a token, to be sent to others.

import { h, show, button, notice } from "../dom.js";
import { toClipboard } from "./anatomy_share.js";

const addressOf = (token) => `${location.origin}${location.pathname}#anatomy/${encodeURIComponent(token)}`;

async function copy(view, stage) {
  const address = addressOf(view.parsed.token);
  const done = await toClipboard(address);
  show(stage, notice(done ? "good" : "warn", done ? "The address is in the clipboard." : "The address:", done ? " The token is in its fragment, which goes to no server." : h("code", { id: "share-address" }, ` ${address}`)));
}

/** Copies the address of the token at hand. A token that was not made here may open something: that is said first. */
export function share(view, stage) {
  if (view.made.has(view.parsed.token)) return copy(view, stage);
  show(stage, notice("warn", "This token was not made here.", " If it is real, whoever gets the address can use the token until it ends. The fragment goes to no server, but it stays in chats, mails and the browser's history. ",
    h("span", { class: "row" }, button("Copy the address all the same", () => copy(view, stage), { kind: "small", id: "share-anyway" }), button("Do not", () => show(stage), { kind: "small" }))));
  return undefined;
}
