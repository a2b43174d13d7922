// The challenge under each pattern's play: a wrong answer is played and said to be wrong, the right one ticks its entry.

import { check, run, until } from "./harness.mjs";
import { done, isDone, visit, words } from "./lab_support.mjs";
import { SIZES, faultsOf, picture, theme } from "./measure.mjs";

/** Wrong answers, the right one, and what must be among the lines of each play. A line of hallpass's lane is a real answer. */
const TURNS = {
  sign: {
    wrong: [[{ line: "exp" }, ["200 (in your browser)", "200 (in your browser)", "401"]], [{ line: "kid" }, ["200 (in", "200 (in", "401"]], [{ line: "role" }, ["200 (in", "200 (in", "401"]]],
    right: [{ line: "alg" }, ["200 (in your browser)", "401 (in your browser)", "401"]],
  },
  verify: {
    wrong: [
      [{ none: "401", expired: "403", role: "403", outage: "503" }, ["401", "403", "401", "503 (your answer)", "200 the report"]],
      [{ none: "401", expired: "401", role: "403", outage: "401" }, ["401", "403", "401", "401 (your answer)", "401 (your answer)", "204 Ada is signed out"]],
      [{ none: "401", expired: "401", role: "403", outage: "403" }, ["401", "403", "401", "403 (your answer)"]],
    ],
    right: [{ none: "401", expired: "401", role: "403", outage: "503" }, ["401", "403", "401", "503 (your answer)", "200 the public keys", "200 the report"]],
  },
  refresh: {
    wrong: [[{ reuse: "refuse" }, ["200", "200", "401 (simulated)", "200 (simulated)"]], [{ reuse: "renew" }, ["200 (simulated)", "200 (simulated)"]], [{ reuse: "remove" }, ["401 (simulated)", "200 (simulated)"]]],
    right: [{ reuse: "family" }, ["200 access_token", "200 access_token", "401 token_reuse", "401", "401", "his requests: 401, 401"]],
  },
  revoke: {
    wrong: [
      [{ life: "none" }, ["204", "entry for 0 s", "200 (in", "200 (in", "401", "401 (in", "entry for 0 s more"]],
      [{ life: "minute" }, ["204", "401 (in", "200 (in", "401"]],
      [{ life: "day" }, ["204", "401 (in", "401 (in", "401", "exp is over, 0 entries", "401 (in", "entry for 85"]],
    ],
    right: [{ life: "rest" }, ["204", "401 (in", "401 (in", "401", "exp is over, 0 entries", "401 (in", "entry for 0 s more"]],
  },
  password: {
    wrong: [[{ order: "after" }, ["40 × 401 (simulated)", "40 hashed", "5 × 401, 35 × 429", "5 hashed"]], [{ order: "last" }, ["5 × 401, 35 × 429 (simulated)", "40 hashed", "5 × 401, 35 × 429"]], [{ order: "address" }, ["40 × 401 (simulated)", "40 hashed", "5 × 401"]]],
    right: [{ order: "before" }, ["5 × 401, 35 × 429 (simulated)", "5 hashed", "5 × 401, 35 × 429", "5 hashed"]],
  },
  prove: {
    wrong: [
      [{ link: "once" }, ["a mail", "GET /verify", "200 (simulated)", "GET /verify", "400 (simulated)", "proved by the scanner"]],
      [{ link: "lasting" }, ["200 (simulated)", "200 (simulated)", "proved by the scanner"]],
      [{ link: "button" }, ["GET /verify", "200 (simulated)", "POST /verify", "200 (simulated)", "POST /verify", "400 (simulated)", "proved by the scanner"]],
    ],
    right: [{ link: "session" }, ["201", "Confirm", "GET /auth/email/verify", "405 method_not_allowed", "401", "204", "proved by Mila"]],
  },
};

async function open(page, id) {
  await visit(page, `patterns/${id}`);
  check((await page.locator("#turn[data-ready]").count()) === 0, `${id}: the challenge is loaded before anybody is near it`);
  await page.locator("#turn").scrollIntoViewIfNeeded();
  await page.locator(`#turn[data-ready="${id}"]`).waitFor();
}

/** Plays an answer; the lines that were told. */
async function answer(page, id, chosen, verdict) {
  for (const [question, value] of Object.entries(chosen)) await page.locator(`input[name="turn-${question}"][value="${value}"]`).check();
  await page.locator("#turn-go").click();
  await page.locator(`#turn-verdict [data-outcome="${verdict}"]`).waitFor();
  const said = await page.locator("#turn .wire .wire-what").allInnerTexts();
  const rows = Number(await page.locator("#turn .diagram").getAttribute("data-rows"));
  check(rows === said.length, `${id} ${JSON.stringify(chosen)}: ${said.length} lines and room for ${rows}: ${said.join(" | ")}`);
  return said;
}

/** Whether these begin lines of the play, in this order. */
function inOrder(said, expected, where) {
  let at = 0;
  for (const one of expected) {
    const found = said.findIndex((text, index) => index >= at && text.startsWith(one));
    check(found >= 0, `${where}: “${one}” after place ${at} of ${said.join(" | ")}`);
    at = found + 1;
  }
}

