// A user by the address, which leads to the account; the id stands beside it.

import { h } from "../dom.js";
import { address as inAddress } from "../parts/address.js";
import { address } from "./views.js";

/** A link to a user's account. */
export const userLink = (id, email) => h("a", { class: "person", href: address("users", {}, id) }, inAddress(email));

/** A user of whom the id is known, and the present address unless the account is gone. */
export const person = (id, email) => [
  email ? userLink(id, email) : h("span", { class: "soft" }, "deleted account"),
  h("div", { class: "detail" }, id),
];

/** Who did something: a user, or what kind of actor it was. */
export function actor({ actor: text, actor_email: email }) {
  const id = text.startsWith("user:") ? text.slice(5) : null;
  return id ? person(id, email) : text;
}
