// What people do with the mails that they are sent: another password, a sign-in without one, another address.

import { check, raw, register, run, signIn } from "./harness.mjs";
import { Mailbox, hides } from "./mailbox.mjs";
import { picture } from "./measure.mjs";

const GOOD = "hall-monitor 4711";
const BETTER = "corridor-warden 1893";
const OTHER = "janitor-closet 2077";

const isIn = (page) => page.waitForURL("**/account");
const said = (page, words) => page.getByText(words).first().waitFor();

/** A page of a browser that knows nobody. */
const stranger = async (browser, options) => (await browser.window(options)).newPage();

/** A forgotten password, by the link of a mail; the link works once. */
async function forgotten(browser, mailbox) {
  await raw(browser, "/auth/register", { body: { email: "ada@example.com", password: GOOD } });
  const page = await stranger(browser);
  await page.goto("/");
  await page.getByRole("link", { name: "Forgot your password?" }).click();
  await page.waitForURL("**/reset");
  await page.waitForLoadState("networkidle");
  await page.getByRole("button", { name: "Send the mail" }).click();
  await said(page, "Type your email address.");
  await page.getByLabel("Email address").fill("ada@example.com");
  await page.getByRole("button", { name: "Send the mail" }).click();
  await said(page, "Check your mail");
  await picture(page, "reset-code");
  const mail = await mailbox.next("ada@example.com", "Set a new password");
  check(mail.link.startsWith("/reset#hpm_"), mail.link);

  // The code does not fit; the link does, in the very tab that waits for the code.
  await browser.expecting([400, 422], async () => {
    await page.getByLabel("The code from the mail").fill("0000 0000");
    await page.getByLabel("New password", { exact: true }).fill(BETTER);
    await page.getByRole("button", { name: "Set the password" }).click();
    await page.locator("#code-error:not(:empty)").waitFor();
    await page.goto(mail.link);
    await page.getByLabel("Email address").waitFor({ state: "hidden" });
    await hides(page);
    await picture(page, "reset-link");
    await page.getByLabel("New password", { exact: true }).fill("password");
    await page.getByRole("button", { name: "Set the password" }).click();
    await page.locator("#password-error:not(:empty)").waitFor();
  });
  await page.getByLabel("New password", { exact: true }).fill(BETTER);
  await page.getByRole("button", { name: "Set the password" }).click();
  await said(page, "Your password is set");
  await picture(page, "reset-done");
  await signIn(page, "ada@example.com", BETTER);
  await isIn(page);

  await browser.expecting([400], async () => {
    await page.goto(mail.link);
    await page.getByLabel("New password", { exact: true }).fill(OTHER);
    await page.getByRole("button", { name: "Set the password" }).click();
    await said(page, "That is not good, or no longer");
    await page.getByLabel("Email address").waitFor();
  });
}

/** Asks for a mail that signs in; answers the page that waits, and its digits. */
async function askForLink(browser, email, context) {
  const page = context ? await context.newPage() : await stranger(browser);
  await page.goto("/");
  await page.waitForLoadState("networkidle");
  await page.getByRole("button", { name: "Email me a link" }).click();
  await said(page, "Type your email address.");
  await page.getByLabel("Email address").fill(email);
  await page.getByRole("button", { name: "Email me a link" }).click();
  await said(page, "Check your mail");
  const digits = await page.locator("#digits").textContent();
  check(/^\d{4}$/.test(digits), `four digits: ${digits}`);
  check(await page.getByRole("button", { name: /^Send the mail again in \d+ s$/ }).isDisabled(), "not at once");
  return { page, digits };
}