async function turn(browser, page, id, wrongs) {
  await open(page, id);
  await browser.expecting([400, 401, 403, 405, 429], async () => {
    for (const [chosen, expected] of wrongs) {
      inOrder(await answer(page, id, chosen, "wrong"), expected, `${id} ${JSON.stringify(chosen)}`);
      check(!(await isDone(page, `turn-${id}`)), `${id}: a wrong answer ticks nothing`);
    }
    const [chosen, expected] = TURNS[id].right;
    inOrder(await answer(page, id, chosen, "right"), expected, `${id} ${JSON.stringify(chosen)}`);
  });
  await done(page, `turn-${id}`);
  const raws = await page.locator("#turn .wire details").count();
  check(id === "password" || raws >= 2, `${id}: real exchanges can be opened`);
}

/** A play that was begun is over when an answer is played: both would move the same clock. */
async function aside(browser, page) {
  await open(page, "revoke");
  await page.locator("#step").click();
  await until(async () => (await page.locator(".player .diagram .step").count()) === 2, "a step was played");
  await browser.expecting([401], async () => {
    await page.locator('input[name="turn-life"][value="rest"]').check();
    await page.locator("#turn-go").click();
    check(await page.locator("#play").isDisabled(), "nothing else plays meanwhile");
    await page.locator('#turn-verdict [data-outcome="right"]').waitFor();
  });
  check((await page.locator(".player .diagram .step").count()) === 0, "the play is over");
  await until(() => page.locator("#play").isEnabled(), "and can be played again");
}

/** With the keys alone, without an answer first. */
async function keys(browser, page) {
  await open(page, "refresh");
  await page.locator("#turn-go").focus();
  await page.keyboard.press("Enter");
  check((await words(page, "#turn-message")) === "Choose an answer first.", "an answer is asked for");
  check((await page.evaluate(() => document.activeElement.name)) === "turn-reuse", "and the first one has the focus");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Tab");
  await browser.expecting([401], async () => {
    await page.keyboard.press("Enter");
    await page.locator('#turn-verdict [data-outcome="right"]').waitFor();
  });
}

/** The button loads the challenge for whoever does not scroll, and the focus goes on into it. */
async function button(page) {
  await visit(page, "patterns/sign");
  await page.locator("#turn-open").evaluate((node) => node.click());
  await until(() => page.evaluate(() => document.activeElement.name === "turn-line"), "the first answer has the focus");
}

/** A word of ours that is English: what the sandbox says is not. */
const ENGLISH = /\b(the|is|are|and|this|that|with|your|has|what|from|for)\b/i;

/** Everything that a play and a challenge have said so far. */
const said = (page) => page.locator("#pattern").evaluate((node) => [...node.querySelectorAll("p, legend, label, button, .wire-words, .wire-what, .wire-who, .lane-name, h3")].map((one) => one.textContent));

async function german(browser, size) {
  const context = await browser.window({ viewport: SIZES[size], colorScheme: theme(size), locale: "de-DE", reducedMotion: "reduce" });
  const page = await context.newPage();
  for (const [id, { wrong, right }] of Object.entries(TURNS)) {
    await open(page, id);
    await browser.expecting([400, 401, 403, 405, 429], async () => {
      await answer(page, id, wrong[0][0], "wrong");
      await picture(page, `turn-de-${size}-${id}-wrong`, { fullPage: true });
      await answer(page, id, right[0], "right");
      await page.locator("#play").click();
      await page.locator("#play-message[data-ended]").waitFor();
    });
    const lines = (await said(page)).filter((text) => ENGLISH.test(text));
    check(lines.length === 0, `${id} in English: ${lines.join(" | ")}`);
    check((await words(page, "#turn-title")) === "Du bist dran", "the challenge is in German");
    await picture(page, `turn-de-${size}-${id}`, { fullPage: true });
    const faults = await faultsOf(page, `${id} in German, ${size}`);
    check(faults.length === 0, faults.join("\n"));
  }
  browser.clean(`turns in German, ${size}`);
  await context.close();
}

async function english(browser, size, count) {
  const context = await browser.window({ viewport: SIZES[size], colorScheme: theme(size), reducedMotion: "reduce" });
  const page = await context.newPage();
  for (const [id, { wrong }] of Object.entries(TURNS)) {
    await turn(browser, page, id, wrong.slice(0, count));
    await picture(page, `turn-${size}-${id}`, { fullPage: true });
    const faults = await faultsOf(page, `${id}, ${size}`);
    check(faults.length === 0, faults.join("\n"));
  }
  await aside(browser, page);
  await keys(browser, page);
  await button(page);
  browser.clean(`turns, ${size}`);
  await context.close();
}

await run(async (browser) => {
  await english(browser, "desktop", 3);
  await english(browser, "phone", 1);
  await german(browser, "desktop");
  await german(browser, "phone");
});
