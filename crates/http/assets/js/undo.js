// Putting an old address back: the link of a mail, and one button. Programs follow links; they do not know what to press.

import { byId, notice, show } from "./dom.js";
import { words } from "./language.js";
import { busy } from "./parts/busy.js";
import { Problem, ask, headline, told } from "./problem.js";

const { UNDO } = await words("undo");

const [form, go, said] = ["form", "go", "message"].map(byId);

/** What the link carried. It leaves the address bar at once: it must not stay in the history or be shared by mistake. */
const token = /^#(hpm_[\w-]+)$/.exec(location.hash)?.[1] ?? null;
if (token) history.replaceState(null, "", location.pathname);

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  show(said);
  try {
    await busy(go, byId("progress"), () => ask("/auth/email/undo", { method: "POST", body: { token } }), UNDO.working);
    form.hidden = true;
    show(said, notice("good", UNDO.done, UNDO.look));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    show(said, notice(error.status === 429 ? "warn" : "bad", headline(error), told(error)));
  }
});

if (!token) {
  form.hidden = true;
  show(said, notice("warn", UNDO.bare, UNDO.bareWords));
}
