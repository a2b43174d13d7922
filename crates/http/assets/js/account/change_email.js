// Another address: the new one has to prove itself, by the code of a mail or by its link.

import { post } from "../api.js";
import { byId, h, notice, show } from "../dom.js";
import { busy } from "../parts/busy.js";
import { fault, faults } from "../parts/fields.js";
import { toast } from "../parts/toast.js";
import { Problem, headline } from "../problem.js";

const [form, email, password, said] = ["email-form", "new-email", "email-password", "email-message"].map(byId);

function refuse(error) {
  if (error.code === "wrong_password") {
    fault(password, error.message);
    password.focus();
  } else if (!faults(error, { new_email: email, current_password: password }) && error.status !== 401) {
    show(said, notice(error.status === 429 ? "warn" : "bad", headline(error), error.message));
  }
}

/** Asks for the code that went to the new address. */
function askForCode(address, changed) {
  const code = h("input", { class: "input code", id: "email-code", inputmode: "numeric", autocomplete: "one-time-code", "aria-label": "The code from the mail", placeholder: "1234 5678" });
  const typed = async (event) => {
    event.preventDefault();
    if (!code.value.trim()) return code.focus();
    try {
      await post("/auth/email/verify", { code: code.value.trim(), email: address });
      show(said);
      form.hidden = false;
      toast("Your address is changed.");
      await changed();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      askForCode(address, changed);
      said.prepend(notice("bad", headline(error), error.message));
    }
  };
  form.hidden = true;
  show(said, notice("", "Check your mail", h("p", {}, `A mail is on its way to ${address}. Type its code here, or follow its link in this browser.`),
    h("form", { class: "row", on: { submit: typed } }, code, h("button", { class: "button small", type: "submit", id: "email-confirm" }, "Confirm"))));
  code.focus();
}

/** Lets the form work; `changed` draws the page anew. */
export function canChangeEmail(changed) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    show(said);
    fault(email, email.value.trim() ? null : "Type the new address.");
    fault(password, password.value ? null : "Type your current password.");
    if (!email.value.trim() || !password.value) return (email.value.trim() ? password : email).focus();
    const address = email.value.trim();
    try {
      await busy(byId("email-go"), byId("email-progress"), () =>
        post("/auth/email", { new_email: address, current_password: password.value }));
      form.reset();
      askForCode(address, changed);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      refuse(error);
    }
  });
}
