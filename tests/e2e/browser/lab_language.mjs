// The lab in German, and the choice of a language there and on the sign-in page: no sentence is left in English.

import { check, run } from "./harness.mjs";
import { foreign } from "./lab_foreign.mjs";
import { visit } from "./lab_support.mjs";
import { GERMAN, left, shown } from "./lab_words.mjs";
import { SIZES, faultsOf, picture, theme } from "./measure.mjs";

const PLACES = ["walkthrough", "anatomy", "patterns/sign", "patterns/verify", "patterns/refresh", "patterns/revoke",
  "patterns/password", "patterns/prove", "clock", "metaphor", "why", "deep", "interview/junior", "quiz"];

async function places(browser, size) {
  const [english, german] = await Promise.all(["en-GB", "de-AT"].map(async (locale) => (await browser.window({ viewport: size, locale, colorScheme: theme(size) })).newPage()));
  const faults = [];
  for (const place of PLACES) {
    await Promise.all([visit(english, place), visit(german, place)]);
    check((await german.evaluate(() => document.documentElement.lang)) === "de", `${place} is not German`);
    check((await english.evaluate(() => document.documentElement.lang)) === "en", `${place} is not English`);
    const known = new Set(await shown(english));
    const texts = await shown(german);
    check(texts.some((text) => GERMAN.test(text)), `${place} says nothing in German`);
    faults.push(...left(texts, known).map((text) => `${place}: ${text}`), ...(await faultsOf(german, place)));
    await picture(german, `de-${place.replace("/", "-")}-${size.width}`, { fullPage: true });
  }
  check(faults.length === 0, [...new Set(faults)].join("\n"));
}

async function switched(browser) {
  const page = await (await browser.window({ viewport: SIZES.phone, locale: "de-DE" })).newPage();
  await visit(page, "patterns/refresh");
  await page.getByRole("button", { name: "English" }).click();
  await page.locator("#pattern[data-ready=refresh]").waitFor();
  await page.getByRole("button", { name: "Deutsch" }).waitFor();
  check((await page.locator("#play").innerText()) === "Play", "the lab is not in English again");
  await page.goto("/");
  await page.getByRole("heading", { name: "Show your pass, or get one." }).waitFor();
  await page.getByRole("button", { name: "Deutsch" }).click();
  await page.getByRole("heading", { name: "Zeig deinen Pass oder hol dir einen." }).waitFor();
  await page.reload();
  await page.getByRole("heading", { name: "Zeig deinen Pass oder hol dir einen." }).waitFor();
}

await run(async (browser) => {
  await foreign(browser);
  await switched(browser);
  for (const size of Object.values(SIZES)) await places(browser, size);
});
