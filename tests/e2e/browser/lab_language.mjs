// The lab and the sign-in page in German: chosen by the browser, switched by hand, and no sentence left in English.

import { check, run } from "./harness.mjs";
import { foreign } from "./lab_foreign.mjs";
import { visit } from "./lab_support.mjs";
import { GERMAN, left, shown } from "./lab_words.mjs";
import { SIZES, faultsOf, picture } from "./measure.mjs";

const PLACES = ["walkthrough", "anatomy", "patterns/sign", "patterns/verify", "patterns/refresh", "patterns/revoke",
  "patterns/password", "clock", "metaphor", "why", "deep", "interview/junior", "quiz"];

async function places(browser, size) {
  const [english, german] = await Promise.all(["en-GB", "de-AT"].map(async (locale) => (await browser.window({ viewport: size, locale })).newPage()));
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

/** Signing in, with what it has to say when it is refused. */
async function signingIn(browser) {
  const [english, german] = await Promise.all(["en-GB", "de-DE"].map(async (locale) => (await browser.window({ locale })).newPage()));
  const faults = [];
  const act = async (page, work) => {
    await work(page);
    return shown(page);
  };
  const same = async (where, statuses, work) => browser.expecting(statuses, async () => {
    const known = new Set(await act(english, work));
    faults.push(...left(await act(german, work), known).map((text) => `${where}: ${text}`));
  });
  await same("the page", [], (page) => page.goto("/"));
  await same("nothing typed", [], (page) => page.locator("#go").click());
  await same("refused", [401], async (page) => {
    await page.locator("#email").fill("nobody@example.com");
    await page.locator("#password").fill("wrong horse battery");
    await page.locator("#go").click();
    await page.locator("#message .notice").waitFor();
  });
  await same("a weak password", [422], async (page) => {
    await page.locator("#tab-register").click();
    await page.locator("#password").fill("password1");
    await page.locator("#go").click();
    await page.locator("[aria-invalid]").first().waitFor();
  });
  check(faults.length === 0, [...new Set(faults)].join("\n"));
}

await run(async (browser) => {
  await foreign(browser);
  await signingIn(browser);
  await switched(browser);
  for (const size of Object.values(SIZES)) await places(browser, size);
});
