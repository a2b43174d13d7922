// Webhooks in the console: made, tested, told, disabled, rotated, replayed, deleted. `node webhooks.mjs ORIGIN EMAIL PASSWORD RECEIVER`.

import { check, raw, run, signIn, until } from "./harness.mjs";
import { picture } from "./measure.mjs";

const said = (page, words) => page.getByText(words).first().waitFor();

async function makes(browser, page, receiver) {
  await said(page, "Nobody is told of anything.");
  await page.getByRole("button", { name: "New webhook" }).click();
  const dialog = page.getByRole("dialog", { name: "New webhook" });
  await browser.expecting([422], async () => {
    await dialog.getByLabel("Address").fill("http://192.168.0.1/hook");
    await dialog.getByRole("button", { name: "Make the webhook" }).click();
    await dialog.locator(".notice.bad").waitFor();
  });
  await picture(page, "webhook-new");
  await dialog.getByLabel("Address").fill(receiver);
  await dialog.getByLabel("Types").selectOption(["user.created", "session.created"]);
  await dialog.getByRole("button", { name: "Make the webhook" }).click();
  const secret = await page.getByRole("textbox", { name: "Secret" }).inputValue();
  check(/^whsec_[\w+/]{43}=$/.test(secret), `a secret: ${secret}`);
  await picture(page, "webhook-secret");
  await page.getByRole("button", { name: "I have kept it" }).click();
  const row = page.locator("#webhooks tbody tr", { hasText: receiver });
  await row.getByRole("button", { name: "Send a test" }).click();
  await said(page, /Taken in \d+ ms\./);
  await row.getByText("active", { exact: true }).waitFor();
  return row;
}

/** Opens the dialog anew until it says so: deliveries are made beside the page. */
async function shows(page, row, words) {
  await until(async () => {
    await row.getByRole("link").click();
    const dialog = page.getByRole("dialog", { name: "Webhook" });
    await dialog.getByText("The last deliveries").or(dialog.getByText("Nothing was sent yet.")).first().waitFor();
    if (await dialog.locator("tbody").getByText(words).first().isVisible()) return true;
    await dialog.getByRole("button", { name: "Close" }).click();
    return false;
  }, `a delivery: ${words}`);
  return page.getByRole("dialog", { name: "Webhook" });
}

await run(async (browser, email, password, receiver) => {
  const page = await (await browser.window()).newPage();
  await signIn(page, email, password);
  await page.waitForURL("**/console");
  await page.getByRole("tab", { name: "Webhooks" }).click();
  const row = await makes(browser, page, receiver);

  await raw(browser, "/auth/register", { body: { email: "ada@example.com", password: "plum trellis anvil" } });
  const dialog = await shows(page, row, "user.created");
  await picture(page, "webhook");
  await dialog.getByRole("button", { name: "Rotate the secret" }).click();
  await page.getByRole("button", { name: "Make it" }).click();
  check((await page.getByRole("textbox", { name: "Secret" }).inputValue()).startsWith("whsec_"), "another secret");
  await said(page, "The one before signs as well until");
  await page.getByRole("button", { name: "I have kept it" }).click();
  await dialog.getByLabel("Since").fill("2020-01-01T00:00");
  await dialog.getByRole("button", { name: "Replay" }).click();
  await page.getByRole("dialog", { name: "Tell it once more?" }).getByRole("button", { name: "Replay" }).click();
  await said(page, "It is told once more.");
  await dialog.getByRole("button", { name: "Disable" }).click();
  await row.getByText("disabled", { exact: true }).waitFor();

  await row.getByRole("link").click();
  await dialog.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("button", { name: "Delete it" }).click();
  await said(page, "Nobody is told of anything.");
});
