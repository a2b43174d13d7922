// Proving one's address: by the link of a mail, or by its code.

import { post } from "../api.js";
import { button, byId, h, notice, show } from "../dom.js";
import { toast } from "../parts/toast.js";
import { Problem } from "../problem.js";

/** What a link carried. It leaves the address bar at once, so that it is not shared by mistake. */
function carried() {
  const token = /^#verify=(hpm_[\w-]+)$/.exec(location.hash)?.[1] ?? null;
  if (token) history.replaceState(null, "", location.pathname);
  return token;
}

async function prove(box, body, email) {
  try {
    await post("/auth/email/verify", body);
    show(box);
    toast("Your address is confirmed.");
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    offer(box, email, error.message);
  }
}

async function send(box, email) {
  try {
    await post("/auth/email/verify/request");
    offer(box, email, `A mail is on its way to ${email}. Follow its link in this browser, or type its code.`);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    offer(box, email, error.message);
  }
}

/** Asks for the proof, with what was said last. */
function offer(box, email, said = "With a confirmed address you can set a new password when you forget yours.") {
  const code = h("input", { class: "input code", id: "verify-code", inputmode: "numeric", autocomplete: "one-time-code", "aria-label": "The code from the mail", placeholder: "1234 5678" });
  const typed = (event) => {
    event.preventDefault();
    if (code.value.trim()) prove(box, { code: code.value.trim() }, email);
  };
  show(box, notice("", "Confirm your address", h("p", {}, said),
    h("form", { class: "row", on: { submit: typed } },
      button("Send me a mail", () => send(box, email), { kind: "small", id: "verify-send" }), code,
      h("button", { class: "button small", type: "submit", id: "verify-go" }, "Confirm"))));
}

/** Draws what an account with an address that is not proved is asked for. */
export function askForProof(me) {
  const [box, token] = [byId("verify"), carried()];
  if (me.email_verified_at) return show(box);
  if (token) return prove(box, { token }, me.email);
  return offer(box, me.email);
}
