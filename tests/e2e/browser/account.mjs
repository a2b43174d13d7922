// From registering to signing out, with everything that is refused on the way.

import { check, raw, register, run, signIn, until } from "./harness.mjs";

const GOOD = "hall-monitor 4711";
const BETTER = "corridor-warden 1893";

/** What is said when something is refused, and beside which field. */
async function refusals(browser, page) {
  await page.goto("/");
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
  check(cookies.length === 1, `one cookie: ${JSON.stringify(cookies)}`);
  const [{ httpOnly, secure, sameSite, path }] = cookies;
  check(httpOnly && secure && sameSite === "Strict" && path === "/auth", `its attributes: ${JSON.stringify(cookies)}`);
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
  check((await context.cookies()).length === 0, "the cookie is gone");
});
