// The memory game: a round with the keys, what was wrong comes back after three others, the result as a picture; the
// interview questions; and everything there is to read.

import { readFileSync } from "node:fs";
import { load } from "../texts/modules.mjs";
import { check, run, until } from "./harness.mjs";
import { done, same, visit, words } from "./lab_support.mjs";

const { QUESTIONS } = await load("quiz.js");
const LEVELS = { junior: (await load("interview_junior.js")).JUNIOR, mid: (await load("interview_mid.js")).MID, senior: (await load("interview_senior.js")).SENIOR };
const INTERVIEW = Object.entries(LEVELS).flatMap(([level, entries]) => entries.map(([id, ask, answer, where]) => ({ id: `interview/${level}/${id}`, ask, answer, where })));

/** Answers what is asked, with the keys; the question's id. */
async function answer(page, right) {
  const card = page.locator("#question");
  const [id, kind] = [await card.getAttribute("data-question"), await card.getAttribute("data-kind")];
  await (kind === "open" ? say(page, id, right) : choose(page, id, right));
  await page.locator(`#question[data-answered="${right ? "right" : "wrong"}"]`).waitFor();
  return id;
}

async function choose(page, id, right) {
  const question = QUESTIONS.find((one) => one.id === id);
  const options = await page.locator(".option span").allInnerTexts();
  const place = options.findIndex((text) => (text === question.right) === right);
  check(options.length === 4 && new Set(options).size === 4, `${id} has four answers`);
  await page.keyboard.press(String(place + 1));
  await page.locator("#next-question").waitFor();
  check((await words(page, "#explained")).includes(question.because), `${id} is explained`);
}

async function say(page, id, right) {
  const question = INTERVIEW.find((one) => one.id === id);
  check(!(await words(page, "#question")).includes(question.answer), `${id} hides its answer`);
  await page.keyboard.press("1");
  await page.locator("#answer").waitFor();
  same(await words(page, "#answer"), question.answer, id);
  await page.keyboard.press(right ? "1" : "2");
  await page.locator("#next-question").waitFor();
  check((await page.locator(`#explained a[href="#${question.where}"]`).count()) === 1, `${id} leads to ${question.where}`);
}

async function next(page) {
  await page.keyboard.press("Enter");
  await page.locator("#question:not([data-answered])").waitFor();
}

async function round(page) {
  const missed = await answer(page, false);
  const asked = [missed];
  for (let count = 1; count < 10; count += 1) {
    await next(page);
    asked.push(await answer(page, true));
  }
  check(asked[4] === missed, `what was wrong comes back after three others: ${asked.join(" ")}`);
  check(new Set(asked).size === 9, `and nothing else comes twice: ${asked.join(" ")}`);
  await next(page);
  check((await words(page, "#question-text")) === "9 of 10 right", await words(page, "#question-text"));
  const question = [...QUESTIONS, ...INTERVIEW].find((one) => one.id === missed);
  same(await words(page, ".missed"), question.ask, "what comes back is named");
}

/** The picture: painted, downloaded, copied. */
async function picture(page) {
  const painted = await page.locator("#picture").evaluate((canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return new Set(Array.from({ length: data.length / 4 }, (_, at) => data.slice(at * 4, at * 4 + 3).join())).size;
  });
  check(painted > 20, `the picture has ${painted} colours`);
  check((await page.locator("#picture").getAttribute("aria-label")).startsWith("JWT authentication: 9 of 10 right"), "the picture is told in words");
  const [download] = await Promise.all([page.waitForEvent("download"), page.locator("#download-picture").click()]);
  same(download.suggestedFilename(), "hallpass-lab.png", "the file's name");
  const bytes = readFileSync(await download.path());
  check(bytes.subarray(1, 4).toString() === "PNG" && bytes.readUInt32BE(16) === 1200 && bytes.readUInt32BE(20) === 630, "it is a PNG of 1200 by 630");
  await page.locator("#copy-picture").click();
  await page.locator("#picture-message", { hasText: "The picture is on the clipboard." }).waitFor();
  const types = await page.evaluate(async () => (await navigator.clipboard.read()).flatMap((one) => one.types));
  check(types.includes("image/png"), `on the clipboard: ${types}`);
}

