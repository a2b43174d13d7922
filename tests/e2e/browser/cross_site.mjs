// A page of another site cannot act in a visitor's name: no cookie travels, nothing is answered, the session lives on.

import { createServer } from "node:http";
import { check, register, run } from "./harness.mjs";

const page = (origin) => `<!doctype html><title>elsewhere</title><link rel="icon" href="data:,">
<form method="post" action="${origin}/auth/refresh"><button>Win</button></form>`;

/** Another site on this machine: 127.0.0.1 is not localhost. */
async function elsewhere(origin) {
  const server = createServer((_, answer) => answer.writeHead(200, { "Content-Type": "text/html" }).end(page(origin)));
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return { server, at: `http://127.0.0.1:${server.address().port}` };
}

await run(async (browser) => {
  const { server, at } = await elsewhere(browser.origin);
  // What Chromium says on that page about its refusals is what is wanted.
  browser.strangers.add(at);
  try {
    const context = await browser.window();
    const home = await context.newPage();
    await register(home, "ada@example.com", "hall-monitor 4711");
    await home.getByText("this one").waitFor();

    const asked = [];
    const evil = await context.newPage();
    evil.on("request", (request) => request.url().startsWith(browser.origin) && asked.push(request));
    await evil.goto(at);
    for (const path of ["/auth/refresh", "/auth/logout", "/auth/logout-all"]) {
      const outcome = await evil.evaluate((url) => fetch(url, { method: "POST", credentials: "include" }).then(() => "read", () => "refused"), browser.origin + path);
      check(outcome === "refused", `${path} can be read from elsewhere`);
    }
    await browser.expecting([403], async () => {
      const [answer] = await Promise.all([evil.waitForResponse(`${browser.origin}/auth/refresh`), evil.getByRole("button").click()]);
      check(answer.status() === 403 && (await answer.json()).code === "cross_site", `a form is answered with ${answer.status()}`);
      await evil.waitForURL(`${browser.origin}/auth/refresh`);
    });
    check(asked.length >= 4, "the requests were made");
    for (const request of asked) {
      const headers = await request.allHeaders();
      check(!("cookie" in headers), `the cookie travelled to ${request.url()}`);
    }

    // In a frame the pages do not show at all.
    await evil.goto(at);
    const [refused] = await Promise.all([
      evil.waitForEvent("requestfailed", (request) => request.url() === `${browser.origin}/account`),
      evil.evaluate((url) => document.body.append(Object.assign(document.createElement("iframe"), { src: url })), `${browser.origin}/account`),
    ]);
    check(refused.failure().errorText.includes("BLOCKED_BY_RESPONSE"), `the frame is refused: ${refused.failure().errorText}`);
    const frame = evil.frames().find((one) => one !== evil.mainFrame());
    check(!(await frame.content()).includes("Your pass"), "the account page shows in a frame");

    await home.reload();
    await home.getByText("this one").waitFor();
  } finally {
    server.close();
  }
});