/** The code, in the browser that asked; a wrong one is said beside its field. */
async function byCode(browser, mailbox) {
  const { page } = await askForLink(browser, "grace@example.com");
  await picture(page, "by-mail");
  const { code } = await mailbox.next("grace@example.com", "Sign in");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await said(page, "Type the code from the mail.");
  await browser.expecting([400], async () => {
    await page.getByLabel("The code from the mail").fill(code === "0000 0000" ? "0000 0001" : "0000 0000");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.locator("#code-error").filter({ hasText: "not good" }).waitFor();
  });
  await page.getByLabel("The code from the mail").fill(code);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await isIn(page);
  await said(page, "grace@example.com");
}

/** The link in the same browser: one button, and the page that waits follows. */
async function byLink(browser, mailbox) {
  const context = await browser.window();
  const { page } = await askForLink(browser, "barbara@example.com", context);
  const { link } = await mailbox.next("barbara@example.com", "Sign in");
  check(link.startsWith("/#link=hpm_"), link);
  const asked = [];
  const second = await context.newPage();
  second.on("request", (request) => request.method() === "POST" && asked.push(request.url()));
  await second.goto(link);
  await said(second, "Almost there");
  await hides(second);
  await second.waitForLoadState("networkidle");
  check(asked.length === 0, `nothing is sent before the button is pressed: ${asked}`);
  await picture(second, "by-link");
  await second.getByRole("button", { name: "Sign in", exact: true }).click();
  await isIn(second);
  await isIn(page);
}

/** The link in another browser asks for the digits that the first one shows. */
async function byDigits(browser, mailbox) {
  const { digits } = await askForLink(browser, "edsger@example.com");
  const { link } = await mailbox.next("edsger@example.com", "Sign in");
  const phone = await stranger(browser);
  await browser.expecting([400], async () => {
    await phone.goto(link);
    await phone.getByRole("button", { name: "Sign in", exact: true }).click();
    await said(phone, "Where did you start?");
    await picture(phone, "by-digits");
    await phone.getByLabel("The four digits").fill(digits === "0000" ? "1111" : "0000");
    await phone.getByRole("button", { name: "Sign in", exact: true }).click();
    await phone.locator("#code-error").filter({ hasText: "not good" }).waitFor();
  });
  await phone.getByLabel("The four digits").fill(digits);
  await phone.getByRole("button", { name: "Sign in", exact: true }).click();
  await isIn(phone);
  await said(phone, "edsger@example.com");
}

/** The banner of an account whose address nobody has proved, and the link that was opened before signing in. */
async function proves(browser, mailbox) {
  const page = await stranger(browser);
  await register(page, "linus@example.com", GOOD);
  const first = await mailbox.next("linus@example.com", "Confirm your email address");
  await page.getByRole("button", { name: "Confirm it" }).click();
  await said(page, "With a confirmed address");
  await picture(page, "verify-banner");
  await page.getByRole("button", { name: "Confirm", exact: true }).click();
  await said(page, "Type the code from the mail.");
  await browser.expecting([400], async () => {
    await page.locator("#verify-code").fill("1234 5678");
    await page.getByRole("button", { name: "Confirm", exact: true }).click();
    await page.locator("#verify-code-error").filter({ hasText: "not good" }).waitFor();
  });
  await page.locator("#verify-code").fill(first.code);
  await page.getByRole("button", { name: "Confirm", exact: true }).click();
  await said(page, "Your address is confirmed.");
  await page.locator("#verify .notice").waitFor({ state: "detached" });
  await page.locator("#proof").getByText("just now").waitFor();

  // Signed out: the link goes by way of the sign-in page, and is used when its button is pressed.
  await raw(browser, "/auth/register", { body: { email: "margaret@example.com", password: GOOD } });
  const { link } = await mailbox.next("margaret@example.com", "Confirm your email address");
  check(link.startsWith("/account#verify=hpm_"), link);
  const other = await stranger(browser);
  await browser.expecting([401], async () => {
    await other.goto(link);
    await other.waitForURL((url) => url.pathname === "/");
    await said(other, "Sign in with your password to go on.");
  });
  await hides(other);
  await picture(other, "verify-signed-out");
  await other.getByLabel("Email address").fill("margaret@example.com");
  await other.getByLabel("Password", { exact: true }).fill(GOOD);
  await other.getByRole("button", { name: "Sign in" }).click();
  await isIn(other);
  await other.getByRole("button", { name: "Confirm the address" }).waitFor();
  await hides(other);
  await picture(other, "verify-link");
  await other.getByRole("button", { name: "Confirm the address" }).click();
  await said(other, "Your address is confirmed.");
  await browser.expecting([400], async () => {
    await other.goto(link);
    await other.getByRole("button", { name: "Confirm the address" }).click();
    await said(other, "That is not good, or no longer");
  });
  return page;
}

