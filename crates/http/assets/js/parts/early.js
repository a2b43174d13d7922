// Buttons of a page's own markup do nothing before its script has come, and are disabled until then: what a form would send by
// itself, the page's policy refuses.

/** The script has come: they can be pressed. */
export function awaken() {
  for (const early of document.querySelectorAll(".early")) {
    early.disabled = false;
    early.classList.remove("early");
  }
}
