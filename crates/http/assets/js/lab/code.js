// Shows code: the program's own, and the files of the example in Node.js. Coloured by a few rules, as text and never as
// markup.

import { button, h } from "../dom.js";
import { speak } from "./parts.js";
import { words } from "../language.js";

const { CODE } = await words("patterns");

const RULES = /(?<comment>\/\/[^\n]*)|(?<string>`(?:[^`\\]|\\.)*`|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\]|\\.)*")|(?<word>\b(?:async|await|break|catch|const|else|export|fn|for|from|if|import|impl|in|let|match|mut|new|pub|return|self|Self|struct|try|where|while)\b)|(?<number>\b\d[\d_]*\b)/g;
// In Rust a quote may begin a lifetime.
const RUST_RULES = /(?<comment>\/\/[^\n]*)|(?<string>b?"(?:[^"\\]|\\.)*")|(?<word>\b(?:async|await|break|const|crate|else|enum|fn|for|if|impl|in|let|match|mut|pub|ref|return|self|Self|struct|super|use|where|while)\b)|(?<number>\b\d[\d_]*\b)/g;

function pieces(text, rules) {
  const found = [];
  let at = 0;
  for (const match of text.matchAll(rules)) {
    found.push(text.slice(at, match.index));
    const kind = Object.keys(match.groups).find((name) => match.groups[name] !== undefined);
    found.push(h("span", { class: `tok-${kind}` }, match[0]));
    at = match.index + match[0].length;
  }
  found.push(text.slice(at));
  return found;
}

async function copy(from, text) {
  let said = CODE.copied;
  await navigator.clipboard.writeText(text).catch(() => (said = CODE.refused));
  from.textContent = said;
  speak(said);
}

/** A block of code under its name, which can be copied. */
const block = (name, text, language) =>
  h("figure", { class: "code" },
    h("figcaption", {}, h("span", {}, name), button(CODE.copy, (event) => copy(event.currentTarget, text), { kind: "small quiet", "aria-label": CODE.copyOf(name) })),
    h("pre", { tabindex: "0", "aria-label": name }, h("code", {}, pieces(text, language === "rust" ? RUST_RULES : RULES))));

const excerpts = new Map();

const load = (pattern) => fetch(`/lab/code/${pattern}.json`).then((answer) => (answer.ok ? answer.json() : []), () => []);

/** The code for a pattern: `rust` is the program's own, `js` the example's files. */
export async function code(pattern, language) {
  if (!excerpts.has(pattern)) excerpts.set(pattern, load(pattern));
  const shown = (await excerpts.get(pattern)).filter((one) => one.language === language);
  return shown.map((one) => block(language === "rust" ? CODE.line(one.file, one.line) : one.file, one.code, language));
}
