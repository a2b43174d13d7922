// The lab and the sign-in page in German: chosen by the browser, switched by hand, and no sentence left in English.

import { check, run } from "./harness.mjs";
import { visit } from "./lab_support.mjs";
import { SIZES, faultsOf, picture } from "./measure.mjs";

const PLACES = ["walkthrough", "anatomy", "patterns/sign", "patterns/verify", "patterns/refresh", "patterns/revoke",
  "patterns/password", "clock", "metaphor", "why", "deep", "interview/junior", "quiz"];

/** Every text that is shown or read out, but for code, tokens and what says of itself that it is in another language. */
const shown = (page) => page.evaluate(() => {
  const isOther = (node) => node.closest("pre, code, .mono, .segment, .token, [lang]:not(html), script, style, noscript");
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    if (node.nodeType === Node.TEXT_NODE) {
      if (!isOther(node.parentElement)) found.push(node.data);
    } else if (!isOther(node)) {
      for (const name of ["aria-label", "alt", "title", "placeholder", "data-label"]) if (node.hasAttribute(name)) found.push(node.getAttribute(name));
    }
  }
  return found.map((text) => text.trim().replace(/\s+/g, " "));
});

/** A sentence of the page, and no name, number or address. */
const isSentence = (text) => /[a-z]{2,} [a-z]{2,}/i.test(text) && !/@|https?:/.test(text);

const GERMAN = /\b(der|die|das|und|ist|nicht|ein|eine|mit|von|wird|dein|deine|du|zu|im|für)\b/i;
const ENGLISH = /\b(the|is|are|of|and|this|that|with|not|your|you|it|has|what|from|for)\b/i;

/** What the page says in English though it should not. */
const left = (texts, english) => texts.filter((text) => isSentence(text) && ((english.has(text) && ENGLISH.test(text)) || (ENGLISH.test(text) && !GERMAN.test(text))));

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
  await signingIn(browser);
  await switched(browser);
  for (const size of Object.values(SIZES)) await places(browser, size);
});
