// What an administrator sees of mails: an account that is made for somebody, the mails of the last week, one that waits.

import { check, raw, run, signIn } from "./harness.mjs";
import { Mailbox } from "./mailbox.mjs";
import { picture } from "./measure.mjs";

const GOOD = "hall-monitor 4711";

const isIn = (page) => page.waitForURL("**/account");
const said = (page, words) => page.getByText(words).first().waitFor();

/** A page of a browser that knows nobody. */
const stranger = async (browser) => (await browser.window()).newPage();

/** An account that an administrator makes, whose owner chooses the password. */
async function invites(browser, mailbox, admin) {
  await admin.getByRole("button", { name: "New user" }).click();
  const dialog = admin.getByRole("dialog").last();
  await dialog.getByLabel("Email address").fill("joan@example.com");
  await dialog.getByLabel("Send an invitation").check();
  await dialog.getByLabel("Password", { exact: true }).waitFor({ state: "hidden" });
  await picture(admin, "console-invite");
  await dialog.getByRole("button", { name: "Send the invitation" }).click();
  const row = admin.locator("#users tr", { hasText: "joan@example.com" });
  await row.waitFor();
  const { link } = await mailbox.next("joan@example.com", "You have an account");
  const joan = await stranger(browser);
  await joan.goto(link);
  await joan.getByLabel("New password", { exact: true }).fill(GOOD);
  await joan.getByRole("button", { name: "Set the password" }).click();
  await said(joan, "Your password is set");
  await signIn(joan, "joan@example.com", GOOD);
  await isIn(joan);
}

/** The mails of the last week, one of them, and one that is sent from a user's dialog. */
async function inConsole(mailbox, admin) {
  await admin.getByRole("link", { name: "grace@example.com" }).click();
  const user = admin.getByRole("dialog").last();
  await user.getByRole("button", { name: "Send a mail" }).click();
  const choice = admin.getByRole("dialog", { name: "Send a mail" });
  await choice.getByRole("button", { name: "Reset the password" }).waitFor();
  await picture(admin, "console-send");
  await choice.getByRole("button", { name: "Reset the password" }).click();
  await said(admin, "The mail is on its way.");
  await mailbox.next("grace@example.com", "Set a new password");
  await user.getByRole("button", { name: "Close" }).click();

  await admin.getByRole("tab", { name: "Mail" }).click();
  const rows = admin.locator("#mail tbody tr");
  const newest = rows.filter({ hasText: "grace@example.com" }).filter({ hasText: "Reset the password" }).first();
  await newest.getByText("sent", { exact: true }).waitFor();
  await picture(admin, "console-mail");
  await newest.getByRole("link", { name: "Reset the password" }).click();
  const shown = admin.getByRole("dialog").last();
  await shown.locator("pre").filter({ hasText: "/reset#hpm_" }).waitFor();
  await picture(admin, "console-mail-one");
  await shown.getByRole("button", { name: "Close" }).click();
  await admin.getByLabel("State").selectOption("waiting");
  await admin.getByText("No mail.").waitFor();
  check(new URL(admin.url()).hash === "#mail?state=waiting", admin.url());
  await admin.getByLabel("State").selectOption("sent");
  await newest.waitFor();
}

/** One that waits may be tried at once. */
async function retries(admin) {
  const asked = [];
  const at = new Date(Date.now() + 600_000).toISOString();
  const waiting = { id: "01980000-0000-7000-8000-000000000001", template: "reset_password", user: null, user_email: null, state: "waiting", attempts: 2, not_before: at, created_at: at, expires_at: at, settled_at: null, last_error: "451 4.7.1 Try again later" };
  await admin.route("**/admin/mail*", (route) => route.fulfill({ json: { items: asked.length ? [{ ...waiting, state: "sent", attempts: 3, settled_at: at, last_error: null }] : [waiting], next_cursor: null } }));
  await admin.route("**/admin/mail/*/retry", (route) => {
    asked.push(route.request().method());
    return route.fulfill({ status: 204 });
  });
  await admin.getByLabel("State").selectOption("");
  await admin.locator("#mail").getByText("451 4.7.1 Try again later").waitFor();
  await picture(admin, "console-mail-waiting");
  await admin.getByRole("button", { name: "Try now" }).click();
  await admin.locator("#mail").getByText("sent", { exact: true }).waitFor();
  check(asked.join() === "POST", asked.join());
  await admin.unrouteAll();
}

await run(async (browser, email, password, folder) => {
  const mailbox = new Mailbox(folder);
  await raw(browser, "/auth/register", { body: { email: "grace@example.com", password: GOOD } });
  const admin = await stranger(browser);
  await signIn(admin, email, password);
  await admin.waitForURL("**/console");
  await admin.locator("#users td").first().waitFor();
  await invites(browser, mailbox, admin);
  await inConsole(mailbox, admin);
  await retries(admin);
});
