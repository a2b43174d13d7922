// The six patterns, each played to its end; the cost slider; the keys' way through the tabs.

import { readFileSync } from "node:fs";
import { check, run, until } from "./harness.mjs";
import { done, same, visit, words } from "./lab_support.mjs";

/** What the sandbox must have said in each play, in this order. */
const SAID = {
  sign: ["200", "200"],
  verify: ["200 access_token", "401 who are you?", "200 it is Ada", "403 known", "401 no valid token", "200 it is Grace"],
  refresh: ["200 access_token", "401 expired", "200 access_token", "401 token_reuse", "401 refused at once", "401 log in again"],
  revoke: ["200 access_token", "200", "204 signed out", "401 refused", "time passes: 0 entries", "401 expired anyway"],
  password: ["401 invalid_credentials", "401", "401", "401", "401", "401", "429 account_locked"],
  prove: ["201 an account, unproved", "Confirm your email", "202", "Set a new password", "204 the account is hers", "401 invalid_token", "401 invalid_credentials", "200 access_token", "email_verified_at: 20", "400 unfit_code"],
};

async function play(page, browser, id) {
  await visit(page, `patterns/${id}`);
  await page.locator(`#pattern[data-ready="${id}"]`).waitFor();
  await code(page, id);
  const height = await page.locator(".player .diagram").evaluate((node) => node.getBoundingClientRect().height);
  await browser.expecting([400, 401, 403, 429], async () => {
    await page.locator("#play").click();
    await page.locator("#play-message[data-ended]").waitFor();
  });
  await done(page, `play-${id}`);
  const said = await page.locator(".player .wire .wire-what").allInnerTexts();
  let at = 0;
  for (const expected of SAID[id]) {
    const found = said.findIndex((text, index) => index >= at && text.startsWith(expected));
    check(found >= 0, `${id}: “${expected}” after place ${at} of ${said.join(" | ")}`);
    at = found + 1;
  }
  const after = await page.locator(".player .diagram").evaluate((node) => [node.getBoundingClientRect().height, node.scrollHeight <= node.clientHeight + 1]);
  check(after[0] === height && after[1], `${id}: the diagram keeps its place`);
  check((await page.locator(".player .diagram .step").count()) === said.length, `${id}: each line of the list is drawn`);
  check(said.length === Number(await page.locator(".player .diagram").getAttribute("data-rows")), `${id}: the play has as many steps as there is room for`);
  if (id === "password") check(/\b[0-9] attempts left/.test(await words(page, ".player .wire")), "each refusal tells how many attempts are left");
  await fits(page, id);
}

/** The code beside the drawing: the program's own, and the same in Node.js. */
async function code(page, id) {
  await page.locator("#side-tabs-rust").click();
  const rust = await words(page, ".codes >> nth=0");
  check(/crates\/.*\.rs, line \d+/.test(rust) && rust.includes("fn "), `${id} shows the program's own code`);
  await page.locator("#side-tabs-node").click();
  const file = readFileSync(new URL(`../../../examples/node/${id}.mjs`, import.meta.url), "utf8");
  const listing = page.locator(".codes >> nth=1").locator("figure", { hasText: `examples/node/${id}.mjs` });
  same((await listing.locator("code").textContent()).trim(), file.trim(), `${id} shows the file that the tests run`);
  await listing.getByRole("button", { name: `Copy examples/node/${id}.mjs` }).click();
  await listing.getByText("Copied.").waitFor();
  same((await page.evaluate(() => navigator.clipboard.readText())).trim(), file.trim(), `${id} can be copied`);
  await page.locator("#side-tabs-words").click();
}

/** Every step lies inside the drawing. */
async function fits(page, id) {
  const outside = await page.locator(".player .diagram").evaluate((svg) => {
    const frame = svg.getBoundingClientRect();
    return [...svg.querySelectorAll("text, line, path")].filter((node) => {
      const box = node.getBoundingClientRect();
      return box.left < frame.left - 1 || box.right > frame.right + 1 || box.bottom > frame.bottom + 1;
    }).map((node) => node.textContent || node.getAttribute("class"));
  });
  check(outside.length === 0, `${id}: outside the drawing: ${outside.join(" | ")}`);
}

async function wire(page) {
  await page.locator(".player .wire summary").first().click();
  const raw = await page.locator(".player .wire details[open] .raw").first().innerText();
  check(raw.includes("POST /auth/login") && raw.includes("set-cookie: lab_refresh=hpr_"), `what went over the wire: ${raw}`);
}

async function step(page) {
  await page.locator("#reset").click();
  check((await page.locator(".player .diagram .step").count()) === 0, "reset clears the drawing");
  await page.locator("#step").click();
  await until(async () => (await page.locator(".player .diagram .step").count()) === 2, "one step is a question and an answer");
}

async function slider(page) {
  for (const cost of [4, 5, 6]) {
    await page.locator("#cost").fill(String(cost));
    await page.locator("#hash").click();
    await until(async () => (await words(page, "#cost-message")).includes(`$0${cost}$`), `a hash of cost ${cost}`);
  }
  check((await page.locator(".chart .point").count()) === 3, "three points are drawn");
  await done(page, "hash");
}

/** However fast somebody leafs through, the last choice is what stays. */
async function haste(page) {
  await visit(page, "anatomy");
  for (const id of ["why", "deep", "patterns/verify", "patterns/refresh", "clock", "metaphor", "patterns/revoke", "patterns/sign"]) {
    await page.evaluate((hash) => (location.hash = hash), id);
  }
  await page.locator('#pattern[data-ready="sign"]').waitFor();
  await page.waitForLoadState("networkidle");
  check((await page.locator("#lab-stage > *").count()) === 1, "one part is shown");
  check((await words(page, "#pattern-tabs [aria-selected=true]")) === "Sign", "the tab of the last choice is chosen");
  check((await words(page, "#pattern .lead")).length > 0 && (await page.locator(".player .diagram").getAttribute("aria-label")).startsWith("Sign"), "and its drawing is shown");
}

async function keyboard(page) {
  await visit(page, "patterns/sign");
  await page.locator("#pattern-tabs-sign").focus();
  for (const id of ["verify", "refresh", "revoke", "password", "prove", "sign"]) {
    await page.keyboard.press("ArrowRight");
    await page.locator(`#pattern[data-ready="${id}"]`).waitFor();
  }
  await page.locator("#lab-tabs-patterns").focus();
  await page.keyboard.press("End");
  await page.locator('#lab-stage[data-ready="quiz"]').waitFor();
}

await run(async (browser) => {
  for (const viewport of [{ width: 1280, height: 900 }, { width: 390, height: 844 }]) {
    const context = await browser.window({ viewport, reducedMotion: "reduce", permissions: ["clipboard-read", "clipboard-write"] });
    const page = await context.newPage();
    for (const id of Object.keys(SAID)) await play(page, browser, id);
    // What a play leaves behind, a lock among it, does not spoil the next one.
    for (const id of ["password", "prove", "verify", "password", "prove"]) await play(page, browser, id);
    await visit(page, "patterns/password");
    await slider(page);
    await visit(page, "patterns/revoke");
    await step(page);
    await wire(page);
    await keyboard(page);
    await haste(page);
    browser.clean(`patterns at ${viewport.width}`);
    await context.close();
  }
});
