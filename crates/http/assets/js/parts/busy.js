// What a button says while its work is under way.

/** Words that come when a while has passed, so that a quick answer makes nothing flicker. */
const WORDS = (about) => [
  [300, about ?? "Still working. A password takes a moment to check, on purpose: guessing has to be slow."],
  [6000, "The server is slow to answer. You can go on waiting; nothing is lost."],
];

/** Runs `work` with the button marked busy, and says in `status` that it goes on; `about` are other words than those of a password. */
export async function busy(button, status, work, about) {
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  const timers = WORDS(about).map(([after, words]) => setTimeout(() => {
    status.textContent = words;
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
