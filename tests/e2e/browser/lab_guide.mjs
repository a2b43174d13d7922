// The guided way, wide and narrow: from the first page through every stop, doing what there is to do; it is kept over a
// reload, can be left and gone on with, and ends. The time of the walk is printed, with that of the words at a reader's pace.

import { check, run, until } from "./harness.mjs";
import { same, visit, words } from "./lab_support.mjs";
import { SIZES, faultsOf, picture } from "./measure.mjs";
import { STOPS } from "../../../crates/http/assets/js/texts/en/guide.js";

/** Words a minute, of somebody who reads on a screen. */
const PACE = 240;

const play = async (page) => {
  await page.locator("#play").click();
  await page.locator("#play-message[data-ended]").waitFor();
};

const DEEDS = {
  anatomy: async (page) => {
    const text = await page.locator("#editor").inputValue();
    await page.locator("#editor").fill(text.replace('"user"', '"admin"'));
  },
  quiz: async (page) => {
    const isOpen = (await page.locator("#question").getAttribute("data-kind")) === "open";
    if (isOpen) await page.locator("#show-answer").click();
    await page.locator(".option").first().click();
  },
};

async function stop(page, at) {
  const [where, name, task, challenge] = STOPS[at];
  const [section, pattern] = where.split("/");
  await page.locator(`#lab-stage[data-ready="${section}"]`).waitFor();
  if (pattern) await page.locator(`#pattern[data-ready="${pattern}"]`).waitFor();
  same(await words(page, "#guide strong"), `${name} ${at + 1} of ${STOPS.length}`, where);
  const text = await words(page, "#lab-stage");
  const isSeen = await page.locator("#guide-next").isVisible();
  check(isSeen, `${where}: the bar is in sight`);
  await (section === "patterns" ? play(page) : DEEDS[section]?.(page));
  if (challenge) await until(async () => (await words(page, "#guide-task")) === `Done. ${task}`, `${where}: the bar says that it is done`);
  return text.split(/\s+/).length;
}

async function walk(browser, page) {
  const begun = performance.now();
  await page.goto("/lab");
  await page.locator('#lab-stage[data-ready="walkthrough"]').waitFor();
  check(await page.locator("#guide").isHidden(), "nobody is led who has not asked for it");
  await page.locator("#guide-start").click();
  let read = 0;
  for (let at = 0; at < STOPS.length; at += 1) {
    await browser.expecting([401, 403, 429], async () => (read += await stop(page, at)));
    if (at === 2) await reopened(page);
    await page.locator("#guide-next").click();
  }
  await page.locator('#lab-stage[data-ready="walkthrough"]').waitFor();
  check(await page.locator("#guide").isHidden(), "the way has ended");
  same(await page.locator("[data-stop].done").count(), STOPS.length, "stops that are done");
  check(await page.getByText("You have seen it all").isVisible(), "the end is told");
  const seconds = Math.round((performance.now() - begun) / 1000);
  console.log(`${seconds} s to walk it, ${read} words in sight, ${Math.round((read / PACE) * 60)} s to read every one of them`);
}

/** A reload, and a look elsewhere, lose nothing. */
async function reopened(page) {
  await page.reload();
  await page.locator("#guide-next").waitFor();
  await visit(page, "deep");
  await page.locator("#guide strong a").click();
  await page.locator('#pattern[data-ready="sign"]').waitFor();
}

/** Who ends it goes on where it was left. */
async function left(page) {
  await page.evaluate(() => localStorage.clear());
  await page.goto("/lab");
  await page.reload();
  await page.locator("#guide-start").click();
  await page.locator("#guide-next").click();
  await page.locator("#guide-end").click();
  check(await page.locator("#guide").isHidden(), "it was ended");
  await visit(page, "walkthrough");
  same(await words(page, "#guide-start"), `Continue with “${STOPS[1][1]}”`, "the button");
  await page.locator("#guide-start").click();
  await page.locator('#lab-stage[data-ready="anatomy"]').waitFor();
  await page.locator("#guide-back").click();
  await page.locator('#lab-stage[data-ready="metaphor"]').waitFor();
}

await run(async (browser) => {
  const faults = [];
  for (const [size, viewport] of Object.entries(SIZES)) {
    const context = await browser.window({ viewport });
    const page = await context.newPage();
    await walk(browser, page);
    await left(page);
    faults.push(...(await faultsOf(page, `guide ${size}`)));
    await picture(page, `lab-guide-${size}`);
    await visit(page, "walkthrough");
    await picture(page, `lab-start-${size}`);
    browser.clean(`the guided way, ${size}`);
    await context.close();
  }
  check(faults.length === 0, faults.join("\n"));
});
