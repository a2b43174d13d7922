// The lab as files, on a plain host and below a path: what needs no server works, what needs one says so.

import { check, run, until } from "./harness.mjs";
import { SIZES, faultsOf, picture } from "./measure.mjs";

const SECTIONS = (page) => page.locator("#lab-tabs [role=tab]").evaluateAll((tabs) => tabs.map((tab) => tab.id.replace("lab-tabs-", "")));

/** Each part is drawn, and none of them asks for anything outside of its folder. */
async function everyPart(page, prefix, where) {
  const sections = await SECTIONS(page);
  check(sections.length > 5, `${where}: ${sections}`);
  check((await page.locator("#box-facts").count()) === 0, `${where}: there is no sandbox to show`);
  for (const id of sections) {
    await page.goto(`${prefix}#${id}`);
    await until(() => page.locator(`#lab-stage[data-ready="${id}"], #lab-stage .notice`).count(), `${where}: ${id}`);
    const text = await page.locator("#lab-stage").innerText();
    check(!text.includes("could not be shown"), `${where}: ${id} is broken: ${text}`);
  }
}

async function anatomy(page, prefix, where) {
  await page.goto(`${prefix}#anatomy`);
  await page.locator('#lab-stage[data-ready="anatomy"]').waitFor();
  await until(async () => /hallpass\.example/.test(await page.locator("#lab-stage").innerText()), `${where}: the claims are read`);
  await until(async () => (await page.locator("#verdict").innerText()).startsWith("The signature holds"), `${where}: the signature holds`);
}

/** What plays on a sandbox says what is missing. */
async function missing(page, prefix, where) {
  await page.goto(`${prefix}#clock`);
  await page.locator("#do-request").click();
  await until(async () => (await page.locator("main").innerText()).includes("needs a sandbox"), `${where}: a sandbox is asked for in words`);
  await page.goto(`${prefix}#patterns/sign`);
  await page.locator("#turn").scrollIntoViewIfNeeded();
  await page.locator('input[name="turn-line"]').first().check();
  await page.locator("#turn-go").click();
  await until(async () => (await page.locator("#turn-message").innerText()).includes("needs a sandbox"), `${where}: a challenge says what it needs`);
}

await run(async (browser, prefix) => {
  for (const colorScheme of ["light", "dark"]) {
    for (const [size, viewport] of Object.entries(SIZES)) {
      const where = `lab-export-${size}-${colorScheme}`;
      const context = await browser.window({ colorScheme, viewport });
      const page = await context.newPage();
      const strays = [];
      page.on("request", (request) => new URL(request.url()).pathname.startsWith(prefix) || strays.push(request.url()));
      page.on("response", (response) => response.status() < 400 || strays.push(`${response.status()} ${response.url()}`));
      await page.goto(prefix);
      await anatomy(page, prefix, where);
      const faults = await faultsOf(page, where);
      check(faults.length === 0, faults.join("\n"));
      await picture(page, where);
      await everyPart(page, prefix, where);
      await missing(page, prefix, where);
      check(strays.length === 0, `${where}: ${strays.join(", ")}`);
      browser.clean(where);
      await context.close();
    }
  }
});
