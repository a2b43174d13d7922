// The account and sign-in pages when something is slow, away, or not hallpass at all; and on a narrow phone.

import { check, register, run, until } from "./harness.mjs";

const GOOD = "hall-monitor 4711";
const LONG = "ada.lovelace.the-countess@analytical-engine.example.com";
const PHONE = { width: 390, height: 844 };
const PROXY = { status: 502, contentType: "text/html", body: "<html><h1>502 Bad Gateway</h1>nginx</html>" };

/** The address is whole, no word of it is broken, and nothing lies on it. */
async function narrow(page) {
  await page.setViewportSize(PHONE);
  await page.reload();
  await page.getByText("this one").waitFor();
  check((await page.locator("#who").textContent()) === LONG, "the address is whole");
  const faults = await page.locator("#who").evaluate((who) => {
    const found = [];
    for (const node of who.childNodes) {
      if (node.nodeType !== Node.TEXT_NODE) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      if (range.getClientRects().length > 1) found.push(`broken: ${node.data}`);
    }
    const [seal, text] = [document.querySelector(".me img"), who].map((one) => one.getBoundingClientRect());
    const apart = seal.right <= text.left || text.right <= seal.left || seal.bottom <= text.top || text.bottom <= seal.top;
    return apart ? found : [...found, "the seal lies on the address"];
  });
  check(faults.length === 0, faults.join("; "));
}

async function withoutScripts(browser) {
  const page = await (await browser.window({ javaScriptEnabled: false })).newPage();
  for (const path of ["/account", "/console", "/"]) {
    await page.goto(path);
    await page.getByText(/needs JavaScript/).waitFor();
    check(!(await page.getByText("Reading…").isVisible()), `${path} waits for ever`);
    check(!(await page.locator(".scripted").isVisible()), `${path} shows what cannot work`);
  }
}

/** A part that does not come: the page offers to be loaded again. */
async function withoutAPart(browser, page) {
  await page.route("**/js/session.js", (route) => route.abort());
  await browser.expecting(["net::ERR_FAILED"], async () => {
    await page.goto("/account");
    await page.getByText("The page did not load completely").waitFor();
  });
  await page.unroute("**/js/session.js");
  await page.getByRole("link", { name: "Load it again" }).click();
  await page.getByText("this one").waitFor();
}

async function away(browser, page) {
  await page.route("**/auth/**", (route) => route.abort());
  await browser.expecting(["net::ERR_FAILED"], async () => {
    await page.goto("/account");
    await page.getByText("The server cannot be reached").waitFor();
  });
  check((await page.getByRole("button", { name: "Try again" }).count()) === 1, "one button for all of it");
  await page.unroute("**/auth/**");
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByText("this one").waitFor();
  check((await page.getByText("The server cannot be reached").count()) === 0, "the words are gone");

  await page.route("**/auth/sessions*", (route) => route.fulfill(PROXY));
  await browser.expecting([502], async () => {
    await page.goto("/account");
    await page.locator("#sessions").getByText("could not reach it (status 502)").waitFor();
  });
  await page.unroute("**/auth/sessions*");
  await page.locator("#sessions").getByRole("button", { name: "Try again" }).click();
  await page.getByText("this one").waitFor();
}

async function signingIn(browser) {
  const page = await (await browser.window()).newPage();
  await page.goto("/");
  await page.getByLabel("Email address").fill(LONG);
  await page.getByLabel("Password", { exact: true }).fill(GOOD);
  const go = page.locator("#go");
  const answers = async (answer, statuses, words) => {
    await page.route("**/auth/login", answer);
    await browser.expecting(statuses, async () => {
      await go.click();
      await page.getByText(words).waitFor();
    });
    check(await go.isEnabled(), "it can be tried again");
    await page.unroute("**/auth/login");
  };
  await answers((route) => route.fulfill(PROXY), [502], "could not reach it (status 502)");
  check((await page.locator("#message").textContent()).includes("tell whoever runs this site"), "what to do about it");
  await answers((route) => route.fulfill({ ...PROXY, status: 403 }), [403], "refused this with status 403");
  await answers((route) => route.fulfill({ ...PROXY, status: 200 }), [], "answered in its place");

  let release;
  const held = new Promise((resolve) => {
    release = resolve;
  });
  await page.route("**/auth/login", async (route) => {
    await held;
    await route.continue();
  });
  await go.click();
  await until(async () => (await go.getAttribute("aria-busy")) === "true", "the button is busy");
  await page.getByText("Still working.").waitFor();
  check(await go.isDisabled(), "nothing is sent twice");
  release();
  await page.waitForURL("**/account");
  await page.getByText("this one").waitFor();
}

await run(async (browser) => {
  const page = await (await browser.window()).newPage();
  await register(page, LONG, GOOD);
  await page.getByText("this one").waitFor();
  await narrow(page);
  await withoutScripts(browser);
  await withoutAPart(browser, page);
  await away(browser, page);
  await signingIn(browser);
});
