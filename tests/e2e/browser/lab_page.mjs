// The page itself, at two widths and in both themes: axe finds nothing serious, nothing shifts, nothing overflows, it
// weighs little; and a lab that refuses says so. Where HALLPASS_SCREENSHOTS names a folder, it leaves pictures there.

import { readFileSync } from "node:fs";
import { check, run } from "./harness.mjs";
import { visit, words } from "./lab_support.mjs";

const AXE = readFileSync(new URL("../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const SECTIONS = ["anatomy", "patterns/refresh", "patterns/password", "clock", "walkthrough", "metaphor", "why", "deep", "quiz"];
const LIMIT = 150_000;

async function axe(page, where) {
  // The page's policy lets no script in; the debugger's evaluation is outside it.
  await page.evaluate(`${AXE}; undefined`);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  check(serious.length === 0, `${where}: ${serious.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).slice(0, 3).join(" ")}`).join("; ")}`);
}

async function overflow(page, where) {
  const wide = await page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    return document.documentElement.scrollWidth > width ? [...document.querySelectorAll("main *")].filter((node) => node.getBoundingClientRect().right > width + 1).map((node) => node.className?.baseVal ?? node.className).slice(0, 5) : [];
  });
  check(wide.length === 0, `${where}: wider than the window: ${wide.join(", ")}`);
}

/** How much a first visit loads, and how much moves while nobody touches anything. */
async function first(browser, viewport) {
  const context = await browser.window({ viewport });
  const page = await context.newPage();
  await page.addInitScript(() => {
    globalThis.shifted = 0;
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => (globalThis.shifted += entry.hadRecentInput ? 0 : entry.value))).observe({ type: "layout-shift", buffered: true });
  });
  await visit(page, "anatomy");
  await page.waitForTimeout(1000);
  const shifted = await page.evaluate(() => globalThis.shifted);
  const weight = await page.evaluate(() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")].reduce((sum, entry) => sum + entry.decodedBodySize, 0));
  console.log(`first load at ${viewport.width}: ${weight} bytes, layout shift ${shifted.toFixed(4)}`);
  check(weight > 10_000 && weight < LIMIT, `${weight} bytes at first`);
  check(shifted < 0.02, `the layout shifts by ${shifted}`);
  await context.close();
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
    await page.locator("#play-said[data-ended]").waitFor();
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
    await page.goto("/lab");
    await page.getByText("Every sandbox of the lab is in use.").first().waitFor();
  });
  await page.unroute("**/lab/box");
  await page.getByRole("button", { name: "Try again" }).click();
  await page.locator('#lab-stage[data-ready="anatomy"]').waitFor();
  check((await words(page, ".token")).length > 100, "after the refusal the lab opens");
  await context.close();
}

const pictures = process.env.HALLPASS_SCREENSHOTS;

await run(async (browser) => {
  for (const [width, height] of [[1280, 900], [390, 844]]) {
    await first(browser, { width, height });
    for (const colorScheme of ["light", "dark"]) {
      const context = await browser.window({ viewport: { width, height }, colorScheme, reducedMotion: "reduce" });
      const page = await context.newPage();
      for (const section of SECTIONS) {
        const where = `${section} at ${width}, ${colorScheme}`;
        await visit(page, section);
        if (section === "patterns/refresh") {
          await browser.expecting([401], async () => {
            await page.locator("#play").click();
            await page.locator("#play-said[data-ended]").waitFor();
          });
        }
        await overflow(page, where);
        await axe(page, where);
        if (pictures) await page.screenshot({ path: `${pictures}/${section.replace("/", "-")}-${width}-${colorScheme}.png`, fullPage: true });
      }
      browser.clean(`${width} ${colorScheme}`);
      await context.close();
    }
  }
  await still(browser);
  await refusal(browser);
});
