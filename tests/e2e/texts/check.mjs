// The lab's words: every number in them holds, and every document that they name says what its section is called.

import { STATUS_CODES } from "node:http";
import { lab, load, names, source, strings } from "./modules.mjs";
import { FALSE, NAMES, NUMBERS } from "./numbers.mjs";
import { DOCUMENTS, mentions, wrongs } from "./references.mjs";

const faults = [];
const used = new Set();

/** Which of the anatomy's words have their own tests: they are about the token in sight. */
const ELSEWHERE = ["anatomy.js", "attacks.js", "checks.js", "claims_more.js", "keys.js", "kinds.js", "link.js", "pasted.js", "reasons.js"];

const isStatus = (text) => text in STATUS_CODES;

/** Takes what a line of the table covers out of a text; what is left has no number in it. */
function uncovered(text) {
  let left = text.replace(/RFC ?\d+(bis)?(?: ?§ ?[\d.]*\d)?|https:\S+/g, "").replace(NAMES, "");
  for (const [index, [says]] of NUMBERS.entries()) {
    const without = left.replace(new RegExp(says, "g"), "");
    if (without !== left) used.add(index);
    left = without;
  }
  return (left.match(/\d[\d.,]*/g) ?? []).filter((number) => !isStatus(number.replace(/[.,]+$/, "")));
}

for (const [says, holds] of NUMBERS) if (typeof holds === "function" && holds() !== true) faults.push(`does not hold: ${says}`);
let [count, mentioned] = [0, 0];
for (const name of names()) {
  const found = strings(await load(name));
  if (!found.length && name !== "page.js") faults.push(`${name} has no words`);
  for (const text of found) {
    count += 1;
    mentioned += mentions(text).length;
    if (FALSE.test(text)) faults.push(`${name}: “${text}” is false`);
    faults.push(...wrongs(text).map((wrong) => `${name}: ${wrong}`));
    // A name of a question or of a place is no sentence.
    if (ELSEWHERE.includes(name) || /^[a-z][a-z0-9/-]*$/.test(text)) continue;
    for (const number of uncovered(text)) faults.push(`${name}: nobody has checked ${number} in “${text}”`);
  }
}
for (const [index, [says]] of NUMBERS.entries()) if (!used.has(index)) faults.push(`nothing says ${says} any more`);
for (const play of ["sign", "verify", "refresh", "revoke", "password", "prove"]) faults.push(...wrongs(lab(`plays/${play}.js`)));

/** The table of the seed in the documentation leads to places that are there. */
const entries = { junior: (await load("interview_junior.js")).JUNIOR, mid: (await load("interview_mid.js")).MID, senior: (await load("interview_senior.js")).SENIOR };
const named = [...source("docs/lab.md").matchAll(/`#interview\/(\w+)\/([\w-]+)`/g)];
for (const [address, level, id] of named) if (!entries[level]?.some(([known]) => known === id)) faults.push(`docs/lab.md: ${address} is not there`);
const asked = Object.values(entries).flat().length;
const game = (await load("quiz.js")).QUESTIONS.length;
if (named.length < 15 || !source("docs/lab.md").includes(`${game} questions with four answers and the ${asked} of the interviews`)) faults.push("docs/lab.md: the table is not in step");

if (count < 200 || mentioned < 30) faults.push(`only ${count} texts and ${mentioned} references were read`);

if (faults.length) {
  console.error(faults.join("\n"));
  process.exit(1);
}
console.log(`${count} texts, ${mentioned} references to ${Object.keys(DOCUMENTS).length} documents, ${NUMBERS.length} numbers`);
