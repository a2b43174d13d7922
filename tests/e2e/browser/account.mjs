// From registering to signing out, with everything that is refused on the way.

import { readFileSync } from "node:fs";

import { check, raw, register, run, signIn, until } from "./harness.mjs";

const GOOD = "hall-monitor 4711";
const BETTER = "corridor-warden 1893";

/** What is said when something is refused, and beside which field. */
async function refusals(browser, page) {
  await page.goto("/", { waitUntil: "networkidle" });
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("Type your email address.").waitFor();
  check(await page.getByLabel("Email address").evaluate((field) => field === document.activeElement), "the first fault has the focus");
  await browser.expecting([422, 409, 401], async () => {
    await page.getByRole("tab", { name: "Register" }).click();
    await page.getByLabel("Email address").fill("ada@example.com");
    await page.getByLabel("Password", { exact: true }).fill("password");
    await page.getByText("Weak: easy to guess.").waitFor();
    await page.getByRole("button", { name: "Make my account" }).click();
    await page.locator("#password-error:not(:empty)").waitFor();
    await page.getByLabel("Password", { exact: true }).fill(GOOD);
    await page.getByText(/^(Good|Strong)\.$/).waitFor();
    await page.getByRole("button", { name: "Show the password" }).click();
    check((await page.getByLabel("Password", { exact: true }).getAttribute("type")) === "text", "the password can be shown");
    await page.getByRole("button", { name: "Make my account" }).click();
    await page.getByText("There is an account already").waitFor();
    await signIn(page, "ada@example.com", "not this one");
    await page.getByText("That did not match").waitFor();
  });
}

/** Five failures lock; the page counts down, and a reload does not sign anybody in. */
async function locks(browser, page) {
  await browser.expecting([401, 429], async () => {
    for (let failure = 0; failure < 5; failure += 1) await raw(browser, "/auth/login", { body: { email: "bob@example.com", password: "no" } });
    await signIn(page, "bob@example.com", GOOD);
    await page.getByText("Locked for now").waitFor();
    const left = () => page.locator("#message .num").textContent();
    const before = await left();
    check(/Time left: (2\d|30):\d\d\./.test(before), `a lock of 30 minutes: ${before}`);
    await until(async () => (await left()) !== before, "the countdown runs");
    check(await page.getByRole("button", { name: "Sign in" }).isEnabled(), "another address may be tried");
  });
}

/** Whatever the page could leave lying about: neither token may be among it. */
async function leavesNothing(context, page) {
  const kept = await page.evaluate(async () => JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }, await indexedDB.databases(), await caches.keys()]));
  check(!kept.includes("eyJ") && !kept.includes("hpr_"), `a token lies about: ${kept}`);
  check((await page.evaluate(() => document.cookie)) === "", "a script sees a cookie");
  const cookies = await context.cookies(`${page.url().split("/account")[0]}/auth/refresh`);
  // The session, and what makes the browser known to the address.
  const paths = { refresh_token: "/auth", "__Host-hp_device": "/" };
  check(cookies.length === 2, `two cookies: ${JSON.stringify(cookies)}`);
  for (const { name, httpOnly, secure, sameSite, path } of cookies) {
    check(httpOnly && secure && sameSite === "Strict" && path === paths[name], `attributes: ${JSON.stringify(cookies)}`);
  }
}

async function changesPassword(browser, page, other) {
  const change = async (current, next) => {
    await page.getByLabel("Current password").fill(current);
    await page.getByLabel("New password").fill(next);
    await page.getByRole("button", { name: "Change password" }).click();
  };
  await browser.expecting([403], async () => {
    await change("not this one", BETTER);
    await page.locator("#current-error:not(:empty)").waitFor();
  });
  await change(GOOD, BETTER);
  await page.getByText("Your password is changed").waitFor();
  await browser.expecting([401], async () => {
    await other.reload();
    await other.waitForURL((url) => url.pathname === "/");
    await other.getByText("Your session has ended").waitFor();
  });
}

