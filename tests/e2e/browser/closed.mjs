// Registration is closed: the page says so, and offers no way.

import { check, run } from "./harness.mjs";

await run(async (browser) => {
  const page = await (await browser.window()).newPage();
  await page.goto("/");
  await page.getByText("Registration is closed here").waitFor();
  check((await page.getByRole("tab", { name: "Register" }).count()) === 0, "no tab that leads nowhere");
});
