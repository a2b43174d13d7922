// The memory game: ten in a row with the keys, an explanation after each, progress kept; and everything there is to read.

import { check, run, until } from "./harness.mjs";
import { done, same, visit, words } from "./lab_support.mjs";

async function questions(page) {
  const address = await page.evaluate(() => performance.getEntriesByType("resource").map((entry) => entry.name).find((name) => name.endsWith("/texts/quiz.js")));
  const text = await (await page.request.get(address)).text();
  const module = await import(`data:text/javascript,${encodeURIComponent(text)}`);
  return module.QUESTIONS;
}

async function answer(page, known, right) {
  const id = await page.locator("#question").getAttribute("data-question");
  const question = known.find((one) => one.id === id);
  const options = await page.locator(".option span").allInnerTexts();
  const place = options.findIndex((text) => (text === question.right) === right);
  check(options.length === 4 && new Set(options).size === 4, `${id} has four answers`);
  await page.keyboard.press(String(place + 1));
  await page.locator(`#question[data-answered="${right ? "right" : "wrong"}"]`).waitFor();
  check((await words(page, "#explained")).includes(question.because), `${id} is explained`);
  return id;
}

async function play(page) {
  const known = await questions(page);
  check(known.length >= 24, `${known.length} questions`);
  for (const one of known) check(one.wrong.length === 3 && one.because.length > 30, `${one.id} is whole`);
  await answer(page, known, false);
  const seen = new Set();
  for (let count = 0; count < 10; count += 1) {
    await page.keyboard.press("Enter");
    await page.locator("#question:not([data-answered])").waitFor();
    seen.add(await answer(page, known, true));
  }
  check(seen.size === 10, "no question comes again before all were seen");
  await done(page, "quiz");
  const score = await words(page, "#score");
  check(score.includes("10 in a row") && score.includes("1 wrong"), score);
  await page.reload();
  await page.locator('#lab-stage[data-ready="quiz"]').waitFor();
  same(await words(page, "#score"), score, "the score after a reload");
  await done(page, "quiz");
  await page.locator("#forget").click();
  check((await words(page, "#score")).startsWith("0 of"), "the score can be forgotten");
}

/** The parts to read are there, whole, and their links lead somewhere. */
async function read(page) {
  const least = { walkthrough: 200, metaphor: 400, why: 500, deep: 600 };
  for (const [section, count] of Object.entries(least)) {
    await visit(page, section);
    const text = await words(page, "#lab-stage");
    check(text.split(/\s+/).length >= count, `${section} has ${text.split(/\s+/).length} words`);
  }
  check((await page.locator('a[href^="https://www.rfc-editor.org/rfc/"]').count()) >= 15, "the deep dive names its RFCs");
  await visit(page, "walkthrough");
  await page.getByRole("link", { name: "Refresh: a theft trap" }).click();
  await until(async () => (await page.locator('#pattern[data-ready="refresh"]').count()) === 1, "a link of the walkthrough leads to its pattern");
}

await run(async (browser) => {
  const context = await browser.window({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  await visit(page, "quiz");
  await play(page);
  await read(page);
  browser.clean("quiz and reading");
});
