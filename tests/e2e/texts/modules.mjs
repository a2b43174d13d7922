// The modules with the lab's words, as a browser would load them, and the strings in them.

import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const LAB = "crates/http/assets/js/lab/";

export const source = (path) => readFileSync(ROOT + path, "utf8");
export const lab = (name) => source(LAB + name);

/** The names of the modules with texts. */
export const names = () => readdirSync(`${ROOT}${LAB}texts`).filter((name) => name.endsWith(".js"));

/** A module of texts, which import nothing: `.js` is no module to Node without a package that says so. */
export const load = (name) => import(`data:text/javascript,${encodeURIComponent(lab(`texts/${name}`))}`);

/** Every string of a value, wherever it stands. */
export function strings(value) {
  if (typeof value === "string") return [value];
  if (value === null || typeof value !== "object") return [];
  return Object.values(value).flatMap(strings);
}
