// Users: found, made, and opened.

import { post } from "../api.js";
import { button, byId, h, notice, show, table, tag } from "../dom.js";
import { open } from "../parts/dialog.js";
import { pages } from "../parts/pages.js";
import { toast } from "../parts/toast.js";
import { Problem, headline } from "../problem.js";
import { when } from "../time.js";
import { roles } from "./roles.js";
import { openUser } from "./user.js";

const columns = [{ name: "Address" }, { name: "Role" }, { name: "Status" }, { name: "Last login" }, { name: "Member since" }];

const load = pages(byId("users"), "/admin/users", (items) =>
  table(columns, items.map((user) => [
    h("button", { type: "button", class: "plain", on: { click: () => openUser(user.id, users) } }, user.email),
    tag(user.role, user.role === "admin" ? "info" : ""),
    tag(user.status, user.status === "active" ? "good" : "bad"),
    when(user.last_login_at),
    when(user.created_at),
  ]), { caption: "Users" }));

async function newUser() {
  const known = await roles();
  const field = (id, label, more) =>
    h("div", { class: "field" }, h("label", { for: id }, label), h("input", { class: "input", id, required: true, autocomplete: "off", ...more }));
  const role = h("select", { class: "input", id: "new-role" }, known.map((name) => h("option", {}, name)));
  const said = h("div", { "aria-live": "polite" });
  const form = h("form", { method: "post" },
    field("new-email", "Email address", { type: "email" }),
    field("new-password", "Password", { type: "password", autocomplete: "new-password" }),
    h("div", { class: "field" }, h("label", { for: "new-role" }, "Role"), role),
    said,
    h("div", { class: "actions" }, button("Cancel", () => dialog.close(), { kind: "quiet" }), h("button", { class: "button primary" }, "Make the account")));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const [email, password] = ["new-email", "new-password"].map((id) => byId(id).value);
    try {
      await post("/admin/users", { email: email.trim(), password, role: role.value });
      dialog.close();
      toast(`Made: ${email.trim()}`);
      await users();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const words = error.fields.map(({ message }) => message).join(" ") || error.message;
      show(said, notice("bad", headline(error), words));
    }
  });
  const dialog = open("New user", [form]);
}

let typing = null;
let isWired = false;

/** Shows the users whose address contains what was typed. */
export async function users() {
  if (!isWired) {
    isWired = true;
    byId("user-search").addEventListener("input", () => {
      clearTimeout(typing);
      typing = setTimeout(users, 250);
    });
    byId("user-new").addEventListener("click", newUser);
  }
  await load({ q: byId("user-search").value.trim() });
}
