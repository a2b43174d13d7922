// What forms share: errors beside their fields, and a password that can be shown.

import { byId } from "../dom.js";

/** Says what is wrong with a field, or that nothing is. */
export function fault(field, words) {
  byId(`${field.id}-error`).textContent = words ?? "";
  if (words) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
}

/** Puts the errors of a refusal beside their fields, and the cursor into the first. Answers whether any fitted. */
export function faults(problem, fields) {
  let first = null;
  for (const [name, field] of Object.entries(fields)) {
    const words = problem.about(name);
    fault(field, words);
    if (words) first ??= field;
  }
  first?.focus();
  return first !== null;
}

/** The button beside a password field. */
export function canReveal(field, button = byId("reveal"), name = "password") {
  button.addEventListener("click", () => {
    const shown = field.type === "password";
    field.type = shown ? "text" : "password";
    button.textContent = shown ? "Hide" : "Show";
    button.setAttribute("aria-pressed", String(shown));
    button.setAttribute("aria-label", `${shown ? "Hide" : "Show"} the ${name}`);
  });
}
