// A password that is in a list of stolen ones: the account page says so after the sign-in, until another is chosen.

import { check, raw, run, signIn } from "./harness.mjs";

const STOLEN = "plum trellis anvil 31";
const BETTER = "corridor-warden 1893";

await run(async (browser) => {
  const page = await (await browser.window()).newPage();
  const told = page.getByText("This password is in a list of stolen passwords.");
  await signIn(page, "ada@example.com", STOLEN);
  await page.waitForURL("**/account");
  await told.waitFor();
  await page.getByText("Choose another.").waitFor();
  await page.reload();
  await told.waitFor();

  await page.getByLabel("Current password").fill(STOLEN);
  await browser.expecting([422], async () => {
    await page.getByLabel("New password", { exact: true }).fill(STOLEN);
    await page.getByRole("button", { name: "Change password" }).click();
    await page.locator("#password-error").filter({ hasText: "list of stolen passwords" }).waitFor();
  });
  await page.getByLabel("New password", { exact: true }).fill(BETTER);
  await page.getByRole("button", { name: "Change password" }).click();
  await page.getByText("Your password is changed").waitFor();
  check((await page.locator("#page-message").textContent()) === "", "it is said no longer");
  await page.reload();
  await page.getByText("this one").waitFor();
  check((await page.locator("#page-message").textContent()) === "", "nor after a reload");

  const other = await (await browser.window()).newPage();
  await signIn(other, "bob@example.com", BETTER);
  await other.getByText("this one").waitFor();
  check((await other.locator("#page-message").textContent()) === "", "others are not told");
});
