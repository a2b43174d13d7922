// Putting an old address back, or disowning a sign-in: the link of a mail, and one button. Programs follow links; they do not know what to press.

import { byId, notice, show } from "./dom.js";
import { words } from "./language.js";
import { busy } from "./parts/busy.js";
import { carried } from "./parts/carried.js";
import { awaken } from "./parts/early.js";
import { fault, faults } from "./parts/fields.js";
import { Problem, ask, headline, told } from "./problem.js";

const { UNDO } = await words("undo");

const [form, email, go, said] = ["form", "email", "go", "message"].map(byId);

/** What the link carried: of the mail about an unknown device, or of the one to an old address. */
const device = carried(/^#device=(hpm_[\w-]+)$/);
const token = device ?? carried(/^#(hpm_[\w-]+)$/);
const [path, done, look] = device
  ? ["/auth/device/disown", UNDO.deviceDone, UNDO.deviceLook]
  : ["/auth/email/undo", UNDO.done, UNDO.look];
for (const part of document.querySelectorAll("[data-about]")) part.hidden = (part.dataset.about === "device") !== Boolean(device);

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  show(said);
  // Programs that press buttons type nothing.
  fault(email, email.value.trim() ? null : UNDO.noEmail);
  if (!email.value.trim()) {
    email.focus();
    return;
  }
  try {
    await busy(go, byId("progress"), () => ask(path, { method: "POST", body: { token, email: email.value.trim() } }), UNDO.working);
    form.hidden = true;
    show(said, notice("good", done, look));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (faults(error, { email })) return;
    // A second try would find the same, unless the address was mistyped.
    form.hidden = error.code === "email_taken";
    const sentence = UNDO.refused[error.code] ?? told(error);
    show(said, notice(error.status === 429 ? "warn" : "bad", headline(error), sentence));
  }
});

awaken();
if (!token) {
  form.hidden = true;
  show(said, notice("warn", UNDO.bare, UNDO.bareWords));
}
