// Known devices: strangers who guess lock no owner out, a lock is ended by mail, a sign-in from elsewhere is told and disowned.

import { check, raw, run, signIn } from "./harness.mjs";
import { Mailbox, hides } from "./mailbox.mjs";
import { picture } from "./measure.mjs";

const [EMAIL, PASSWORD, BETTER] = ["old@example.com", "plum trellis anvil 31", "corridor-warden 1893"];

const isIn = (page) => page.waitForURL("**/account");
const said = (page, words) => page.getByText(words).first().waitFor();
const stranger = async (browser) => (await browser.window()).newPage();

async function guess(browser) {
  for (let n = 0; n < 5; n += 1) {
    const { status } = await raw(browser, "/auth/login", { body: { email: EMAIL, password: `guess ${n}` } });
    check(status === 401, `a stranger's guess: ${status}`);
  }
}

/** From a browser that nobody knows: locked out, let in again by the link of a mail, and known from then on. */
async function unlocked(browser, mailbox) {
  const page = await stranger(browser);
  await browser.expecting([429], async () => {
    await signIn(page, EMAIL, PASSWORD);
    await said(page, "Account locked for 30 minutes");
  });
  await picture(page, "locked");
  await page.getByRole("button", { name: "Email me a link that unlocks it" }).click();
  await said(page, "Check your mail");
  await picture(page, "unlock-sent");
  const { link } = await mailbox.next(EMAIL, "Unlock your account");
  check(link.startsWith("/#unlock=hpm_"), link);
  const posts = [];
  page.on("request", (request) => request.method() === "POST" && posts.push(request.url()));
  await page.goto(link);
  await page.getByRole("button", { name: "Unlock it" }).waitFor();
  await hides(page);
  await page.waitForLoadState("networkidle");
  check(posts.length === 0, `nothing is sent before the button is pressed: ${posts}`);
  await picture(page, "unlock-link");
  await page.getByRole("button", { name: "Unlock it" }).click();
  await said(page, "Your account is unlocked");
  await picture(page, "unlocked");
  await guess(browser);
  await page.getByLabel("Email address").fill(EMAIL);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await isIn(page);
}

/** Somebody who knows the password: the owner is told, and throws everyone out. */
async function disowned(browser, mailbox, owner) {
  const { link, text } = await mailbox.next(EMAIL, "New sign-in to your account");
  check(text.includes("Chrome, Linux"), text);
  check(link.startsWith("/undo#device=hpm_"), link);
  await owner.goto(link);
  await owner.getByRole("button", { name: "This was not me" }).waitFor();
  await said(owner, "from a device that was not known");
  check(!(await owner.getByText("Put the old address back").isVisible()), "no word about an address");
  await hides(owner);
  await picture(owner, "disown");
  await owner.getByLabel("Your email address").fill(EMAIL);
  await owner.getByRole("button", { name: "This was not me" }).click();
  await said(owner, "Everyone is signed out");
  await picture(owner, "disowned");
  // The old password opens nothing; the mail allows another one, and ends the lock that strangers have closed again.
  const mail = await mailbox.next(EMAIL, "Set a new password");
  await owner.goto(mail.link);
  await owner.getByLabel("New password", { exact: true }).fill(BETTER);
  await browser.expecting([401], async () => {
    await owner.getByRole("button", { name: "Set the password" }).click();
    await said(owner, "Your password is set");
    await signIn(owner, EMAIL, PASSWORD);
    await said(owner, "Check both.");
  });
  await signIn(owner, EMAIL, BETTER);
  await isIn(owner);
}

await run(async (browser, _email, _password, folder) => {
  const mailbox = new Mailbox(folder);
  const owner = await stranger(browser);
  await signIn(owner, EMAIL, PASSWORD);
  await isIn(owner);
  await guess(browser);
  await owner.getByRole("button", { name: "Sign out", exact: true }).click();
  await owner.waitForURL((url) => url.pathname === "/");
  await signIn(owner, EMAIL, PASSWORD);
  await isIn(owner);
  await unlocked(browser, mailbox);
  await disowned(browser, mailbox, owner);
});
