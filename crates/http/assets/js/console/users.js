// Users: found, chosen, and opened.

import { byId, table, tag } from "../dom.js";
import { pages } from "../parts/pages.js";
import { when } from "../time.js";
import { chooser, forgetChosen } from "./bulk.js";
import { lockedUsers } from "./locked.js";
import { userLink } from "./people.js";
import { standing } from "./user.js";
import { address, go, refine } from "./views.js";

const columns = [{ name: "Choose", isUnseen: true }, { name: "Address" }, { name: "Role" }, { name: "Status" }, { name: "Last login" }, { name: "Member since" }];

let locked = new Map();

const load = pages(byId("users"), "/admin/users", (items) =>
  table(columns, items.map((user) => [
    chooser(user),
    userLink(user.id, user.email),
    tag(user.role, user.role === "admin" ? "info" : ""),
    standing(user, locked.get(user.id)),
    when(user.last_login_at),
    when(user.created_at),
  ]), { caption: "Users" }), { empty: "No address contains that.", further: "Look further" });

let typing = null;
let isWired = false;

function search() {
  const q = byId("user-search").value.trim();
  refine(address("users", { q }));
  forgetChosen();
  return draw(q);
}

async function draw(q) {
  // Without the locks the list is of use, too.
  locked = await lockedUsers().catch(() => new Map());
  await load({ q });
}

/** Shows the users whose address contains what the address of the page says. */
export async function users({ q = "" }) {
  if (!isWired) {
    isWired = true;
    byId("user-search").addEventListener("input", () => {
      clearTimeout(typing);
      typing = setTimeout(search, 250);
    });
    byId("user-new").addEventListener("click", () => go("#new-user"));
  }
  const field = byId("user-search");
  // Who types already, while this part was still loading, is not interrupted.
  if (document.activeElement !== field || !field.value) field.value = q;
  await draw(field.value.trim());
}
