// What every page is measured by: what a first visit loads, what moves once it is painted, what axe finds.

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const HEAVY = 150_000;
const SHIFT = 0.02;

/** In one run both themes are looked at: the phone is dark. */
export const theme = (size) => (size === "phone" || size === SIZES.phone ? "dark" : "light");

export const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };

/** What pages are looked at in: each size in one theme, or in both with HALLPASS_EVERY_THEME. */
export const looks = () => Object.entries(SIZES).flatMap(([size, viewport]) => {
  const themes = process.env.HALLPASS_EVERY_THEME ? ["light", "dark"] : [theme(size)];
  return themes.map((colorScheme) => ({ size, viewport, colorScheme }));
});

/** Lets the page paint what it has: two frames, and a moment in which nothing is under way. */
async function settle(page) {
  await page.waitForLoadState("networkidle");
  await page.evaluate(() => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted))));
}

/** Opens a page as on a first visit, waits until it is `complete`, and measures it. */
export async function firstVisit(context, path, complete) {
  const page = await context.newPage();
  const protocol = await context.newCDPSession(page);
  await protocol.send("Network.enable");
  await protocol.send("Network.setCacheDisabled", { cacheDisabled: true });
  let bytes = 0;
  const counted = [];
  const weigh = ({ responseBodySize, responseHeadersSize }) => (bytes += responseBodySize + responseHeadersSize);
  // What the console asks for while its page is being closed has no size any more.
  page.on("requestfinished", (request) => counted.push(request.sizes().then(weigh, () => {})));
  await page.addInitScript(() => {
    Object.assign(window, { shifted: 0, moved: [] });
    const told = ({ node, previousRect: from, currentRect: to }) =>
      `${node?.nodeName} #${node?.id} .${node?.className}: ${from.x},${from.y} ${from.width}x${from.height} -> ${to.x},${to.y} ${to.width}x${to.height}`;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries().filter(({ hadRecentInput }) => !hadRecentInput)) {
        window.shifted += entry.value;
        window.moved.push(...entry.sources.map(told));
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
  await page.goto(path);
  await page.locator(complete).first().waitFor();
  await settle(page);
  await Promise.all(counted);
  const [shift, paint, moved] = await page.evaluate(() =>
    [window.shifted, performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN, window.moved]);
  return { page, bytes, shift, paint, moved };
}

/** Prints what was measured, and answers what is too much of it. The time is printed and not judged: machines differ. */
export function budget(where, { bytes, shift, paint, moved }) {
  console.log(`${where.padEnd(38)} ${(bytes / 1000).toFixed(1).padStart(6)} kB  shift ${shift.toFixed(4)}  first paint ${paint.toFixed(0).padStart(5)} ms`);
  const faults = [];
  if (bytes < 1000) faults.push(`${where} was not weighed: ${bytes}`);
  // That page is the API description, and grows with it.
  if (bytes >= (where.startsWith("docs ") ? 200_000 : HEAVY)) faults.push(`${where} weighs ${bytes}`);
  if (shift > SHIFT) faults.push(`${where} shifts by ${shift}: ${moved.join("; ")}`);
  return faults;
}

/** What axe finds serious, headers of tables that say nothing, and whatever makes the page wider than its window. */
export async function faultsOf(page, where) {
  // The page's policy lets no script in; the debugger's evaluation is outside it.
  await page.evaluate(`${AXE}; undefined`);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  const serious = violations.filter(({ id, impact }) => impact === "serious" || impact === "critical" || id === "empty-table-header");
  const told = serious.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 3).map((node) => `${node.target} ${node.any.map((one) => one.message).join("; ")}`).join(" | ")}`);
  return [...told, ...(await wide(page))].map((found) => `${where}: ${found}`);
}

async function wide(page) {
  return page.evaluate(() => {
    const { clientWidth, scrollWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const nodes = [...document.querySelectorAll("main *")].filter((node) => node.getBoundingClientRect().right > clientWidth + 1);
    return [`scrolls sideways by ${scrollWidth - clientWidth}: ${nodes.slice(0, 5).map((node) => node.className?.baseVal ?? node.className).join(", ")}`];
  });
}

/** With HALLPASS_SCREENSHOTS=folder each page is kept as a picture. */
export async function picture(page, name, options = {}) {
  const folder = process.env.HALLPASS_SCREENSHOTS;
  // Nothing is pointed at.
  if (folder) await page.mouse.move(0, 0);
  if (folder) await page.screenshot({ path: `${folder}/${name}.png`, ...options });
}
