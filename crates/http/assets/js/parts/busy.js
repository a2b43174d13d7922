// What a button says while its work is under way.

import { words } from "../language.js";

const { FORMS } = await words("forms");

/** Sentences that come when a while has passed, so that a quick answer makes nothing flicker. */
const sentences = (about) => [[300, about ?? FORMS.checking], [6000, FORMS.slow]];

/** Runs `work` with the button marked busy, and says in `status` that it goes on; `about` is another sentence than that of a password. */
export async function busy(button, status, work, about) {
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  const timers = sentences(about).map(([after, sentence]) => setTimeout(() => {
    status.textContent = sentence;
  }, after));
  try {
    return await work();
  } finally {
    timers.forEach(clearTimeout);
    status.textContent = "";
    button.removeAttribute("aria-busy");
    button.disabled = false;
  }
}
