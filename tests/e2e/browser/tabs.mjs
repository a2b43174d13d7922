// Several tabs share one cookie whose token is good once: none may log the others out.

import { check, register, run, signIn, until } from "./harness.mjs";

const GOOD = "hall-monitor 4711";
const isIn = (page) => page.getByText("this one").waitFor();

await run(async (browser) => {
  const context = await browser.window();
  const first = await context.newPage();
  await register(first, "ada@example.com", GOOD);
  const second = await context.newPage();
  const third = await context.newPage();
  await Promise.all([second, third].map((page) => page.goto("/account")));
  await Promise.all([first, second, third].map(isIn));

  // Each reload forgets the access token in memory: three refreshes at the same moment, again and again.
  for (let round = 0; round < 5; round += 1) {
    await Promise.all([first, second, third].map((page) => page.reload()));
    await Promise.all([first, second, third].map(isIn));
  }
  check((await context.cookies()).length === 2, "the session is alive, and the device known");

  // Another account in one tab: the others show it, too, and never a mixture.
  const entrance = await context.newPage();
  await entrance.goto("/docs");
  await browser.expecting([], async () => {
    await entrance.evaluate(async () => {
      await fetch("/auth/register", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ email: "eve@example.com", password: "corridor-warden 1893" }) });
      localStorage.removeItem("hallpass.hint");
    });
    await signIn(entrance, "eve@example.com", "corridor-warden 1893");
    await entrance.waitForURL("**/account");
  });
  for (const page of [first, second, third]) {
    await until(async () => (await page.locator("#who").textContent()) === "eve@example.com", "every tab shows who is signed in");
    await isIn(page);
  }

  // Signing out in one signs out of all.
  await second.getByRole("button", { name: "Sign out", exact: true }).click();
  for (const page of [first, second, third]) await page.waitForURL((url) => url.pathname === "/");
  check((await context.cookies()).length === 1, "the cookie of the session is gone");
});
