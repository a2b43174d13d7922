// A mail scanner between hallpass and its users: it asks for each link by HEAD and by GET, opens it in a Chromium of its own,
// and presses every button that it finds. Nothing happens by that, and each link is still good for whom it was sent to.

import { check, raw, run } from "./harness.mjs";
import { Mailbox } from "./mailbox.mjs";
import { picture } from "./measure.mjs";

const [GOOD, BETTER] = ["hall-monitor 4711", "corridor-warden 1893"];
/** An account from before yesterday, which is told of sign-ins from unknown devices. */
const OLD = ["old@example.com", "plum trellis anvil 31"];

const tokenOf = ({ link }) => /hpm_[\w-]+$/.exec(link)[0];

/** Asks, and takes an answer of this status only. */
async function asked(browser, path, status, options) {
  const answer = await raw(browser, path, options);
  check(answer.status === status, `${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** Makes an account; its access token. */
const made = async (browser, email) => (await asked(browser, "/auth/register", 201, { body: { email, password: GOOD } })).access_token;
const entered = async (browser, email, password) => (await asked(browser, "/auth/login", 200, { body: { email, password, delivery: "body" } })).access_token;

/** One mail of each kind that carries something, and what its owner does with it. */
async function mails(browser, mailbox, admin) {
  const post = (path, status, body, token) => asked(browser, path, status, { body, token });
  const ada = await made(browser, "ada@example.com");
  const verify = await mailbox.next("ada@example.com", "Confirm your email address");

  await made(browser, "bob@example.com");
  await post("/auth/password/forgot", 202, { email: "bob@example.com" });
  const reset = await mailbox.next("bob@example.com", "Set a new password");

  await made(browser, "cleo@example.com");
  const link = await post("/auth/magic", 202, { email: "cleo@example.com" });
  const signIn = await mailbox.next("cleo@example.com", "Sign in");

  const dora = await made(browser, "dora@example.com");
  await post("/auth/email", 202, { new_email: "dora@example.net", current_password: GOOD }, dora);
  const change = await mailbox.next("dora@example.net", "Confirm your new email address");

  const emil = await made(browser, "emil@example.com");
  await post("/auth/email/verify", 204, { token: tokenOf(await mailbox.next("emil@example.com", "Confirm your email")) }, emil);
  await post("/auth/email", 202, { new_email: "emil@example.net", current_password: GOOD }, emil);
  await post("/auth/email/verify", 204, { token: tokenOf(await mailbox.next("emil@example.net", "Confirm your new")) }, emil);
  const undo = await mailbox.next("emil@example.com", "Your email address was changed");

  await post("/admin/users", 201, { email: "fred@example.com", invite: true }, admin);
  const invitation = await mailbox.next("fred@example.com", "You have an account");

  await entered(browser, ...OLD);
  const device = await mailbox.next(OLD[0], "New sign-in to your account");

  await made(browser, "gina@example.com");
  const unlock = await post("/auth/unlock", 202, { email: "gina@example.com" });
  const locked = await mailbox.next("gina@example.com", "Unlock your account");

  return [
    [verify, "/auth/email/verify", 204, {}, ada],
    [reset, "/auth/password/reset", 204, { new_password: BETTER }],
    [signIn, "/auth/magic/confirm", 200, { digits: link.digits, delivery: "body" }],
    [change, "/auth/email/verify", 204, {}, dora],
    [undo, "/auth/email/undo", 204, { email: "emil@example.com" }],
    [invitation, "/auth/password/reset", 204, { new_password: BETTER }],
    [device, "/auth/device/disown", 204, { email: OLD[0] }],
    [locked, "/auth/unlock/confirm", 204, { digits: unlock.digits }],
  ];
}

/** Presses whatever can be pressed, a page at most at a time; how many buttons that were. */
async function pressAll(page) {
  const pressed = new Set();
  for (;;) {
    const buttons = await page.locator("main button:visible:enabled").all();
    const named = await Promise.all(buttons.map(async (button) => [await button.innerText().catch(() => ""), button]));
    const next = named.find(([name]) => !pressed.has(name));
    if (!next || pressed.size > 20) return pressed.size;
    pressed.add(next[0]);
    await next[1].click({ timeout: 5_000 }).catch(() => null);
    await page.waitForLoadState("networkidle");
  }
}

async function scan(browser, { subject, link }) {
  for (const method of ["HEAD", "GET", "GET"]) {
    // A program leaves the fragment out, as a browser does, or does not know better.
    for (const path of [link.split("#")[0], link.replace("#", "?"), link.replace("#", "%23")]) await fetch(browser.origin + path, { method, redirect: "manual" });
  }
  const page = await (await browser.window()).newPage();
  await page.goto(link, { waitUntil: "networkidle" });
  const count = await pressAll(page);
  await picture(page, `scanned-${subject.split(" - ")[0].toLowerCase().replaceAll(" ", "-")}`);
  check(count > 0, `${subject}: there was nothing to press`);
  await page.context().close();
  return count;
}

await run(async (browser, email, password, folder) => {
  const mailbox = new Mailbox(folder);
  const all = await mails(browser, mailbox, await entered(browser, email, password));
  let buttons = 0;
  await browser.expecting([400, 401, 403, 404, 409, 422, 429], async () => {
    for (const [mail] of all) buttons += await scan(browser, mail);
  });
  for (const [mail, path, status, body, token] of all) await asked(browser, path, status, { body: { token: tokenOf(mail), ...body }, token });
  // And only once.
  for (const [mail, path, , body, token] of all) check((await raw(browser, path, { body: { token: tokenOf(mail), ...body }, token })).status >= 400, `${mail.subject} works twice`);
  console.log(`${all.length} links, ${buttons} buttons pressed`);
});
