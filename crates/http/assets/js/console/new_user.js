// The form that makes an account.

import { post } from "../api.js";
import { button, byId, h, notice, show } from "../dom.js";
import { open } from "../parts/dialog.js";
import { toast } from "../parts/toast.js";
import { Problem, headline } from "../problem.js";
import { roles } from "./roles.js";
import { reload } from "./views.js";

const field = (id, label, more) =>
  h("div", { class: "field" }, h("label", { for: id }, label), h("input", { class: "input", id, required: true, autocomplete: "off", ...more }));

async function make(dialog, said, role) {
  const [email, password] = ["new-email", "new-password"].map((id) => byId(id).value);
  const how = byId("new-invite").checked ? { invite: true } : { password };
  try {
    await post("/admin/users", { email: email.trim(), role, ...how });
    dialog.close();
    toast(`Made: ${email.trim()}`);
    await reload();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const words = error.fields.map(({ message }) => message).join(" ") || error.message;
    show(said, notice("bad", headline(error), words));
  }
}

/** Opens it; answers the dialog. */
export function newUser() {
  const role = h("select", { class: "input", id: "new-role" }, h("option", {}, "user"));
  const said = h("div", { "aria-live": "polite" });
  const invite = h("input", { class: "box", type: "checkbox", id: "new-invite" });
  invite.addEventListener("change", () => {
    const password = byId("new-password");
    password.disabled = invite.checked;
    password.required = !invite.checked;
  });
  const form = h("form", { method: "post" },
    field("new-email", "Email address", { type: "email" }),
    field("new-password", "Password", { type: "password", autocomplete: "new-password" }),
    h("label", { class: "row" }, invite, "Let its owner choose the password: send an invitation"),
    h("div", { class: "field" }, h("label", { for: "new-role" }, "Role"), role),
    said,
    h("div", { class: "actions" }, button("Cancel", () => dialog.close(), { kind: "quiet" }), h("button", { class: "button primary" }, "Make the account")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    make(dialog, said, role.value);
  });
  const dialog = open("New user", [form]);
  roles().then((known) => show(role, known.map((name) => h("option", {}, name))), () => {});
  byId("new-email").focus();
  return dialog;
}
