// Another address: the new one has to prove itself, by the code of a mail or by its link.

import { post } from "../api.js";
import { button, byId, h, notice, show } from "../dom.js";
import { busy } from "../parts/busy.js";
import { fault, faults } from "../parts/fields.js";
import { toast } from "../parts/toast.js";
import { Problem, headline } from "../problem.js";
import { span } from "../time.js";

const [form, email, password, said] = ["email-form", "new-email", "email-password", "email-message"].map(byId);

function refuse(error) {
  if (error.code === "wrong_password") {
    fault(password, error.message);
    password.focus();
  } else if (!faults(error, { new_email: email, current_password: password }) && error.status !== 401) {
    const wait = error.retryAfter && error.status === 429 ? ` Try again in ${span(error.retryAfter)}.` : "";
    show(said, notice(error.status === 429 ? "warn" : "bad", headline(error), error.message, wait));
  }
}

/** The form as it was at first. */
function again() {
  show(said);
  form.hidden = false;
}

/** Presents the code that went to the new address. */
async function prove(address, code, changed) {
  fault(code, code.value.trim() ? null : "Type the code from the mail.");
  if (!code.value.trim()) return;
  try {
    await post("/auth/email/verify", { code: code.value.trim(), email: address });
    again();
    toast("Your address is changed.");
    await changed();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    fault(code, error.message);
    code.focus();
  }
}

function askForCode(address, changed) {
  const code = h("input", { class: "input code", id: "email-code", inputmode: "numeric", autocomplete: "one-time-code", "aria-label": "The code from the mail", "aria-describedby": "email-code-error", placeholder: "1234 5678" });
  const typed = (event) => {
    event.preventDefault();
    prove(address, code, changed);
  };
  form.hidden = true;
  show(said, notice("", "Check your mail", h("p", {}, `A mail is on its way to ${address}. Type its code here, or follow its link in this browser.`),
    h("form", { class: "row notice-act", novalidate: true, on: { submit: typed } }, code,
      h("button", { class: "button small", type: "submit", id: "email-confirm" }, "Confirm"),
      button("Cancel", again, { kind: "small quiet" })),
    h("p", { class: "field-error", id: "email-code-error" })));
  code.focus();
}

async function submit(changed) {
  show(said);
  fault(email, email.value.trim() ? null : "Type the new address.");
  fault(password, password.value ? null : "Type your password.");
  if (!email.value.trim() || !password.value) {
    (email.value.trim() ? password : email).focus();
    return;
  }
  const address = email.value.trim();
  try {
    await busy(byId("email-go"), byId("email-progress"), () => post("/auth/email", { new_email: address, current_password: password.value }));
    form.reset();
    askForCode(address, changed);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    refuse(error);
  }
}

/** Lets the form work; `changed` draws the page anew. */
export function canChangeEmail(changed) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(changed);
  });
}
