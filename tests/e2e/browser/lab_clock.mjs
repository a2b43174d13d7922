// The clock: dragged, it ends tokens, locks and denylist entries, and a page refreshes in silence.

import { check, run, until } from "./harness.mjs";
import { done, visit, words } from "./lab_support.mjs";

const told = (page, text) => until(async () => (await words(page, "#events")).includes(text), `the events tell “${text}”`);

async function drag(page, value) {
  await page.locator("#drag").evaluate((node, to) => {
    node.value = String(to);
    node.dispatchEvent(new Event("input", { bubbles: true }));
  }, value);
  check((await words(page, "#far")) !== "now", "the handle tells how far it is");
  await page.locator("#drag").evaluate((node) => node.dispatchEvent(new Event("change", { bubbles: true })));
}

await run(async (browser) => {
  const context = await browser.window({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  await visit(page, "clock");
  await page.locator("#do-request").click();
  await told(page, "200: ada@lab.example");
  await page.locator('[data-mark="access"]').click();
  await told(page, "The access token has expired");
  await done(page, "expire");
  await browser.expecting([401, 429], async () => {
    await page.locator("#do-request").click();
    await told(page, "refreshed silently");
    await done(page, "silent");
    await page.locator("#do-lock").click();
    await told(page, "429 account_locked");
    await page.locator("#do-sign-out").click();
    await told(page, "ada@lab.example signed out");
    // About 34 minutes: past the lock and the entry.
    await drag(page, 113);
    await told(page, "The lock has ended");
    await told(page, "denylist holds 0 entries");
  });
  await done(page, "unlock");
  await done(page, "fall-away");
  check((await words(page, "#inside")).includes("Locked\nnobody") || (await words(page, "#inside")).includes("nobody"), "nobody is locked");
  browser.clean("clock");
  // The keyboard moves the handle too, and a reload keeps the sandbox and its time.
  await page.locator("#drag").focus();
  const before = await words(page, "#inside");
  for (let count = 0; count < 80; count += 1) await page.keyboard.press("ArrowRight");
  check((await words(page, "#inside")) === before, "the keys alone move no time");
  await page.keyboard.press("Enter");
  await until(async () => (await words(page, "#inside")) !== before, "arrow keys and Enter move the clock");
  const ahead = async () => /\((.*) ahead\)/.exec(await words(page, "#inside"))?.[1];
  const kept = await ahead();
  await page.reload();
  await page.locator('#lab-stage[data-ready="clock"]').waitFor();
  check((await ahead()) === kept, `after a reload the sandbox is ${await ahead()} ahead, not ${kept}`);
});
