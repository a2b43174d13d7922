// Every page, in one theme, wide and narrow: nothing that axe finds serious, light, and still while it is painted.

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { check, raw, run, signIn } from "./harness.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const HEAVY = 150_000;
const SHIFT = 0.02;
const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };
const GOOD = "hall-monitor 4711";

/** Where, what shows that it is complete, and what is opened before it is looked at. */
const PAGES = [
  ["sign-in", "/", "#form"],
  ["account", "/account", ".session"],
  ["console", "/console", "#users td"],
  ["console-keys", "/console#keys", ".chart"],
  ["console-audit", "/console#audit", "#audit td"],
  ["console-incident", "/console#incidents", "#incidents td", "Open the timeline"],
  ["console-user", "/console", "#users td", "ada@example.com"],
  ["docs", "/docs", "details"],
  ["problem", "/problems/token_reuse", "h1"],
];

/** What a first visit loads, and how much of it moved after it was painted. */
async function visit(context, path, complete) {
  const page = await context.newPage();
  // As on a first visit: nothing is kept from the pages before.
  const protocol = await context.newCDPSession(page);
  await protocol.send("Network.enable");
  await protocol.send("Network.setCacheDisabled", { cacheDisabled: true });
  let bytes = 0;
  const counted = [];
  const weigh = ({ responseBodySize, responseHeadersSize }) => (bytes += responseBodySize + responseHeadersSize);
  // What the console asks for while its page is being closed has no size any more.
  page.on("requestfinished", (request) => counted.push(request.sizes().then(weigh, () => {})));
  await page.addInitScript(() => {
    window.shifted = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
  });
  await page.goto(path);
  await page.locator(complete).first().waitFor();
  await page.waitForTimeout(400);
  await Promise.all(counted);
  return { page, bytes, shift: await page.evaluate(() => window.shifted) };
}

async function serious(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 3).map((node) => `${node.target} ${node.any.map((one) => one.message).join("; ")}`).join(" | ")}`);
}

/** Something to look at; for pictures with time between what happens. */
async function furnish(browser, email, password, pause) {
  const wait = () => new Promise((go) => setTimeout(go, pause));
  const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0";
  for (const name of ["ada", "grace", "margaret", "edsger", "barbara"]) await raw(browser, "/auth/register", { body: { email: `${name}@example.com`, password: GOOD }, agent: firefox });
  let token = (await raw(browser, "/auth/login", { body: { email: "ada@example.com", password: GOOD, delivery: "body" }, agent: firefox })).body.refresh_token;
  const refresh = async (from, agent) => (await wait(), await raw(browser, "/auth/refresh", { body: { refresh_token: from }, agent })).body.refresh_token;
  for (let turn = 0; turn < 3; turn += 1) token = await refresh(token, firefox);
  await refresh(await refresh(token, "python-requests/2.32"), "python-requests/2.32");
  await refresh(token, firefox);
  await raw(browser, "/auth/login", { body: { email: "grace@example.com", password: "guess" }, agent: "curl/8.5.0" });
  await raw(browser, "/auth/login", { body: { email, password }, agent: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1" });
}

await run(async (browser, email, password, colorScheme) => {
  // With HALLPASS_SCREENSHOTS=folder each page is kept as a picture.
  const folder = process.env.HALLPASS_SCREENSHOTS;
  await furnish(browser, email, password, folder ? 7000 : 0);
  const faults = [];
  for (const [size, viewport] of Object.entries(SIZES)) {
    const context = await browser.window({ colorScheme, viewport });
    const entrance = await context.newPage();
    for (const [name, path, complete, open] of PAGES) {
      // The sign-in page is seen by a guest, the others by an admin.
      if (name === "account") {
        await signIn(entrance, email, password);
        await entrance.waitForURL("**/console");
        await entrance.close();
      }
      const { page, bytes, shift } = await visit(context, path, complete);
      if (open) {
        await page.getByRole("button", { name: open }).first().click();
        await page.getByRole("dialog").locator("table").waitFor();
        await page.waitForTimeout(200);
      }
      const where = `${name} ${size} ${colorScheme}`;
      console.log(`${where.padEnd(34)} ${(bytes / 1000).toFixed(1).padStart(6)} kB  shift ${shift.toFixed(4)}`);
      if (bytes >= HEAVY) faults.push(`${where} weighs ${bytes}`);
      if (shift > SHIFT) faults.push(`${where} shifts by ${shift}`);
      const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (sideways > 0) faults.push(`${where} scrolls sideways by ${sideways}`);
      faults.push(...(await serious(page)).map((found) => `${where}: ${found}`));
      if (folder) await page.screenshot({ path: `${folder}/${name}-${size}-${colorScheme}.png` });
      await page.close();
    }
    await context.close();
  }
  check(faults.length === 0, faults.join("\n"));
});
