// Whatever is pasted ends in a sentence that helps, and in no error; and nothing of it leaves the browser.

import { check, run, until } from "./harness.mjs";
import { paste, same, visit, words } from "./lab_support.mjs";
import { FOUND, PASTED, TOKEN } from "./lab_pasted.mjs";

async function each(browser, page) {
  check(PASTED.length >= 200, `only ${PASTED.length} things are pasted`);
  const faults = [];
  for (const { name, text, says } of PASTED) {
    await paste(page, text);
    const [what, verdict, checks] = [await words(page, "#what"), await words(page, "#verdict"), await words(page, "#checks")];
    if (!says.test(what)) faults.push(`${name}: ${JSON.stringify(what.slice(0, 300))} does not say ${says}`);
    if (!/[.?!]$/.test(verdict)) faults.push(`${name}: the verdict is no sentence: ${verdict}`);
    if (/undefined|NaN|\[object|Infinity/.test(`${what} ${verdict} ${checks}`.replaceAll(text.slice(0, 40) || "\0", ""))) faults.push(`${name}: ${what} ${verdict}`);
    if (browser.wrongs.length) faults.push(`${name}: ${browser.wrongs.splice(0).join(" ")}`);
  }
  check(faults.length === 0, faults.join("\n"));
  console.log(`${PASTED.length} things were pasted`);
}

/** A token's own text cannot turn the page's words around. */
async function bidi(page) {
  const { text } = PASTED.find(({ name }) => name === "right-to-left text in a claim");
  await paste(page, text);
  const claims = await words(page, ".claims");
  check(claims.includes("\\u202eadmin\\u202c") && !claims.includes("\u202e"), `marks of direction are written out: ${JSON.stringify(claims)}`);
}

/** What is typed is seen as it is typed, whatever is made of it. */
async function typing(page) {
  await paste(page, TOKEN);
  await page.locator("#paste").press("End");
  await page.locator("#paste").pressSequentially(" , and more");
  const typed = await page.locator("#paste").inputValue();
  check(typed.includes(" , and more"), `what is typed stays: ${typed}`);
  await until(async () => (await page.locator(".token .field-back").evaluate((node) => node.textContent.slice(0, -1))) === typed, "the coloured letters are those that were typed");
  check((await words(page, "#what")).includes("Left out"), "the token in it is found all the same");
}

/** The token in it is the one that is put on the table. */
async function found(page) {
  check(FOUND.length >= 50, `only ${FOUND.length} hold the token`);
  for (const { name, text } of FOUND) {
    await paste(page, text);
    const shown = await page.locator("#paste").inputValue();
    check(shown === TOKEN || text.includes(shown.slice(0, 40)), `${name}: ${shown} is on the table`);
    check((await words(page, "#what")).includes("Left out"), `${name}: what was left out is not said`);
  }
}

/** A row of things that a visitor does with tokens and keys of their own. */
async function work(page) {
  await paste(page, `Authorization: Bearer ${TOKEN}`);
  await page.locator("#keys").fill("secret");
  await until(async () => (await words(page, "#verdict")).startsWith("The signature holds"), "the pasted token is checked with its secret");
  await page.locator("#keys").fill('{"issuer":"https://issuer.example","jwks_uri":"https://issuer.example/jwks"}');
  await until(async () => (await words(page, "#checks")).includes("curl -s 'https://issuer.example/jwks'"), "a discovery document says where the keys are");
  await page.locator("#editor").fill('{"sub":"me"}');
  await page.locator("#sign").click();
  await until(async () => (await words(page, "#verdict")) === "The signature holds; there is no exp.", "the edited token is signed again");
  for (const { text } of PASTED.slice(0, 40)) await paste(page, text);
}

/** With every module loaded, the page asks for nothing more: neither its own server nor another. */
async function nothingLeaves(page, context) {
  for (const id of ["#check-with", "#sign-again"]) await page.locator(`${id} summary`).click();
  await page.locator("#sign").click();
  await until(async () => (await words(page, "#sign-state")) !== "", "it is signed");
  const before = await page.locator("#paste").inputValue();
  await page.locator("#samples").selectOption("no-exp");
  // The samples' module is the last that is fetched.
  await until(async () => (await page.locator("#paste").inputValue()) !== before && (await words(page, "#verdict")).startsWith("The signature holds"), "a sample is on the table");
  const asked = [];
  const hear = (request) => asked.push(`${request.method()} ${request.url()}`);
  context.on("request", hear);
  await work(page);
  await page.evaluate(() => new Promise((done) => setTimeout(done, 300)));
  context.off("request", hear);
  same(asked.join(), "", "requests while pasting, editing, signing and checking");
}

await run(async (browser) => {
  const context = await browser.window({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  await visit(page, "anatomy");
  await each(browser, page);
  await bidi(page);
  await typing(page);
  await found(page);
  await nothingLeaves(page, context);
  browser.clean("pasting");
});
