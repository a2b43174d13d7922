// Putting an old address back: the link of a mail, and one button. Programs follow links; they do not know what to press.

import { byId, notice, show } from "./dom.js";
import { words } from "./language.js";
import { busy } from "./parts/busy.js";
import { carried } from "./parts/carried.js";
import { Problem, ask, headline, told } from "./problem.js";

const { UNDO } = await words("undo");

const [form, go, said] = ["form", "go", "message"].map(byId);

/** What the link of the mail to the old address carried. */
const token = carried(/^#(hpm_[\w-]+)$/);

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  show(said);
  try {
    await busy(go, byId("progress"), () => ask("/auth/email/undo", { method: "POST", body: { token } }), UNDO.working);
    form.hidden = true;
    show(said, notice("good", UNDO.done, UNDO.look));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    // A second try would find the same.
    form.hidden = error.code in UNDO.refused;
    const sentence = form.hidden ? UNDO.refused[error.code] : told(error);
    show(said, notice(error.status === 429 ? "warn" : "bad", headline(error), sentence));
  }
});

if (!token) {
  form.hidden = true;
  show(said, notice("warn", UNDO.bare, UNDO.bareWords));
}
