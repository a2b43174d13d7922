// A forgotten password: an admin has a one-time password made, and its owner replaces it while signing in.

import { check, raw, run, signIn } from "./harness.mjs";

const GOOD = "hall-monitor 4711";
const BETTER = "corridor-warden 1893";

await run(async (browser, email, password) => {
  await raw(browser, "/auth/register", { body: { email: "ada@example.com", password: GOOD } });
  const admin = await (await browser.window()).newPage();
  await signIn(admin, email, password);
  await admin.waitForURL("**/console");
  await admin.getByRole("link", { name: "ada@example.com" }).click();
  const dialog = admin.getByRole("dialog").last();
  await dialog.getByRole("button", { name: "One-time password" }).click();
  await dialog.getByRole("button", { name: "Make a one-time password" }).click();
  const shown = admin.getByRole("dialog", { name: "One-time password" });
  const once = await shown.locator("code").textContent();
  check(/^[a-z2-9]{5}(-[a-z2-9]{5}){3}$/.test(once), once);
  await shown.getByRole("button", { name: "I have handed it over" }).click();
  await dialog.getByText("one-time", { exact: true }).waitFor();
  await dialog.getByText("Signed in nowhere.").waitFor();

  const page = await (await browser.window()).newPage();
  const next = page.getByLabel("New password", { exact: true });
  await browser.expecting([401, 403, 422], async () => {
    await signIn(page, "ada@example.com", GOOD);
    await page.getByText("That did not match").waitFor();
    check(!(await next.isVisible()), "nothing to renew yet");
    await signIn(page, "ada@example.com", once);
    await page.getByText("Choose your own password").waitFor();
    check(await next.evaluate((field) => field === document.activeElement), "the cursor is where it is needed");
    await page.getByRole("button", { name: "Set my password and sign in" }).click();
    await page.getByText("Choose a new password.").waitFor();
    await next.fill("password");
    await page.getByRole("button", { name: "Set my password and sign in" }).click();
    await page.locator("#next-error").filter({ hasText: "attackers try" }).waitFor();
    await next.fill(once);
    await page.getByRole("button", { name: "Set my password and sign in" }).click();
    await page.locator("#next-error").filter({ hasText: "must differ" }).waitFor();
  });
  await next.fill(BETTER);
  await page.getByRole("button", { name: "Show the new password" }).click();
  check((await next.getAttribute("type")) === "text", "it can be read");
  await page.getByRole("button", { name: "Set my password and sign in" }).click();
  await page.waitForURL("**/account");
  await page.getByText("this one").waitFor();
  check((await raw(browser, "/auth/login", { body: { email: "ada@example.com", password: once } })).status === 401, "it was good once");
  check((await raw(browser, "/auth/login", { body: { email: "ada@example.com", password: BETTER } })).status === 200, "the new one is");
});
