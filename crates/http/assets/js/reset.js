// A forgotten password: ask for a mail, then replace the password by its link or its code.

import { byId, notice, show } from "./dom.js";
import { words } from "./language.js";
import { busy } from "./parts/busy.js";
import { carried } from "./parts/carried.js";
import { awaken } from "./parts/early.js";
import { canReveal, fault, faults } from "./parts/fields.js";
import { watchStrength } from "./parts/strength.js";
import { Problem, ask, headline, told } from "./problem.js";

const { RESET } = await words("reset");

const [form, email, code, password, go, said] = ["form", "email", "code", "password", "go", "message"].map(byId);

/** What the link carried, of a mail that was asked for here or of an invitation. */
const token = carried(/^#(hpm_[\w-]+)$/);

/** Where the visitor is: `ask` for a mail, `code` after that, `link` with one. */
let step = "ask";

function turnTo(next) {
  step = next;
  byId("email-box").hidden = step === "link";
  byId("code-box").hidden = step !== "code";
  byId("password-box").hidden = step === "ask";
  email.readOnly = step === "code";
  byId("again").hidden = step !== "code";
  go.textContent = step === "ask" ? RESET.send : RESET.set;
}

function clear() {
  show(said);
  for (const field of [email, code, password]) fault(field, null);
}

function isFilled() {
  fault(email, step !== "link" && !email.value.trim() ? RESET.noEmail : null);
  fault(code, step === "code" && !code.value.trim() ? RESET.noCode : null);
  fault(password, step !== "ask" && !password.value ? RESET.noPassword : null);
  const first = document.querySelector("#form [aria-invalid]");
  first?.focus();
  return !first;
}

async function send() {
  await ask("/auth/password/forgot", { method: "POST", body: { email: email.value.trim() } });
  turnTo("code");
  show(said, notice("good", RESET.sent, RESET.look(email.value.trim())));
  code.focus();
}

async function set() {
  const proof = step === "link" ? { token } : { code: code.value.trim(), email: email.value.trim() };
  await ask("/auth/password/reset", { method: "POST", body: { ...proof, new_password: password.value } });
  location.replace("/?why=new_password");
}

function refuse(problem) {
  if (faults(problem, { email, new_password: password })) return;
  if (problem.code === "unfit_code" && step === "code") {
    fault(code, problem.message, problem.lang);
    code.focus();
    return;
  }
  // A link that is not good any more is no dead end.
  if (problem.code === "unfit_code") turnTo("ask");
  show(said, notice(problem.status === 429 ? "warn" : "bad", headline(problem), told(problem)));
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  clear();
  if (!isFilled()) return;
  try {
    await busy(go, byId("progress"), step === "ask" ? send : set, RESET.working);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    refuse(error);
  }
});

byId("again").addEventListener("click", () => {
  clear();
  turnTo("ask");
  code.value = "";
  email.focus();
});
canReveal(password);
watchStrength(password, email);
turnTo(token ? "link" : "ask");
if (token) password.focus();
awaken();