async function play(page) {
  check(QUESTIONS.length >= 24, `${QUESTIONS.length} questions`);
  for (const one of QUESTIONS) check(one.wrong.length === 3 && one.because.length > 30, `${one.id} is whole`);
  await round(page);
  await picture(page);
  await page.locator("#next-round").click();
  await answer(page, true);
  await done(page, "quiz");
  const score = await words(page, "#score");
  check(score.includes("10 in a row") && score.includes("1 wrong") && score.includes("1 will come back"), score);
  await page.reload();
  await page.locator('#lab-stage[data-ready="quiz"]').waitFor();
  same(await words(page, "#score"), score, "the score after a reload");
  check((await words(page, "#question")).startsWith("Question 2 of 10"), "the round goes on after a reload");
  await done(page, "quiz");
  await page.locator("#forget").click();
  check((await words(page, "#score")).startsWith("0 of"), "the score can be forgotten");
}

/** Three levels; each answer is hidden until it is asked for, and has an address. */
async function interview(page) {
  check(INTERVIEW.length >= 47 && new Set(INTERVIEW.map(({ id }) => id)).size === INTERVIEW.length, `${INTERVIEW.length} questions`);
  await visit(page, "interview");
  for (const [level, entries] of Object.entries(LEVELS)) {
    await page.locator(`#level-tabs-${level}`).click();
    await page.locator(`#level[data-level="${level}"]`).waitFor();
    const asked = await page.locator(".asked-item").count();
    same(asked, entries.length, `questions at ${level}`);
    check((await page.locator(".answer:visible").count()) === 0, `${level}: answers are hidden`);
    const [id, , answer] = entries[1];
    await page.locator(`#asked-${id} summary`).focus();
    await page.keyboard.press("Enter");
    same(await words(page, `#asked-${id} .answer`), answer, id);
    await until(async () => new URL(page.url()).hash === `#interview/${level}/${id}`, "the open question has an address");
    await page.locator("#all-answers").click();
    same(await page.locator(".answer:visible").count(), entries.length, `${level}: all answers at once`);
  }
  await page.goto("/lab");
  await visit(page, "interview/senior/bound");
  check(await page.locator("#asked-bound .answer").isVisible(), "an address opens its question");
  check((await page.locator(".answer:visible").count()) === 1, "and no other");
}

/** “Play it” leads to a part that is there. */
async function places(page) {
  await visit(page, "interview");
  for (const level of Object.keys(LEVELS)) {
    await visit(page, `interview/${level}`);
    const links = await page.locator(".asked-item .play-it").evaluateAll((nodes) => [...new Set(nodes.map((node) => node.getAttribute("href")))]);
    for (const link of links) {
      await visit(page, `interview/${level}`);
      await page.locator(`.play-it[href="${link}"]`).first().click();
      await page.locator(`#lab-stage[data-ready="${link.slice(1).split("/")[0]}"]`).waitFor();
      if (link.includes("/")) await page.locator(`#pattern[data-ready="${link.split("/")[1]}"]`).waitFor();
    }
  }
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
  await page.locator('[data-stop="patterns/refresh"] h3 a').click();
  await until(async () => (await page.locator('#pattern[data-ready="refresh"]').count()) === 1, "a link of the walkthrough leads to its pattern");
}

await run(async (browser) => {
  const context = await browser.window({ viewport: { width: 1280, height: 900 }, permissions: ["clipboard-read", "clipboard-write"], acceptDownloads: true });
  const page = await context.newPage();
  await visit(page, "quiz");
  await play(page);
  await interview(page);
  await places(page);
  await read(page);
  browser.clean("quiz, interview and reading");
});
