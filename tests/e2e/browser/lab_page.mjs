// The lab's parts, light and dark, wide and narrow: each is light, still, as wide as its window, and nothing that axe finds
// serious is in it once it was used. And a lab that refuses says so.

import { check, run, until } from "./harness.mjs";
import { visit, words } from "./lab_support.mjs";
import { budget, faultsOf, firstVisit, looks, picture } from "./measure.mjs";

const play = async (page) => {
  await page.locator("#play").click();
  await page.locator("#play-message[data-ended]").waitFor();
};

/** A broken seal, and an attack that was stopped. */
async function forge(page) {
  await page.locator("#attacks").scrollIntoViewIfNeeded();
  await page.locator('[data-attack="none"]').click();
  await page.locator("#outcome-none.bad").waitFor();
  await page.locator('[data-attack="promote"]').click();
  await page.locator("#outcome-promote.bad").waitFor();
  for (const summary of await page.locator(".anatomy summary").all()) await summary.click();
}

async function hash(page) {
  await play(page);
  for (const cost of [4, 6, 8]) {
    await page.locator("#cost").fill(String(cost));
    await page.locator("#hash").click();
    await page.locator("#cost-message", { hasText: `Cost ${cost} took` }).waitFor();
  }
}

async function letTimePass(page) {
  for (const id of ["do-request", "do-lock", "do-sign-out"]) {
    const before = await page.locator("#events li").count();
    await page.locator(`#${id}`).click();
    await until(async () => (await page.locator("#events li").count()) > before, `${id} is told`);
  }
  await page.locator('[data-mark="entry"]').click();
  await page.locator("#events", { hasText: "denylist holds 0 entries" }).waitFor();
}

async function ask(page) {
  for (const summary of await page.locator(".asked-item summary").all()) await summary.click();
}

/** A whole round, to its result: whatever is asked, the first key answers. */
async function answer(page) {
  for (let count = 0; count < 10; count += 1) {
    const isOpen = (await page.locator("#question").getAttribute("data-kind")) === "open";
    if (isOpen) await page.locator("#show-answer").click();
    await page.locator(".option").first().click();
    await page.locator("#next-question").click();
  }
  await page.locator("#picture").waitFor();
}

/** Every part, and what is done in it before it is looked at. */
const PARTS = {
  anatomy: forge,
  "patterns/sign": play,
  "patterns/verify": play,
  "patterns/refresh": play,
  "patterns/revoke": play,
  "patterns/password": hash,
  "patterns/prove": play,
  clock: letTimePass,
  walkthrough: null,
  metaphor: null,
  why: null,
  deep: null,
  interview: ask,
  "interview/senior/bound": null,
  quiz: answer,
};

async function part(browser, context, id, where) {
  const section = id.split("/")[0];
  const { page, ...measured } = await firstVisit(context, `/lab#${id}`, `#lab-stage[data-ready="${section}"]`);
  const faults = budget(where, measured);
  const name = where.replaceAll(/[ /]/g, "-");
  await picture(page, `${name}-fresh`);
  await browser.expecting([400, 401, 403, 429], async () => PARTS[id]?.(page));
  faults.push(...(await faultsOf(page, where)));
  await picture(page, name, { fullPage: true });
  await page.locator(section === "patterns" ? ".player" : "#lab-tabs").evaluate((node) => node.scrollIntoView());
  await picture(page, `${name}-used`);
  browser.clean(where);
  await page.close();
  return faults;
}

/** A play that runs by itself moves nothing either. */
async function still(browser) {
  const context = await browser.window({ viewport: { width: 1280, height: 900 }, reducedMotion: "reduce" });
  const page = await context.newPage();
  await visit(page, "patterns/refresh");
  await page.evaluate(() => {
    globalThis.shifted = 0;
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => (globalThis.shifted += entry.value))).observe({ type: "layout-shift" });
  });
  await browser.expecting([401], async () => {
    await page.locator("#play").click();
    await page.locator("#play-message[data-ended]").waitFor();
  });
  const shifted = await page.evaluate(() => globalThis.shifted);
  check(shifted < 0.02, `a play shifts the layout by ${shifted}`);
  await context.close();
}

async function refusal(browser) {
  const context = await browser.window({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  await page.route("**/lab/box", (route) => route.fulfill({ status: 503, contentType: "application/problem+json", body: JSON.stringify({ code: "lab_full", detail: "Every sandbox of the lab is in use." }) }));
  await browser.expecting([503], async () => {
    await page.goto("/lab#anatomy");
    await page.getByText("Every sandbox of the lab is in use.").first().waitFor();
  });
  await page.unroute("**/lab/box");
  await page.getByRole("button", { name: "Try again" }).click();
  await page.locator('#lab-stage[data-ready="anatomy"]').waitFor();
  check((await words(page, ".token")).length > 100, "after the refusal the lab opens");
  await context.close();
}

await run(async (browser) => {
  const faults = [];
  for (const { size, viewport, colorScheme } of looks()) {
    const context = await browser.window({ viewport, colorScheme, reducedMotion: "reduce" });
    for (const id of Object.keys(PARTS)) faults.push(...(await part(browser, context, id, `lab ${id} ${size} ${colorScheme}`)));
    await context.close();
  }
  check(faults.length === 0, faults.join("\n"));
  await still(browser);
  await refusal(browser);
});
