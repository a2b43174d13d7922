// The modules with the lab's words, as a browser would load them, and the strings in them.

import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const LAB = "crates/http/assets/js/lab/";
const TEXTS = "crates/http/assets/js/texts/";

export const source = (path) => readFileSync(ROOT + path, "utf8");
export const lab = (name) => source(LAB + name);

/** The names of the modules with texts. */
export const names = (language = "en") => readdirSync(`${ROOT}${TEXTS}${language}`).filter((name) => name.endsWith(".js"));

/** A module of texts, which import nothing: `.js` is no module to Node without a package that says so. */
export const load = (name, language = "en") => import(`data:text/javascript,${encodeURIComponent(source(`${TEXTS}${language}/${name}`))}`);

/** Every string of a value, wherever it stands. */
export function strings(value) {
  if (typeof value === "string") return [value];
  if (value === null || typeof value !== "object") return [];
  return Object.values(value).flatMap(strings);
}
