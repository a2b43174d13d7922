// What is worth saying below a token of others: what was left out around it, what is remarkable in it, and a token within it.

import { h, button } from "../dom.js";
import { nested, remarks } from "./remarks.js";
import { language, words } from "../language.js";

const { ASIDE } = await words("pasted");

/** What was cleaned, what is remarkable, and the token within the token. */
export function aside(view, hidden) {
  const { parsed, cleaned } = view;
  const inner = nested(parsed);
  const notes = (parsed.header.value && remarks(parsed)) || [];
  return [
    cleaned.length > 0 && h("p", { class: "cleaned" }, h("strong", {}, ASIDE.leftOut), `${cleaned.join("; ")}.`),
    notes.length > 0 && h("ul", { class: "remarks" }, notes.slice(0, 8).map((words) => h("li", {}, words))),
    inner && h("p", {}, inner.name === "payload" ? ASIDE.payloadIsToken : ASIDE.claimIsToken(inner.name.slice(0, 40)), button(ASIDE.lookInto, () => view.take(inner.token), { kind: "small", id: "inner" })),
    hidden > 0 && h("p", {}, ASIDE.hidden(hidden.toLocaleString(language))),
  ];
}

/** The size of a token that is too long for a cookie. */
export function overCookie(size, cookie, headers) {
  const [bytes, most] = [size, cookie].map((number) => number.toLocaleString(language));
  return size > headers ? ASIDE.overHeaders(bytes, most) : ASIDE.overCookie(bytes, most, Math.round((100 * size) / headers));
}
