// The German words beside the English ones: the same shape, the same numbers, the same references, and no sentence that
// was left in English.

import { load, names, source } from "./modules.mjs";
import { mentions } from "./references.mjs";

/** What is the same in every language: messages that the server sends, quoted word for word. */
const QUOTED = /Token reuse detected\. Please log in again\.|Too many login attempts — try again in 15 minutes|Account locked for 30 minutes/g;
/** An address in the lab, and one in the world. */
const ADDRESS = /^(https:\S+|[a-z]+(\/[a-z0-9-]+)+|[a-z0-9]+(-[a-z0-9]+)+)$/;
const ENGLISH = /\b(the|is|are|of|and|this|that|with|not|your|you|it|was|has|what)\b/i;

const faults = [];
let compared = 0;

/** The numbers of a text, however their digits are grouped; a decimal comma is a point. */
const numbers = (text, language) => {
  const [group, point] = language === "de" ? [/(?<=\d)\.(?=\d{3}(?!\d))/g, /(?<=\d),(?=\d)/g] : [/(?<=\d),(?=\d{3}(?!\d))/g, /$^/g];
  return (text.replace(group, "").replace(point, ".").match(/\d+(\.\d+)*/g) ?? []).sort().join(" ");
};

/** What a function says by itself: its literals, without what is put into them. */
const literals = (made) => (String(made).match(/`[^`]*`|"[^"]*"/g) ?? []).join(" ").replace(/\$\{[^{}]*\}/g, "");

function texts(where, english, german) {
  compared += 1;
  if (ADDRESS.test(english) && english !== german) faults.push(`${where}: ${english} became ${german}`);
  if (numbers(english, "en") !== numbers(german, "de")) faults.push(`${where}: other numbers: “${english}” / “${german}”`);
  if (mentions(english).sort().join() !== mentions(german).sort().join()) faults.push(`${where}: other references: “${german}”`);
  const own = german.replace(QUOTED, "").replace(/[“„"][^“”"]*[“”"]/g, "");
  if (english === german && own.includes(" ") && ENGLISH.test(own)) faults.push(`${where}: in English: “${german}”`);
}

function compare(where, english, german) {
  if (typeof english !== typeof german || Array.isArray(english) !== Array.isArray(german)) return faults.push(`${where} is of another kind`);
  if (typeof english === "string") return texts(where, english, german);
  if (typeof english === "function") {
    if (english.length !== german.length) faults.push(`${where} takes ${german.length} and not ${english.length}`);
    return texts(where, literals(english), literals(german));
  }
  if (english === null || typeof english !== "object") return english === german || faults.push(`${where} is ${german}`);
  const [known, found] = [Object.keys(english), Object.keys(german)];
  if (known.join() !== found.join()) return faults.push(`${where} has [${found}] and not [${known}]`);
  return known.forEach((key) => compare(`${where}.${key}`, english[key], german[key]));
}

/** A dictionary but for the sentences of the server. */
async function own(name, language) {
  const all = { ...(await load(name, language)) };
  delete all.SERVER;
  return all;
}

/** What the sign-in page may be refused with: a code of the registry, or a fault of a field. */
const CODES = ["bad_request", "duplicate_cookie", "invalid_credentials", "password_change_required", "cross_site", "registration_closed",
  "email_taken", "unfit_code", "no_mail", "email_unverified", "payload_too_large", "request_timeout", "header_too_large", "validation_failed", "account_locked", "login_in_progress",
  "too_many_attempts", "internal", "overloaded", "unavailable", "timeout"];
const FAULTS = ["crates/model/src/email.rs", "crates/password/src/policy.rs"];

/** Sentences of the server that the sign-in page shows; in German it has words of its own for each. */
function sentences() {
  const registry = source("crates/http/src/problem/registry.rs");
  const details = CODES.map((code) => registry.match(new RegExp(`"${code}", "[^"]*",\\s*"([^"]*)"`))?.[1] ?? `no ${code}`);
  const said = FAULTS.flatMap((path) => [...source(path).matchAll(/#\[error\(\s*"([^"]*)"\s*\)\]/g)].map(([, text]) => text));
  const replaced = [...source("crates/http/src/problem/mod.rs").matchAll(/NOT_ONE_TIME: &str =\s*"([^"]*)"|"new_password", "([^"]*)"/g)].map(([, one, two]) => one ?? two);
  const built = [...source("crates/http/src/route/login.rs").matchAll(/format!\("([^"]*)"\)/g)].map(([, text]) => text);
  const mailed = [...source("crates/http/src/route/mail/mod.rs").matchAll(/let words = "([^"]*)"/g)].map(([, text]) => text);
  return [...details, ...said, ...replaced, ...built, ...mailed].map((text) => text.replace(/\d+|\{\w+\}/g, "#"));
}

/** Each language says some sentences of the server in its own words: there is nothing to compare but the numbers. */
async function server() {
  const [english, german] = await Promise.all(["en", "de"].map(async (language) => (await load("problems.js", language)).SERVER));
  const all = sentences();
  if (all.length < 32) faults.push(`only ${all.length} sentences of the server were found`);
  for (const text of all) if (!Object.hasOwn(german, text)) faults.push(`problems.js: no German for “${text}”`);
  for (const [text, own] of [...Object.entries(english), ...Object.entries(german)]) {
    compared += 1;
    const [there, here] = [text, own].map((one) => one.split("#").length);
    if (there !== here) faults.push(`problems.js: other numbers: “${text}” / “${own}”`);
  }
}

if (names("en").join() !== names("de").join()) faults.push(`English has ${names("en")}, German ${names("de")}`);
for (const name of names()) {
  // The page's own markup is English; lab_language.mjs looks for what is missing.
  if (name === "page.js") continue;
  compare(name, await own(name, "en"), await own(name, "de"));
}
await server();

if (compared < 400) faults.push(`only ${compared} texts were compared`);
if (faults.length) {
  console.error(faults.join("\n"));
  process.exit(1);
}
console.log(`${compared} texts in two languages`);
