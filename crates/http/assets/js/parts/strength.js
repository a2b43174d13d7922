// A hint at how good a password is, while it is typed. Only a hint: the server has the last word, with a real estimate.

import { byId } from "../dom.js";
import { words } from "../language.js";

const { STRENGTH } = await words("forms");

const COMMON = ["password", "passwort", "qwert", "qwerty", "asdf", "letmein", "welcome", "admin", "iloveyou", "monkey",
  "dragon", "master", "login", "secret", "sunshine", "princess", "football", "summer", "winter", "hallo", "hello", "12345",
  "11111", "00000", "abc123", "changeme", "trustno1"];

/** How many bits a password may be worth, roughly and never generously. */
function bits(password, own) {
  let text = password.toLowerCase();
  // What others try first counts as one character, wherever it stands.
  for (const word of [...COMMON, ...own]) text = text.replaceAll(word, "·");
  // A run of the same or of neighbours counts as two.
  const kept = [...text].filter((letter, index, all) => {
    const step = (at) => all[at].codePointAt(0) - all[at - 1]?.codePointAt(0);
    return index < 2 || Math.abs(step(index)) > 1 || step(index) !== step(index - 1);
  });
  const kinds = [[/[a-z]/, 26], [/[0-9]/, 10], [/[A-Z]/, 26], [/[^a-zA-Z0-9]/, 20]];
  const alphabet = kinds.reduce((sum, [pattern, size]) => sum + (pattern.test(password) ? size : 0), 0);
  const different = new Set(kept).size;
  return Math.min(kept.length, different * 2) * Math.log2(Math.max(alphabet, 2)) * 0.75;
}

/** 0 (nothing to say) to 4. `own` are words that a stranger would know: the address. */
export function score(password, own = []) {
  if (!password) return 0;
  if ([...password].length < 8) return 1;
  const worth = bits(password, own.filter((word) => word.length > 3));
  return worth < 30 ? 1 : worth < 45 ? 2 : worth < 62 ? 3 : 4;
}

/** Draws it under the page's password field. */
export function watchStrength(field, email) {
  field.addEventListener("input", () => {
    const own = email.value.toLowerCase().split(/[@.]/);
    const found = score(field.value, own);
    byId("meter").dataset.score = found;
    const said = byId("strength");
    if (said.textContent !== STRENGTH[found]) said.textContent = STRENGTH[found];
  });
}
