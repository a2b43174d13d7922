// What every browser test shares: a Chromium that tells of everything a page should not do.

import { chromium } from "playwright-core";

const ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];

/** A generous bound on any single wait: machines in CI are slow. */
const PATIENCE = 60_000;

/** Fails with words. */
export function check(good, words) {
  if (!good) throw new Error(words);
}

/** A browser on one origin. What pages do wrong is collected in `wrongs`, but for pages of the origins in `strangers`. */
export class Browser {
  static async start(origin) {
    const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ARGS });
    return new Browser(browser, origin);
  }

  constructor(browser, origin) {
    Object.assign(this, { browser, origin, wrongs: [], expected: [], strangers: new Set() });
  }

  /** A window with a cookie jar of its own. */
  async window(options = {}) {
    const context = await this.browser.newContext({ baseURL: this.origin, ...options });
    context.setDefaultTimeout(PATIENCE);
    await context.addInitScript(() => {
      addEventListener("securitypolicyviolation", (event) => {
        console.error(`CSP: ${event.violatedDirective} refused ${event.blockedURI} ${event.sample}`);
      });
    });
    context.on("request", (request) => {
      const url = new URL(request.url());
      if (url.origin !== this.origin && !this.strangers.has(url.origin) && url.protocol !== "data:") this.wrongs.push(`left the origin: ${request.url()}`);
    });
    context.on("page", (page) => this.watch(page));
    return context;
  }

  watch(page) {
    page.on("pageerror", (error) => this.wrongs.push(`page error at ${page.url()}: ${error.stack ?? error}`));
    page.on("console", (message) => {
      if (message.type() !== "error" && message.type() !== "warning") return;
      if (URL.canParse(page.url()) && this.strangers.has(new URL(page.url()).origin)) return;
      const text = message.text();
      const refusal = text.match(/the server responded with a status of (\d+)/);
      if (refusal && this.expected.includes(Number(refusal[1]))) return;
      if (this.expected.some((words) => typeof words === "string" && text.includes(words))) return;
      this.wrongs.push(`console at ${page.url()}: ${text} (${message.location()?.url ?? ""})`);
    });
  }

  /** Refusals with these statuses, and faults with these words, are part of what is tested while `work` runs: Chromium reports each in the console. */
  async expecting(statuses, work) {
    this.expected = statuses;
    try {
      return await work();
    } finally {
      this.expected = [];
    }
  }

  /** Nothing went wrong so far. */
  clean(where) {
    check(this.wrongs.length === 0, `${where}:\n  ${this.wrongs.join("\n  ")}`);
  }

  async close() {
    await this.browser.close();
  }
}

/** Runs a flow against the server that the arguments name, and says how it went. */
export async function run(flow) {
  const [origin, ...rest] = process.argv.slice(2);
  const browser = await Browser.start(origin);
  try {
    await flow(browser, ...rest);
    browser.clean("at the end");
    console.log("ok");
  } catch (error) {
    console.error(error.stack ?? String(error));
    if (browser.wrongs.length) console.error(`the pages said:\n  ${browser.wrongs.join("\n  ")}`);
    process.exitCode = 1;
  } finally {
    await browser.close();
  }
}

/** A request that no browser made. */
export async function raw(browser, path, { method = "POST", body, token, agent = "raw/1" } = {}) {
  const headers = { "User-Agent": agent, "Content-Type": "application/json", ...(token && { Authorization: `Bearer ${token}` }) };
  const answer = await fetch(browser.origin + path, { method, headers, body: body && JSON.stringify(body) });
  return { status: answer.status, body: await answer.json().catch(() => null) };
}

/** Signs in through the form. */
export async function signIn(page, email, password) {
  // What is pressed before the page's script has come does nothing.
  await page.goto("/", { waitUntil: "networkidle" });
  await page.getByLabel("Email address").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Makes an account through the form. */
export async function register(page, email, password) {
  await page.goto("/", { waitUntil: "networkidle" });
  await page.getByRole("tab", { name: "Register" }).click();
  await page.getByLabel("Email address").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Make my account" }).click();
  await page.waitForURL("**/account");
}

/** Waits until something holds, without hurry. */
export async function until(holds, words) {
  const end = Date.now() + PATIENCE;
  while (!(await holds())) {
    check(Date.now() < end, `in vain: ${words}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
