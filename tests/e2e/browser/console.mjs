// The console, with everything an admin does there.

import { check, raw, run, signIn, until } from "./harness.mjs";

const GOOD = "hall-monitor 4711";
const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0";

const dialog = (page) => page.getByRole("dialog").last();
const yes = (page, name) => dialog(page).getByRole("button", { name }).click();

/** A theft: the thief refreshes with a copy, and the owner's refresh shows it. */
async function theft(browser) {
  const refresh = async (token, agent) => raw(browser, "/auth/refresh", { body: { refresh_token: token }, agent });
  const { body } = await raw(browser, "/auth/login", { body: { email: "ada@example.com", password: GOOD, delivery: "body" }, agent: FIREFOX });
  const second = await refresh(body.refresh_token, FIREFOX);
  const stolen = second.body.refresh_token;
  await refresh((await refresh(stolen, "curl/8.5.0")).body.refresh_token, "curl/8.5.0");
  check((await refresh(stolen, FIREFOX)).body.code === "token_reuse", "the theft is found out");
}

async function users(browser, page) {
  await page.getByRole("button", { name: "New user" }).click();
  await dialog(page).getByLabel("Email address").fill("linus@example.com");
  await browser.expecting([422], async () => {
    await dialog(page).getByLabel("Password").fill("password");
    await yes(page, "Make the account");
    await dialog(page).getByRole("alert").waitFor();
  });
  await dialog(page).getByLabel("Password").fill(GOOD);
  await yes(page, "Make the account");
  await page.getByRole("link", { name: "linus@example.com" }).waitFor();
  await page.getByLabel("Search users by address").fill("LINUS");
  await page.getByRole("link", { name: "ada@example.com" }).waitFor({ state: "detached" });

  await page.getByRole("link", { name: "linus@example.com" }).click();
  await dialog(page).getByText("Signed in nowhere.").waitFor();
  await dialog(page).getByLabel("Role").selectOption("admin");
  await dialog(page).getByRole("button", { name: "Change role" }).click();
  await page.locator("#users tr", { hasText: "linus@example.com" }).getByText("admin").waitFor();
  await raw(browser, "/auth/login", { body: { email: "linus@example.com", password: GOOD } });
  await lockedAndUnlocked(browser, page, "linus@example.com");
  await dialog(page).getByText("One session").waitFor();
  await dialog(page).locator("td", { hasText: "127.0.0.1" }).getByText("This machine", { exact: true }).waitFor();
  await dialog(page).getByRole("button", { name: "End", exact: true }).click();
  await dialog(page).getByText("Signed in nowhere.").waitFor();
  await dialog(page).getByRole("button", { name: "Suspend" }).click();
  await yes(page, "Suspend");
  await dialog(page).getByRole("button", { name: "Activate" }).waitFor();
  check((await raw(browser, "/auth/login", { body: { email: "linus@example.com", password: GOOD } })).status === 401, "suspended is out");
  await dialog(page).getByRole("button", { name: "Activate" }).click();
  // The buttons are made anew when the answer is there: a click before that may go to one that leaves.
  await dialog(page).getByRole("button", { name: "Suspend" }).waitFor();
  await dialog(page).getByRole("button", { name: "Log out everywhere" }).click();
  await yes(page, "Cancel");
  await dialog(page).getByRole("button", { name: "Delete" }).click();
  await yes(page, "Delete for good");
  await until(async () => (await page.getByRole("dialog").count()) === 0, "nothing is left open");
  await page.getByRole("link", { name: "linus@example.com" }).waitFor({ state: "detached" });
  await page.getByLabel("Search users by address").fill("LINUS");
  await page.getByText("No address contains that.").waitFor();
  await page.getByLabel("Search users by address").fill("");
}

/** A lock is seen in the list and in the account, and a button against it is there as long as it is. */
async function lockedAndUnlocked(browser, page, email) {
  check((await dialog(page).getByRole("button", { name: "Unlock" }).count()) === 0, "nothing to unlock");
  for (let n = 0; n < 5; n += 1) await raw(browser, "/auth/login", { body: { email, password: "a wrong guess" } });
  await page.reload();
  await dialog(page).getByText("locked", { exact: true }).waitFor();
  await page.locator("#users tr", { hasText: email }).getByText("locked", { exact: true }).waitFor();
  await dialog(page).getByRole("button", { name: "Unlock" }).click();
  await dialog(page).getByText("locked", { exact: true }).waitFor({ state: "detached" });
  await page.locator("#users tr", { hasText: email }).getByText("locked", { exact: true }).waitFor({ state: "detached" });
  check((await dialog(page).getByRole("button", { name: "Unlock" }).count()) === 0, "nothing to unlock any more");
}

async function incident(page) {
  await page.getByRole("tab", { name: "Incidents" }).click();
  await page.locator("#incidents").getByRole("link", { name: "ada@example.com" }).waitFor();
  await page.getByRole("link", { name: "Open the timeline" }).click();
  await dialog(page).getByText("The earlier one looks like the thief").waitFor();
  const rows = await dialog(page).locator(".family li").allTextContents();
  check(rows.length === 4, `login, thief, reuse, end: ${rows.join(" | ")}`);
  check(rows[0].includes("Tokens 0 to 1: login and one refresh") && rows[0].includes("127.0.0.1 · This machine · Firefox 143 on Linux"), rows[0]);
  check(rows[1].includes("Tokens 2 to 3: 2 refreshes") && rows[1].includes("curl 8.5.0") && rows[1].includes("likely the thief"), rows[1]);
  check(rows[2].includes("Token 1 came again") && rows[2].includes("Firefox") && !rows[2].includes("likely"), rows[2]);
  check(rows[3].includes("All of it was revoked"), rows[3]);
  await until(async () => (await dialog(page).locator(".family svg path").count()) >= 5, "the lanes are drawn");
  await yes(page, "Close");
}

