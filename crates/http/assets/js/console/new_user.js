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

/** Whether there are invitations. */
export const hasMail = () => byId("console").hasAttribute("data-mail");

async function make(dialog, said, role) {
  const [email, password] = ["new-email", "new-password"].map((id) => byId(id).value);
  const isInvited = document.getElementById("new-invite")?.checked ?? false;
  try {
    await post("/admin/users", { email: email.trim(), role, ...(isInvited ? { invite: true } : { password }) });
    dialog.close();
    toast(isInvited ? `Invited: ${email.trim()}` : `Made: ${email.trim()}`);
    await reload();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const words = error.fields.map(({ message }) => message).join(" ") || error.message;
    show(said, notice("bad", headline(error), words));
  }
}

/** Whether the owner chooses the password: then there is none to type here. */
function invitation(form, go) {
  const invite = h("input", { class: "box", type: "checkbox", id: "new-invite" });
  invite.addEventListener("change", () => {
    const password = form.querySelector("#new-password");
    password.closest(".field").hidden = invite.checked;
    password.required = !invite.checked;
    go.textContent = invite.checked ? "Send the invitation" : "Make the account";
  });
  return h("label", { class: "row" }, invite, h("span", { class: "grow" }, "Send an invitation instead"));
}

/** Opens it; answers the dialog. */
export function newUser() {
  const role = h("select", { class: "input", id: "new-role" }, h("option", {}, "user"));
  const said = h("div", { "aria-live": "polite" });
  const go = h("button", { class: "button primary" }, "Make the account");
  const form = h("form", { method: "post" });
  form.append(
    field("new-email", "Email address", { type: "email" }),
    ...(hasMail() ? [invitation(form, go)] : []),
    field("new-password", "Password", { type: "password", autocomplete: "new-password" }),
    h("div", { class: "field" }, h("label", { for: "new-role" }, "Role"), role),
    said,
    h("div", { class: "actions" }, button("Cancel", () => dialog.close(), { kind: "quiet" }), go));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    make(dialog, said, role.value);
  });
  const dialog = open("New user", [form]);
  roles().then((known) => show(role, known.map((name) => h("option", {}, name))), () => {});
  byId("new-email").focus();
  return dialog;
}
