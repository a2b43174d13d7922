// The console's addresses: Back and Forward, links to a user, a session, a key and a row of the audit log; its dialogs; its
// keys; and what is done to several users at once.

import { check, raw, run, signIn, until } from "./harness.mjs";

const GOOD = "hall-monitor 4711";
const NAMES = ["ada", "barbara", "charles"];
const shown = (page) => page.getByRole("dialog");
const isClosed = (page) => until(async () => (await shown(page).count()) === 0, "no dialog is open");
const hash = (page) => new URL(page.url()).hash;
const selected = (page) => page.locator("[role=tab][aria-selected=true]").textContent();
const at = (page, expected) => until(async () => hash(page) === expected, `the address is ${expected}`);

async function theft(browser) {
  const refresh = async (token) => (await raw(browser, "/auth/refresh", { body: { refresh_token: token } })).body;
  const { body } = await raw(browser, "/auth/login", { body: { email: "ada@example.com", password: GOOD, delivery: "body" } });
  await refresh((await refresh(body.refresh_token)).refresh_token);
  check((await refresh(body.refresh_token)).code === "token_reuse", "a reuse");
}

/** Back goes through what was seen, dialog by dialog and view by view, and stays in the console. */
async function back(page) {
  await page.getByRole("tab", { name: "Incidents" }).click();
  await page.getByRole("link", { name: "Open the timeline" }).click();
  await shown(page).getByRole("link", { name: "ada@example.com" }).click();
  await shown(page).getByRole("heading", { name: "ada@example.com" }).waitFor();
  const user = hash(page);
  check(/^#users\/[0-9a-f-]{36}$/.test(user), user);
  await page.goBack();
  await shown(page).getByRole("heading", { name: "A session's life" }).waitFor();
  check((await shown(page).count()) === 1, "one dialog and no pile");
  const session = hash(page);
  await page.goBack();
  await isClosed(page);
  check((await selected(page)) === "Incidents" && hash(page) === "#incidents", hash(page));
  await page.goForward();
  await shown(page).getByRole("heading", { name: "A session's life" }).waitFor();
  await page.keyboard.press("Escape");
  await isClosed(page);
  await at(page, "#incidents");
  await page.goBack();
  await until(async () => (await selected(page)) === "Users", "the view before");
  check(new URL(page.url()).pathname === "/console", "still in the console");
  return { user, session };
}

/** What was sent to a colleague opens what it names; closing it leaves the view beneath. */
async function links(browser, context, { user, session }) {
  const page = await context.newPage();
  const opens = async (link, words, view, end = "Close") => {
    await page.goto("about:blank");
    await page.goto(`/console${link}`);
    await shown(page).getByText(words).first().waitFor();
    await shown(page).getByRole("button", { name: end }).click();
    await isClosed(page);
    await at(page, view);
  };
  await opens(user, "ada@example.com", "#users");
  await opens(session, "came again", "#incidents");
  await page.goto("/console#keys");
  const key = await page.locator("#keys td a").first().getAttribute("href");
  await opens(key, "Id (kid)", "#keys");
  await page.goto("/console#audit?event=refresh.reused");
  await until(async () => (await page.locator("#audit tbody tr").count()) === 1, "the filter is in the address");
  const row = await page.locator("#audit td a").first().getAttribute("href");
  await opens(row, "refresh.reused", "#audit");
  await opens("#new-user", "Make the account", "#users", "Cancel");
  await page.goto("/console#users?q=barbara");
  await until(async () => (await page.locator("#users tbody tr").count()) === 1, "the search is in the address");
  await page.getByRole("link", { name: "barbara@example.com" }).waitFor();
  await browser.expecting([404], async () => {
    await page.goto("/console#audit/999999");
    await shown(page).getByRole("alert").waitFor();
  });
  for (const strange of ["#constructor", "#users/", "#%", "#sessions"]) {
    await page.goto("about:blank");
    await page.goto(`/console${strange}`);
    await page.getByRole("link", { name: "ada@example.com" }).waitFor();
    await isClosed(page);
  }
  await page.close();
}

/** Tab stays in a dialog, which has a name, and so has each dialog. */
async function trap(page) {
  await page.getByRole("link", { name: "ada@example.com" }).click();
  await shown(page).getByRole("button", { name: "Delete" }).waitFor();
  for (const key of ["Tab", "Shift+Tab"]) {
    for (let n = 0; n < 25; n += 1) {
      await page.keyboard.press(key);
      check(await page.evaluate(() => document.querySelector("dialog").contains(document.activeElement)), `${key} leaves the dialog`);
    }
  }
  check((await shown(page).getAttribute("aria-labelledby")) !== null, "a name");
  await page.keyboard.press("Escape");
  await isClosed(page);
}

async function keys(page) {
  const press = async (...names) => {
    for (const name of names) await page.keyboard.press(name);
  };
  await press("g", "a");
  await until(async () => (await selected(page)) === "Audit log", "g a");
  await press("/");
  await until(async () => (await selected(page)) === "Users", "/");
  await page.keyboard.type("g a?/");
  check((await page.getByLabel("Search users by address").inputValue()) === "g a?/", "who types is not sent away");
  await page.getByLabel("Search users by address").fill("");
  await page.getByRole("heading", { name: "Console" }).click();
  await press("?");
  await shown(page).getByRole("heading", { name: "Keys" }).waitFor();
  await shown(page).getByRole("checkbox").uncheck();
  await press("Escape");
  await isClosed(page);
  await press("g", "k");
  check((await selected(page)) === "Users", "they are off");
  await page.getByRole("link", { name: "all of them" }).click();
  await shown(page).getByRole("checkbox").check();
  await press("Escape");
  await isClosed(page);
  await press("g", "u");
  await until(async () => (await selected(page)) === "Users", "g u");
}

/** Who is concerned is seen before; a refusal of one keeps nobody else from it. */
async function bulk(browser, page, email) {
  await page.getByRole("link", { name: "charles@example.com" }).waitFor();
  for (const name of [email, "barbara@example.com", "charles@example.com"]) await page.getByLabel(`Choose ${name}`).check();
  await page.getByText("3 users chosen").waitFor();
  await page.getByRole("button", { name: "Suspend…" }).click();
  const rows = shown(page).getByRole("listitem");
  check((await rows.count()) === 3, "three are concerned");
  await rows.filter({ hasText: email }).getByText("you").waitFor();
  await shown(page).getByRole("button", { name: "Cancel" }).click();
  check((await page.locator("#users").getByText("suspended").count()) === 0, "nothing was done");
  await page.getByRole("button", { name: "Suspend…" }).click();
  await browser.expecting([409], async () => {
    await shown(page).getByRole("button", { name: "Suspend" }).click();
    await shown(page).getByText("2 of 3 done").waitFor();
  });
  await rows.filter({ hasText: email }).getByText("The last admin stays").waitFor();
  await shown(page).getByRole("button", { name: "Close" }).click();
  await until(async () => (await page.locator("#users").getByText("suspended").count()) === 2, "two are suspended");
  await page.getByText("1 user chosen").waitFor();
  await page.getByRole("button", { name: "Choose none" }).click();
  await page.getByLabel("Choose ada@example.com").check();
  await page.getByRole("button", { name: "End sessions…" }).click();
  await shown(page).getByRole("button", { name: "End sessions" }).click();
  await shown(page).getByText("1 of 1 done").waitFor();
  await shown(page).getByRole("button", { name: "Close" }).click();
  await page.getByRole("link", { name: "ada@example.com" }).click();
  await shown(page).getByText("Signed in nowhere.").waitFor();
  await page.keyboard.press("Escape");
  await isClosed(page);
}

/** Every header of a table says something, if only to who listens. */
async function headers(page) {
  for (const tab of ["Users", "Incidents", "Keys", "Audit log"]) {
    await page.getByRole("tab", { name: tab }).click();
    await page.locator(".panel:not([hidden]) th").first().waitFor();
    const names = await page.locator(".panel:not([hidden]) th").allTextContents();
    check(names.every((name) => name.trim()), `${tab}: ${names.join("|")}`);
  }
}

await run(async (browser, email, password) => {
  for (const name of NAMES) await raw(browser, "/auth/register", { body: { email: `${name}@example.com`, password: GOOD } });
  await theft(browser);
  const context = await browser.window();
  const page = await context.newPage();
  await signIn(page, email, password);
  await page.waitForURL("**/console");
  await page.locator("#users td").first().waitFor();
  const found = await back(page);
  await links(browser, context, found);
  await trap(page);
  await keys(page);
  await bulk(browser, page, email);
  await headers(page);
});