/** Beside each address the place that the server tells, and nothing where it tells none. */
async function places(page) {
  const own = page.locator(".session:first-child .what + .hint");
  check((await own.textContent()).startsWith("from 127.0.0.1 · This machine · last used "), await own.textContent());
  const kinds = { "127.0.0.1": "This machine", "10.1.2.3": "Private network", "81.2.69.142": "London, United Kingdom", "172.32.0.1": undefined, "203.0.113.9": "<b>Documentation</b>" };
  await page.route("**/auth/sessions*", async (route) => {
    const answer = await (await route.fetch()).json();
    const own = answer.sessions[0];
    const others = Object.entries(kinds).map(([ip, place], index) => ({ ...own, id: `${index}`, ip, place, current: false }));
    await route.fulfill({ json: { sessions: [{ ...own, ip: "203.0.113.9" }, ...others], next_cursor: null } });
  });
  await page.reload();
  await page.getByText("this one").waitFor();
  const rows = await page.locator(".session:not(:first-child) .what + .hint").allTextContents();
  check(rows.length === Object.keys(kinds).length, rows.join("\n"));
  for (const [index, [ip, kind]] of Object.entries(kinds).entries()) {
    const same = ip === "203.0.113.9" && "the same address as here";
    check(rows[index].startsWith(`from ${[ip, kind, same, "last used "].filter(Boolean).join(" · ")}`), `${ip}: ${rows[index]}`);
  }
  await page.unroute("**/auth/sessions*");
}

/** The sign-in before this one, and the guesses since then. */
async function lastSignIn(browser, phone, page) {
  await page.locator("#last").getByText("none: this is the first").waitFor();
  await raw(browser, "/auth/login", { body: { email: "ada@example.com", password: "a guess" } });
  await page.reload();
  await page.locator("#last").getByText("from this machine, Safari 18 on iPhone").waitFor();
  await page.locator("#last").getByText("1 wrong password since then").waitFor();
  await phone.locator("#last").getByText("none: this is the first").waitFor();
}

/** What is kept of the account, as a file. */
async function takesData(page) {
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save my data" }).click()]);
  check(file.suggestedFilename() === "hallpass-account.json", file.suggestedFilename());
  const text = readFileSync(await file.path(), "utf8");
  const data = JSON.parse(text);
  check(data.account.email === "ada@example.com" && data.sessions.length === 2 && data.events.length >= 3, text);
  check(!/eyJ|hpr_|hash|\$2/.test(text), "no secret is in it");
  await page.getByText(`Saved: 2 sessions, ${data.events.length} events.`).waitFor();
}

await run(async (browser) => {
  const context = await browser.window();
  const page = await context.newPage();
  await register(page, "ada@example.com", GOOD);
  await page.getByText("ada@example.com").first().waitFor();
  await page.getByText("this one").waitFor();
  await page.locator("#good-for").filter({ hasText: /^1[0-5]:\d\d$/ }).waitFor();
  await leavesNothing(context, page);

  const stranger = await (await browser.window()).newPage();
  await refusals(browser, stranger);
  await locks(browser, stranger);

  // A second device, seen from the first, and ended from there.
  const phone = await (await browser.window({ userAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1" })).newPage();
  await signIn(phone, "ada@example.com", GOOD);
  await phone.waitForURL("**/account");
  await phone.getByText("this one").waitFor();
  await lastSignIn(browser, phone, page);
  await takesData(page);
  await places(page);
  await page.reload();
  const row = page.locator(".session", { hasText: "Safari 18 on iPhone" });
  await row.getByText("this machine").waitFor();
  await row.getByRole("button", { name: /^End the session/ }).click();
  await row.waitFor({ state: "detached" });
  await browser.expecting([401], async () => {
    await phone.reload();
    await phone.getByText("Your session has ended").waitFor();
  });

  await signIn(phone, "ada@example.com", GOOD);
  await phone.waitForURL("**/account");
  await changesPassword(browser, page, phone);

  // By keyboard: the first thing that Tab finds leads past the bar.
  await page.reload();
  await page.getByText("this one").waitFor();
  await page.keyboard.press("Tab");
  check((await page.evaluate(() => document.activeElement.textContent)) === "To the page", "a way past the bar");

  // Every session at once; then the door is closed, also for the way back.
  await signIn(phone, "ada@example.com", BETTER);
  await phone.waitForURL("**/account");
  await page.reload();
  await page.getByRole("button", { name: "Sign out everywhere" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Sign out everywhere" }).click();
  await page.waitForURL((url) => url.pathname === "/");
  await page.getByText("Signed out everywhere").waitFor();
  await browser.expecting([401], async () => {
    await phone.reload();
    await phone.waitForURL((url) => url.pathname === "/");
    await page.goto("/account");
    await page.waitForURL((url) => url.pathname === "/" && url.searchParams.get("next") === "/account");
  });

  // Signing in leads back, and signing out ends it.
  await page.getByLabel("Email address").fill("ada@example.com");
  await page.getByLabel("Password", { exact: true }).fill(BETTER);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL("**/account");
  await page.getByText("this one").waitFor();
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await page.getByText("See you soon.").waitFor();
  const left = (await context.cookies()).map(({ name }) => name);
  check(left.join() === "__Host-hp_device", `the session's cookie is gone: ${left}`);
});
