// The API description: samples for each operation, in the language that was chosen, to be copied.

import { check, run, until } from "./harness.mjs";
import { SIZES, faultsOf, picture } from "./measure.mjs";

async function samples(page, where) {
  const login = page.locator("details", { hasText: "/auth/login" }).first();
  await login.locator("summary").click();
  const sample = login.locator(".sample");
  const shown = () => sample.locator("pre").textContent();
  check((await shown()).startsWith('curl --fail-with-body -sS -X POST "http'), `${where}: ${await shown()}`);
  await sample.getByRole("button", { name: "Node" }).press("Enter");
  check((await shown()).startsWith("const answer = await fetch("), `${where}: ${await shown()}`);
  check((await sample.getByRole("button", { name: "Node" }).getAttribute("aria-pressed")) === "true", `${where}: not pressed`);
  await sample.getByRole("button", { name: "Copy" }).click();
  await sample.getByRole("button", { name: "Copied" }).waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  check(copied === (await shown()), `${where} copied: ${copied}`);
  const other = page.locator("details", { hasText: "/oauth/introspect" }).first();
  await other.locator("summary").click();
  check((await other.locator("pre").textContent()).includes("new URLSearchParams"), `${where}: the choice holds for every sample`);
  await sample.getByRole("button", { name: "Python" }).click();
  check((await other.locator("pre").textContent()).startsWith("import base64"), `${where}: and follows`);
}

await run(async (browser) => {
  for (const colorScheme of ["light", "dark"]) {
    for (const [size, viewport] of Object.entries(SIZES)) {
      const where = `docs-sample-${size}-${colorScheme}`;
      const context = await browser.window({ colorScheme, viewport, permissions: ["clipboard-read", "clipboard-write"] });
      const page = await context.newPage();
      await page.goto("/docs");
      await page.locator("details").first().waitFor();
      await samples(page, where);
      const faults = await faultsOf(page, where);
      check(faults.length === 0, faults.join("\n"));
      await page.locator(".sample").first().scrollIntoViewIfNeeded();
      await picture(page, where);
      await page.reload();
      await page.locator("details").first().locator("summary").click();
      await until(async () => (await page.locator(".sample pre").first().textContent()).includes("urllib.request"), `${where}: the choice is kept`);
      await context.close();
    }
  }
});
