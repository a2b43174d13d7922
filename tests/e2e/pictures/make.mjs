// Makes the README's pictures anew: `node tests/e2e/pictures/make.mjs`, beside a demo that it starts and ends, on the port
// 8080, which the pictures show. It needs Chromium and ImageMagick, and a program that was built: `cargo build --release`.

import { spawn, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Browser, signIn } from "../browser/harness.mjs";
import { visit } from "../browser/lab_support.mjs";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const PICTURES = join(ROOT, "docs/screenshots");
const PROGRAM = process.env.HALLPASS ?? join(ROOT, "target/release/hallpass");
const DESK = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };
const CONVERT = process.env.CONVERT ?? "convert";
/** How long a step of the theft is shown, and its end, in hundredths of a second. */
const [STEP, END] = [150, 500];

/** A demo, and what it printed. */
function demo() {
  const child = spawn(PROGRAM, ["--json", "demo"], { stdio: ["ignore", "pipe", "ignore"] });
  return new Promise((resolve, reject) => {
    let text = "";
    child.once("exit", (code) => reject(new Error(`the demo ended with ${code}`)));
    child.stdout.on("data", (bytes) => {
      text += bytes;
      if (text.trimEnd().endsWith("\n}")) resolve({ child, greeting: JSON.parse(text) });
    });
  });
}

/** Keeps what is shown in as few bytes as 256 colours take. */
async function shot(shown, name) {
  const path = join(PICTURES, `${name}.png`);
  await shown.screenshot({ path });
  execFileSync(CONVERT, [path, "-strip", "+dither", "-colors", "256", "-define", "png:compression-level=9", path]);
}
const settled = (page) => page.waitForLoadState("networkidle");

async function account(browser, user) {
  for (const [name, viewport, colorScheme] of [["account", DESK, "light"], ["phone", PHONE, "dark"]]) {
    const page = await (await browser.window({ viewport, colorScheme })).newPage();
    await signIn(page, user.email, user.password);
    await page.waitForURL("**/account");
    await page.locator("#good-for", { hasText: /\d/ }).waitFor();
    await settled(page);
    await shot(page, name);
  }
}

async function consoles(browser, admin) {
  const context = await browser.window({ viewport: DESK, colorScheme: "dark" });
  const page = await context.newPage();
  await signIn(page, admin.email, admin.password);
  await page.waitForURL("**/console");
  await settled(page);
  await shot(page, "console");
  await page.emulateMedia({ colorScheme: "light" });
  await page.goto("/console#incidents");
  await page.getByRole("link", { name: "Open the timeline" }).first().click();
  await page.getByRole("dialog").waitFor();
  await settled(page);
  await shot(page, "incident");
}

async function anatomy(page) {
  await visit(page, "anatomy");
  await settled(page);
  await shot(page, "lab-anatomy");
}

/** The play of a theft, step by step: one picture a step, and the last one longer. */
async function theft(page) {
  await visit(page, "patterns/refresh");
  const player = page.locator(".player");
  await player.scrollIntoViewIfNeeded();
  const folder = mkdtempSync(join(tmpdir(), "hallpass-pictures-"));
  const names = [];
  const keep = async () => {
    names.push(join(folder, `${String(names.length).padStart(2, "0")}.png`));
    await page.mouse.move(0, 0);
    await player.screenshot({ path: names.at(-1), animations: "disabled" });
  };
  await keep();
  while (!(await page.locator("#play-message[data-ended]").count())) {
    await page.locator("#step:not([disabled])").click();
    await page.locator("#step:not([disabled])").waitFor();
    await keep();
  }
  const frames = names.flatMap((name, index) => ["-delay", String(index + 1 === names.length ? END : STEP), name]);
  execFileSync(CONVERT, [...frames, "-loop", "0", "+dither", "-colors", "64", "-layers", "Optimize", join(PICTURES, "theft.gif")]);
  rmSync(folder, { recursive: true });
}

async function lab(browser) {
  const page = await (await browser.window({ viewport: DESK, colorScheme: "light" })).newPage();
  await anatomy(page);
  await page.setViewportSize({ width: 1280, height: 1200 });
  await browser.expecting([401, 403], () => theft(page));
}

const { child, greeting } = await demo();
try {
  const browser = await Browser.start(`http://${greeting.listen}`.replace("127.0.0.1", "localhost"));
  try {
    await account(browser, greeting.user);
    await consoles(browser, greeting.first_admin);
    await lab(browser);
    browser.clean("the pictures");
  } finally {
    await browser.close();
  }
} finally {
  child.kill();
}