async function keys(browser, page) {
  await page.getByRole("tab", { name: "Keys" }).click();
  await page.locator(".chart").waitFor();
  const count = () => page.locator("#keys tbody tr").count();
  const before = await count();
  await page.getByRole("button", { name: "Rotate now" }).click();
  await yes(page, "Rotate");
  await until(async () => (await count()) === before + 1, "a key more");
  await page.locator("#keys").getByText("retired", { exact: true }).first().waitFor();
  await browser.expecting([409], async () => {
    await page.getByRole("button", { name: "Rotate now" }).click();
    await yes(page, "Rotate");
    await dialog(page).getByText("Rotate although the next key is not ripe?").waitFor();
    await yes(page, "Cancel");
  });
  await page.locator("#keys tr", { hasText: "retired" }).getByRole("button", { name: /^Revoke/ }).click();
  await dialog(page).getByText("is refused at once").waitFor();
  await browser.expecting([401], async () => {
    // The page's own token was signed by it: it refreshes, and goes on.
    await yes(page, "Revoke the key");
    await page.locator("#keys tr", { hasText: "revoked" }).first().waitFor();
  });
}

async function audit(page) {
  await page.getByRole("tab", { name: "Audit log" }).click();
  await page.getByLabel("Event").selectOption("refresh.reused");
  await page.locator("#audit-user").fill("ada@example.com");
  await page.getByRole("button", { name: "Filter" }).click();
  await until(async () => (await page.locator("#audit tbody tr").count()) === 1, "one reuse, and nothing else");
  await page.locator("#audit").getByText("presented=1").waitFor();
  await page.locator("#audit").getByRole("link", { name: "ada@example.com" }).waitFor();
  await page.locator("#audit-user").fill("nobody@example.com");
  await page.getByRole("button", { name: "Filter" }).click();
  await until(async () => (await page.locator("#audit tbody tr").count()) === 0, "no reuse there");
  await page.getByLabel("Event").selectOption("account.locked");
  await page.getByRole("button", { name: "Filter" }).click();
  await page.locator("#audit").getByText("email=nobody@example.com").waitFor();
  await page.getByLabel("Before").fill("2020-01-01T00:00");
  await page.getByRole("button", { name: "Filter" }).click();
  await page.locator("#audit").getByText("Nothing here.").waitFor();
}

async function locks(browser, page) {
  const guess = () => raw(browser, "/auth/login", { body: { email: "nobody@example.com", password: "a wrong guess" } });
  for (let n = 0; n < 5; n += 1) await guess();
  check((await guess()).body.code === "account_locked", "the address is locked");
  await page.getByRole("tab", { name: "Locks" }).click();
  const row = page.locator("#locks tr", { hasText: "nobody@example.com" });
  await row.getByText("no account").waitFor();
  await row.getByText("this machine").waitFor();
  await page.locator("#lock-email").fill("ada@example.com");
  await page.getByRole("button", { name: "Look" }).click();
  await page.getByText("No address is locked.").waitFor();
  await page.locator("#lock-email").fill("");
  await page.getByRole("button", { name: "Look" }).click();
  await row.getByRole("button", { name: "Unlock nobody@example.com" }).click();
  await page.getByText("No address is locked.").waitFor();
}

await run(async (browser, email, password) => {
  await raw(browser, "/auth/register", { body: { email: "ada@example.com", password: GOOD } });
  await theft(browser);
  const context = await browser.window();
  const page = await context.newPage();
  await signIn(page, email, password);
  await page.waitForURL("**/console");
  await page.locator(".tile", { hasText: "Reuse" }).getByText("1", { exact: true }).waitFor();
  const logins = page.locator(".tile", { hasText: "Logins" }).first();
  const shown = async () => Number(await logins.locator(".value").textContent());
  const before = await shown();
  await raw(browser, "/auth/login", { body: { email: "ada@example.com", password: GOOD } });
  await until(async () => (await shown()) === before + 1, "the counter follows by itself");
  await logins.getByText(`${before + 1} in the last day`).waitFor();
  check((await logins.getByRole("img").getAttribute("aria-label")).startsWith(`Logins in the last hour: ${before + 1}, at most`), "what the chart tells");
  await page.getByText("Last day", { exact: true }).click();
  await logins.getByText(`${before + 1} in the last hour`).waitFor();
  await users(browser, page);
  await locks(browser, page);
  await incident(page);
  await keys(browser, page);
  await audit(page);
  await page.getByRole("tab", { name: "Webhooks" }).press("ArrowRight");
  await page.locator("#config tr", { hasText: "token.access_ttl" }).getByText("15m").waitFor();
  check((await page.locator("#config tr", { hasText: "keys.master_key" }).textContent()).includes("master.key"), "the place, not the key");

  const user = await (await browser.window()).newPage();
  await signIn(user, "ada@example.com", GOOD);
  await user.waitForURL("**/account");
  await browser.expecting([403], async () => {
    await user.goto("/console");
    await user.getByText("Your role does not open this page").waitFor();
  });
});
