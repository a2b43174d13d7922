// What forms share: errors beside their fields, and a password that can be shown.

import { byId } from "../dom.js";
import { words } from "../language.js";

const { FORMS } = await words("forms");

/** Says what is wrong with a field, and in which language if it is not the page's; or that nothing is. */
export function fault(field, text, lang = null) {
  const said = byId(`${field.id}-error`);
  said.textContent = text ?? "";
  if (lang) said.lang = lang;
  else said.removeAttribute("lang");
  if (text) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
}

/** Puts the errors of a refusal beside their fields, and the cursor into the first. Answers whether any fitted. */
export function faults(problem, fields) {
  let first = null;
  for (const [name, field] of Object.entries(fields)) {
    const error = problem.about(name);
    fault(field, error?.message, error?.lang);
    if (error) first ??= field;
  }
  first?.focus();
  return first !== null;
}

/** The button beside a password field, whose names FORMS has. */
export function canReveal(field, button = byId("reveal"), name = "password") {
  const [whileHidden, whileShown] = FORMS.reveal[name];
  button.addEventListener("click", () => {
    const shown = field.type === "password";
    field.type = shown ? "text" : "password";
    button.textContent = shown ? FORMS.hide : FORMS.show;
    button.setAttribute("aria-pressed", String(shown));
    button.setAttribute("aria-label", shown ? whileShown : whileHidden);
  });
}