/** Another address; and whoever it was not, undoes it. */
async function changes(browser, mailbox, page) {
  const change = async (email, password) => {
    await page.getByLabel("New address").fill(email);
    await page.locator("#email-password").fill(password);
    await page.getByRole("button", { name: "Send a mail to the new address" }).click();
  };
  await browser.expecting([403, 422], async () => {
    await change("nowhere", GOOD);
    await page.locator("#new-email-error:not(:empty)").waitFor();
    await change("thief@example.com", "not this one");
    await page.locator("#email-password-error:not(:empty)").waitFor();
  });
  await change("thief@example.com", GOOD);
  await page.locator("#email-code").waitFor();
  await picture(page, "change-email", { fullPage: true });
  const { code } = await mailbox.next("thief@example.com", "Confirm your new email address");
  await browser.expecting([400], async () => {
    await page.locator("#email-code").fill("1111 1111");
    await page.locator("#email-confirm").click();
    await page.locator("#email-code-error").filter({ hasText: "not good" }).waitFor();
  });
  await page.locator("#email-code").fill(code);
  await page.locator("#email-confirm").click();
  await said(page, "Your address is changed.");
  await page.locator("#who").filter({ hasText: "thief@example.com" }).waitFor();

  const mail = await mailbox.next("linus@example.com", "Your email address was changed");
  check(mail.link.startsWith("/undo#hpm_"), mail.link);
  const owner = await stranger(browser);
  await owner.goto("/undo");
  await said(owner, "Open the link of the mail");
  await owner.goto(mail.link);
  await owner.getByRole("button", { name: "Put it back" }).waitFor();
  await hides(owner);
  await picture(owner, "undo");
  // Nothing happens for who types nothing.
  await owner.getByRole("button", { name: "Put it back" }).click();
  await owner.locator("#email-error:not(:empty)").waitFor();
  await owner.getByLabel("Your email address").fill("linus@example.com");
  await owner.getByRole("button", { name: "Put it back" }).click();
  await said(owner, "Your old address is back");
  await picture(owner, "undo-done");
  await browser.expecting([401], async () => {
    await page.reload();
    await page.waitForURL((url) => url.pathname === "/");
  });
  const { link } = await mailbox.next("linus@example.com", "Set a new password");
  await owner.goto(link);
  await owner.getByLabel("New password", { exact: true }).fill(BETTER);
  await owner.getByRole("button", { name: "Set the password" }).click();
  await said(owner, "Your password is set");
  await signIn(owner, "linus@example.com", BETTER);
  await isIn(owner);
  await browser.expecting([400], async () => {
    await owner.goto(mail.link);
    await owner.getByLabel("Your email address").fill("linus@example.com");
    await owner.getByRole("button", { name: "Put it back" }).click();
    await said(owner, "This link works once");
  });
}

await run(async (browser, _email, _password, folder) => {
  const mailbox = new Mailbox(folder);
  for (const name of ["grace", "barbara", "edsger"]) await raw(browser, "/auth/register", { body: { email: `${name}@example.com`, password: GOOD } });
  await forgotten(browser, mailbox);
  await byCode(browser, mailbox);
  await byLink(browser, mailbox);
  await byDigits(browser, mailbox);
  await changes(browser, mailbox, await proves(browser, mailbox));
});
