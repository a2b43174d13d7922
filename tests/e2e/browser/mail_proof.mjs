// Where who registers proves the address before coming in: by the code of the mail, or by its link.

import { check, raw, run, signIn } from "./harness.mjs";
import { Mailbox, hides } from "./mailbox.mjs";
import { picture } from "./measure.mjs";

const GOOD = "hall-monitor 4711";

const confirm = (page) => page.getByRole("button", { name: "Confirm and sign in" }).click();
const stranger = async (browser) => (await browser.window()).newPage();

/** Registers through the form; the answer is that a mail tells the rest. */
async function register(page, email) {
  await page.goto("/");
  await page.waitForLoadState("networkidle");
  await page.getByRole("tab", { name: "Register" }).click();
  check(!(await page.getByRole("button", { name: "Email me a link" }).isVisible()), "there is no account to sign in to yet");
  await page.getByLabel("Email address").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(GOOD);
  await page.getByRole("button", { name: "Make my account" }).click();
  await page.getByRole("heading", { name: "Confirm your address" }).waitFor();
}

async function byCode(browser, mailbox) {
  const page = await stranger(browser);
  await register(page, "ada@example.com");
  await picture(page, "confirm");
  const { code } = await mailbox.next("ada@example.com", "Confirm your email address");
  check(await page.getByRole("button", { name: /^Send the mail again in/ }).isDisabled(), "not at once");
  await confirm(page);
  await page.getByText("Type the code from the mail.").waitFor();
  await browser.expecting([400], async () => {
    await page.getByLabel("The code from the mail").fill(code === "0000 0000" ? "0000 0001" : "0000 0000");
    await confirm(page);
    await page.locator("#code-error").filter({ hasText: "not good" }).waitFor();
  });
  await page.getByLabel("The code from the mail").fill(code);
  await confirm(page);
  await page.waitForURL("**/account");
  await page.getByText("this one").waitFor();
  check((await page.getByRole("button", { name: "Confirm it" }).count()) === 0, "nothing is left to confirm");
}

/** Whoever comes back later is asked for the code, and may have another one sent. */
async function later(browser, mailbox) {
  await raw(browser, "/auth/register", { body: { email: "grace@example.com", password: GOOD } });
  await mailbox.next("grace@example.com", "Confirm your email address");
  const page = await stranger(browser);
  await browser.expecting([403], async () => {
    await signIn(page, "grace@example.com", GOOD);
    await page.getByText("When you registered, a mail went to grace@example.com.").waitFor();
  });
  await picture(page, "confirm-later");
  await page.getByRole("button", { name: "Back" }).click();
  await page.getByLabel("Password", { exact: true }).waitFor();
  await browser.expecting([403], async () => {
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("button", { name: "Send the mail again" }).click();
    await page.getByText("Another mail is on its way.").waitFor();
  });
  const { code } = await mailbox.next("grace@example.com", "Confirm your email address");
  await page.getByLabel("The code from the mail").fill(code);
  await confirm(page);
  await page.waitForURL("**/account");
}

/** The link, where nobody is signed in: signing in goes with it. */
async function byLink(browser, mailbox) {
  const context = await browser.window();
  const first = await context.newPage();
  await register(first, "barbara@example.com");
  const { link } = await mailbox.next("barbara@example.com", "Confirm your email address");
  const page = await context.newPage();
  await browser.expecting([401, 403], async () => {
    await page.goto(link);
    await page.getByText("Sign in with your password to go on.").waitFor();
    await hides(page);
    await page.getByLabel("Email address").fill("barbara@example.com");
    await page.getByLabel("Password", { exact: true }).fill(GOOD);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL("**/account");
  });
  await hides(page);
  await page.getByText("this one").waitFor();
  check((await page.getByRole("button", { name: "Confirm it" }).count()) === 0, "nothing is left to confirm");
  // The tab that waits for the code has learnt of it.
  await first.waitForURL("**/account");

  // A link of somebody else proves nothing: a code is asked for.
  await raw(browser, "/auth/register", { body: { email: "edsger@example.com", password: GOOD } });
  const other = await stranger(browser);
  await browser.expecting([400, 401, 403], async () => {
    await other.goto(link);
    await other.getByText("Sign in with your password to go on.").waitFor();
    await other.getByLabel("Email address").fill("edsger@example.com");
    await other.getByLabel("Password", { exact: true }).fill(GOOD);
    await other.getByRole("button", { name: "Sign in" }).click();
    await other.getByText("That is not good, or no longer").waitFor();
    await other.getByLabel("The code from the mail").waitFor();
  });
}

/** An address that has an account is answered alike; the mail tells its owner. */
async function taken(browser, mailbox) {
  const page = await stranger(browser);
  await register(page, "ada@example.com");
  const mail = await mailbox.next("ada@example.com", "You already have an account");
  check(mail.code === null, "there is nothing to type");
}

await run(async (browser, email, password, folder) => {
  const mailbox = new Mailbox(folder);
  await byCode(browser, mailbox);
  await later(browser, mailbox);
  await byLink(browser, mailbox);
  await taken(browser, mailbox);
});
