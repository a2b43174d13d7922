// Every page, light and dark, wide and narrow: nothing that axe finds serious, light, and still while it is painted.

import { check, raw, run, signIn } from "./harness.mjs";
import { budget, faultsOf, firstVisit, looks, picture } from "./measure.mjs";

const GOOD = "hall-monitor 4711";

const dialog = (name) => async (page) => {
  await page.getByRole("link", { name }).first().click();
  await page.getByRole("dialog").locator("table").waitFor();
};
const shown = (part) => (page) => page.getByRole("dialog").locator(part).first().waitFor();
const chosen = async (page) => {
  await page.getByLabel("Choose grace@example.com").check();
  await page.getByRole("button", { name: "Suspend…" }).click();
};
const tab = (name) => (page) => page.getByRole("tab", { name }).click();

/** Where, what shows that it is complete, and what is opened before it is looked at. */
const PAGES = [
  ["sign-in", "/", "#form"],
  ["register", "/", "#form", tab("Register")],
  ["signed-out", "/?why=bye", ".notice"],
  ["session-ended", "/?why=token_expired", ".notice"],
  ["token-reused", "/?why=token_reuse", ".notice"],
  ["forgotten", "/reset", "#form"],
  ["undo", "/undo#hpm_AAAA", "#form"],
  ["link", "/#link=hpm_AAAA", "#mail-go"],
  ["account", "/account", ".session"],
  ["console", "/console", "#users td"],
  ["console-keys", "/console#keys", ".chart"],
  ["console-locks", "/console#locks", "#locks .empty"],
  ["console-mail", "/console#mail", "#mail td"],
  ["console-audit", "/console#audit", "#audit td"],
  ["console-config", "/console#config", "#config td"],
  ["console-incident", "/console#incidents", "#incidents td", dialog("Open the timeline")],
  ["console-user", "/console", "#users td", dialog("ada@example.com")],
  ["console-bulk", "/console", "#users td", chosen],
  ["console-new-user", "/console#new-user", "dialog form", shown("form")],
  ["console-row", "/console#audit/1", "dialog dl", shown("dl")],
  ["console-help", "/console#help", "dialog table", shown("table")],
  ["docs", "/docs", "details"],
  ["problem", "/problems/token_reuse", "h1"],
  ["lost", "/nothing-here", "h1"],
  ["no-such-problem", "/problems/nothing", "h1"],
];

/** Where nothing is, which Chromium reports in the console. */
const LOST = new Set(["lost", "no-such-problem"]);

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

/** The sign-in page is seen by a guest, the others by an admin. */
async function enter(context, email, password) {
  const page = await context.newPage();
  await signIn(page, email, password);
  await page.waitForURL("**/console");
  // A page that is closed in the middle of a refresh would leave a spent cookie to the next.
  await page.locator("#users td").first().waitFor();
  await page.close();
}

await run(async (browser, email, password) => {
  await furnish(browser, email, password, process.env.HALLPASS_SCREENSHOTS ? 7000 : 0);
  const faults = [];
  for (const { size, viewport, colorScheme } of looks()) {
    const context = await browser.window({ colorScheme, viewport, reducedMotion: "reduce" });
    for (const [name, path, complete, open] of PAGES) {
      if (name === "account") await enter(context, email, password);
      const where = `${name} ${size} ${colorScheme}`;
      const visit = () => firstVisit(context, path, complete);
      const { page, ...measured } = await (LOST.has(name) ? browser.expecting([404], visit) : visit());
      faults.push(...budget(where, measured));
      await open?.(page);
      faults.push(...(await faultsOf(page, where)));
      await picture(page, where.replaceAll(" ", "-"));
      await page.close();
    }
    await context.close();
  }
  check(faults.length === 0, faults.join("\n"));
});
