// What strangers choose is shown as letters: addresses, and what their programs call themselves.

import { check, raw, run, signIn, until } from "./harness.mjs";

const GOOD = "hall-monitor 4711";
const AGENTS = [
  "<img src=x onerror=\"window.owned=1\">", "<script>window.owned=1</script>", "\"><svg onload=window.owned=1>",
  "{{constructor.constructor('window.owned=1')()}}", "javascript:window.owned=1", "'-window.owned=1-'",
  "Mozilla/5.0 (<b>Linux</b>) Firefox/1<img src=x onerror=window.owned=1>",
];
/** As far as the grammar of addresses goes. */
const NAMES = ["o'clock", "a{b}c", "`id`", "x=y&z", "a/b", "$(id)", "constructor", "__proto__", "hasOwnProperty"];

async function isUnhurt(page, where) {
  check(!(await page.evaluate(() => "owned" in window)), `${where}: a script ran`);
  const strange = await page.evaluate(() => document.querySelectorAll("main img[src='x'], main script, main b, dialog img, dialog script, dialog b, main svg[onload], .claims img, .claims script").length);
  check(strange === 0, `${where}: markup came of text`);
}

/** What comes by the address bar, and what shows that the page has read it. Somebody who is signed in is led on. */
const ADDRESSES = [
  ["/?why=%3Cimg%20src=x%20onerror=window.owned=1%3E&next=javascript:window.owned=1", "#users td"],
  ["/console#%3Cimg%20src=x%3E", "#users td"],
  ["/account?next=//evil.example", ".session"],
  ["/lab#%E0%A4%A", '#lab-stage[data-ready="walkthrough"]'],
  ["/lab#%3Cimg%20src=x%20onerror=window.owned=1%3E/%3Cimg%20src=x%3E", '#lab-stage[data-ready="walkthrough"]'],
  ["/lab#anatomy/%3Cimg%20src=x%20onerror=window.owned=1%3E.%E0%A4%A", '#lab-stage[data-ready="anatomy"]'],
  ["/lab#patterns/__proto__", '#pattern[data-ready="sign"]'],
];

/** Tokens that a stranger wrote, on the lab's table: names, values, times and what is no JSON at all. */
async function tokens(page) {
  await page.goto("/lab#anatomy");
  await page.locator("#editor").waitFor();
  const url = (text) => Buffer.from(text).toString("base64url");
  const evil = "<img src=x onerror=window.owned=1>";
  const payload = `{"${evil}":"${evil}","__proto__":{"owned":1},"constructor":"x","exp":1e300,"iat":-1e15,"sub":["<script>window.owned=1</script>"]}`;
  for (const token of [`${url(JSON.stringify({ alg: evil, kid: evil, typ: evil }))}.${url(payload)}.AAAA`, `${evil}.${url(evil)}.${evil}`, `${url("{}")}.${url(`{"a":${"[".repeat(900)}${"]".repeat(900)}}`)}.x`]) {
    const turn = () => page.locator("#checks").getAttribute("data-turn");
    const before = await turn();
    await page.locator("#paste").fill(token);
    await until(async () => (await turn()) !== before, `${token.slice(0, 20)} is judged`);
    for (const name of ["header", "signature", "payload"]) {
      await page.locator(`.seg-tab.${name}`).click();
      await isUnhurt(page, `the lab, ${name} of ${token.slice(0, 20)}`);
    }
  }
}

await run(async (browser, email, password) => {
  let taken = 0;
  for (const name of NAMES) taken += (await raw(browser, "/auth/register", { body: { email: `${name}@example.com`, password: GOOD }, agent: AGENTS[0] })).status === 201;
  check(taken >= 4, `only ${taken} of the hostile addresses could be registered`);
  for (const agent of AGENTS) {
    const entered = await raw(browser, "/auth/login", { body: { email, password }, agent });
    check(entered.status === 200, `an agent is refused: ${agent}`);
    await raw(browser, "/auth/login", { body: { email: "'\"><img/src=x>@example.com", password: "x" }, agent });
    await raw(browser, "/auth/login", { body: { email: "__proto__@example.com", password: "x" }, agent });
  }
  const page = await (await browser.window()).newPage();
  await signIn(page, email, password);
  await page.waitForURL("**/console");
  await page.getByRole("link", { name: "o'clock@example.com" }).waitFor();
  await isUnhurt(page, "users");
  await page.getByRole("tab", { name: "Audit log" }).click();
  await page.locator("#audit td").first().waitFor();
  const titles = await page.locator("#audit [title]").evaluateAll((nodes) => nodes.map((node) => node.title));
  for (const agent of AGENTS) check(titles.includes(agent), `shown as it is: ${agent}`);
  await isUnhurt(page, "the audit log");
  await page.getByRole("tab", { name: "Users" }).click();
  await page.getByRole("link", { name: email }).click();
  await page.getByRole("dialog").getByText(/sessions$/).waitFor();
  await isUnhurt(page, "sessions of a user");
  await page.getByRole("dialog").getByRole("link", { name: "Timeline" }).nth(1).click();
  await page.locator(".family li").first().waitFor();
  await isUnhurt(page, "a timeline");
  await page.goto("/account");
  const list = page.locator("#sessions");
  await until(async () => (await list.locator(".session").count()) > AGENTS.length, "all sessions are listed");
  await list.getByText("<img", { exact: false }).first().waitFor();
  await isUnhurt(page, "the account");

  for (const [path, complete] of ADDRESSES) {
    // By way of another page: an address that differs in its fragment alone would load nothing.
    await page.goto("/problems/forbidden");
    await page.goto(path);
    await page.locator(complete).first().waitFor();
    await isUnhurt(page, path);
    check(new URL(page.url()).origin === browser.origin, `${path} leads away`);
  }
  await tokens(page);

  // The policy itself: markup and code from text are refused by the browser, whoever asks.
  await page.goto("/docs");
  const refused = await page.evaluate(() => {
    const attempts = [() => (document.body.innerHTML = "<i>x</i>"), () => document.body.insertAdjacentHTML("beforeend", "<i>x</i>"), () => (document.createElement("script").text = "1"), () => document.body.setAttribute("onclick", "1")];
    return attempts.map((attempt) => {
      try {
        attempt();
        return false;
      } catch {
        return true;
      }
    });
  });
  check(refused.every(Boolean), `refused by the policy: ${refused}`);
  browser.wrongs.splice(0); // Each refusal was reported, as it should be.
});
