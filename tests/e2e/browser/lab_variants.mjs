// The other forms of the patterns: HS256 beside RS256, the denylist in Redis, the rate limit, three costs, the cookie's
// flags. Each is driven to its end, on a desk and on a phone, in English and in German.

import { check, run, until } from "./harness.mjs";
import { done, same, visit, words } from "./lab_support.mjs";
import { SIZES, faultsOf, picture, theme } from "./measure.mjs";

const number = async (page, selector) => Number((await words(page, selector)).replace(/\D/g, ""));

/** Opens the card of a pattern. */
async function open(page, id) {
  await visit(page, `patterns/${id}`);
  await page.locator(`#variant-${id} > summary`).click();
  await page.locator(`#variant-${id}[data-ready="true"]`).waitFor();
}

async function sign(page) {
  await open(page, "sign");
  check(await page.locator("#sign-forge").isDisabled(), "nothing can be forged before there is a key");
  await page.locator("#sign-compare").click();
  await until(async () => !(await page.locator("#sign-forge").isDisabled()), "both are signed");
  const [hs, rs] = await Promise.all(["HS256", "RS256"].map((alg) => page.locator(`[data-token=${alg}]`).innerText()));
  same(hs.split(".")[1], rs.split(".")[1], "both sign the same payload");
  check(hs.split(".")[2].length === 43 && rs.split(".")[2].length === 342, "a seal of 32 bytes, and one of 256");
  const table = await words(page, "#sign-sides table");
  for (const text of [`${hs.length}`, `${rs.length}`, "32 ", "256 ", "×"]) check(table.includes(text), `“${text}” is not in ${table}`);
  await page.locator("#sign-forge").click();
  await page.locator("#sign-forged li").nth(3).waitFor();
  const results = await page.locator("#sign-forged .tag").evaluateAll((tags) => tags.map((tag) => tag.className));
  same(results.join(), ["tag bad", "tag good", "tag good", "tag good"].join(), "only the shared secret forges");
  check((await words(page, "#sign-forged li >> nth=0")).includes("admin"), "the forged token says admin");
  check((await words(page, "#sign-forged li >> nth=1")).includes("InvalidAccessError"), "a public key does not sign");
}

async function revoke(page) {
  await open(page, "revoke");
  await page.locator("#redis-out").click();
  await page.locator("[data-ttl]").first().waitFor();
  const told = await page.locator("#redis-told").innerText();
  check(/SET blacklist:session:[\w-]+ 1 PX 9\d{5}\n/.test(told) && /SETEX blacklist:[\w-]{22} \d+ 1/.test(told), told);
  const left = () => number(page, "[data-ttl] strong >> nth=0");
  const before = await left();
  check(before > 900 && before <= 960, `the session's entry lives 15 minutes and a little: ${before}`);
  await until(async () => (await left()) < before, "the time to live runs down");
  for (let count = 0; count < 4; count += 1) {
    const text = await words(page, "#redis-keys");
    await page.locator("#redis-forward").click();
    await until(async () => (await words(page, "#redis-keys")) !== text && !(await page.locator("#redis-forward").isDisabled()), "time passes");
  }
  await until(async () => (await page.locator("[data-ttl] .tag.good").count()) === 2, "both keys fall away");
  check((await words(page, "#redis-keys")).includes("(integer) -2"), "TTL says that the key is gone");
  await until(async () => / 0 /.test(await words(page, "#redis-said")), "the sandbox's list has let go of it, too");
}

async function limits(page, browser) {
  await open(page, "password");
  const left = () => page.locator("#limit-places .places").getAttribute("data-left");
  await browser.expecting([401, 429], async () => {
    for (let remaining = 9; remaining >= -1; remaining -= 1) {
      await page.locator("#limit-guess").click();
      await until(async () => (await page.locator("#limit-log li").count()) === 10 - remaining, `guess ${10 - remaining} is answered`);
      same(await left(), String(Math.max(0, remaining)), "places");
      const raw = await words(page, "#limit-raw");
      const expected = remaining < 0 ? ["HTTP 429", "RateLimit-Remaining: 0", "Retry-After: ", "“Too many login attempts — try again in 15 minutes”"] : ["HTTP 401", "RateLimit-Limit: 10", `RateLimit-Remaining: ${remaining}`, "RateLimit-Reset: "];
      for (const line of expected) check(raw.includes(line), `“${line}” is not in ${raw}`);
      check((await page.locator("#limit-places .used").count()) === Math.min(10, 10 - remaining), "as many places are used");
    }
    check((await page.evaluate(() => document.activeElement.id)) === "limit-guess", "the focus stays on the button");
    await page.locator("#limit-wait").click();
    await until(async () => (await left()) === "10", "the window has ended");
    await page.locator("#limit-guess").click();
    await until(async () => (await words(page, "#limit-raw")).includes("RateLimit-Remaining: 9"), "a new window has begun");
  });
}

/** The newest mail, opened. */
async function newest(page, count) {
  await until(async () => (await page.locator("#inbox li").count()) === count, `mail ${count} has come`);
  const mail = page.locator("#inbox li").first();
  await mail.locator("summary").click();
  return mail;
}

/** What the server has said under a mail. */
const told = (mail, expected) => mail.locator(".inbox-said", { hasText: expected }).waitFor();

async function prove(page, browser) {
  await open(page, "prove");
  await until(async () => (await page.locator("#inbox li").count()) === 0, "the inbox is empty");
  await page.locator("#inbox-to").selectOption("nobody@lab.example");
  await page.locator("#inbox-forgot").click();
  await page.locator("#inbox-said", { hasText: "202" }).waitFor();
  const none = await words(page, "#inbox-said");
  same(await page.locator("#inbox li").count(), 0, "nobody's mailbox gets no mail");
  await page.locator("#inbox-to").selectOption("ada@lab.example");
  await page.locator("#inbox-forgot").click();
  const first = await newest(page, 1);
  check((await words(page, "#inbox-said")) !== none, "what came is told");
  check(/\/reset#hpm_[\w-]{64}/.test(await first.locator(".raw").innerText()), "the mail has its link");
  await browser.expecting([400, 405], async () => {
    await first.locator("[data-use=link]").click();
    await told(first, "HTTP 405");
    await first.locator("[data-use=code]").click();
    await told(first, "HTTP 204");
    await first.locator("[data-use=code]").click();
    await told(first, "HTTP 400");
  });
  await done(page, "inbox");
  await proveSignedIn(page, browser);
}

/** A mail tells that the password was replaced, and carries nothing; a code of an hour ago is worth nothing. */
async function proveSignedIn(page, browser) {
  await page.locator("#inbox-to").selectOption("grace@lab.example");
  await page.locator("#inbox-verify").click();
  // The other one tells Ada that her password was replaced.
  const mail = await newest(page, 3);
  same(await page.locator("#inbox li").nth(1).locator("[data-use]").count(), 0, "a notice has nothing to use");
  await mail.locator("[data-use=code]").click();
  await told(mail, "HTTP 204");
  await page.locator("#inbox-forgot").click();
  const late = await newest(page, 4);
  await page.locator("#inbox-wait").click();
  await page.locator("#inbox-wait:not([aria-disabled])").waitFor();
  await browser.expecting([400], async () => {
    await late.locator("[data-use=code]").click();
    await told(late, "HTTP 400");
  });
}

async function rounds(page) {
  await page.locator("#rounds-go").click();
  await until(async () => (await page.locator("#rounds tbody tr").count()) === 3 && !(await page.locator("#rounds-go").isDisabled()), "three costs are hashed");
  const widths = await page.locator("#rounds .cost-bar").evaluateAll((bars) => bars.map((bar) => parseFloat(bar.style.width)));
  check(widths[0] < widths[1] && widths[1] < widths[2] && widths[2] === 100, `each costs more than the one before: ${widths}`);
}

const result = (page, who) => page.locator(`[data-who=${who}]`).getAttribute("data-result");
const set = async (page, flags) => {
  for (const [flag, value] of Object.entries(flags)) {
    const input = page.locator(`[id="flag-${flag}"]`);
    if (typeof value === "boolean") await input.setChecked(value);
    else await input.selectOption(value);
  }
};
async function expects(page, flags, results) {
  await set(page, flags);
  for (const [who, expected] of Object.entries(results)) same(await result(page, who), expected, `${JSON.stringify(flags)}: ${who}`);
}

async function refresh(page) {
  await open(page, "refresh");
  same(await words(page, "#cookie-line"), "Set-Cookie: refresh_token=…; HttpOnly; Secure; SameSite=Strict; Max-Age=604800; Path=/auth", "the line");
  await expects(page, {}, { script: "hidden", form: "cross_site", link: "cross_site", wire: "insecure", own: "sent", other: "other_path", restart: "kept" });
  check((await words(page, "#cookie-verdict")).startsWith("7 ") && (await page.locator("#cookie-verdict.good").count()) === 1, "all is well with every flag");
  await expects(page, { HttpOnly: false }, { script: "read_by_frame", form: "cross_site" });
  await expects(page, { Path: "Path=/" }, { script: "read", other: "sent" });
  await expects(page, { SameSite: "SameSite=Lax" }, { form: "cross_site", link: "sent" });
  await expects(page, { SameSite: "SameSite=None" }, { form: "sent" });
  await expects(page, { "Max-Age": false }, { restart: "gone" });
  await set(page, { Secure: false });
  same(await page.locator("#cookie-verdict").getAttribute("data-refused"), "none_insecure", "None without Secure");
  await expects(page, { SameSite: "" }, { form: "depends", wire: "sent" });
  await set(page, { name: "__Host-refresh_token" });
  same(await page.locator("#cookie-verdict").getAttribute("data-refused"), "host_prefix", "__Host- without Secure");
  await really(page);
}

/** What can be real, is: the sandbox's own cookie, and every setting of the switches against this browser. */
async function really(page) {
  await page.locator("#cookie-login").click();
  await page.locator("#cookie-real dd").nth(3).waitFor();
  const [line, read, sent, other] = await page.locator("#cookie-real dd").allInnerTexts();
  check(/^lab_refresh=hpr_.*HttpOnly/.test(line) && sent.startsWith("lab_refresh=hpr_"), `${line} / ${sent}`);
  check(!read.includes("lab_refresh") && !other.includes("lab_refresh"), `${read} / ${other}`);
  await set(page, { name: "refresh_token", Path: "Path=/" });
  await page.locator("#cookie-try").click();
  await page.locator("#cookie-real[data-agrees=true]").waitFor();
  const wrong = await page.evaluate(async () => {
    const base = document.querySelector("script[src*='/js/lab/main.js']").src;
    const { tryHere } = await import(new URL("./variants/cookie.js", base).href);
    const found = [];
    for (const HttpOnly of ["HttpOnly", ""]) for (const Secure of ["Secure", ""]) for (const SameSite of ["SameSite=Strict", "SameSite=Lax", "SameSite=None", ""])
      for (const Path of ["Path=/auth", "Path=/", ""]) for (const name of ["refresh_token", "__Secure-refresh_token", "__Host-refresh_token"]) {
        const { line, seen, reason } = tryHere({ HttpOnly, Secure, SameSite, "Max-Age": "Max-Age=604800", Path, name });
        if (seen !== (reason === "read")) found.push(`${line}: ${seen}, ${reason}`);
      }
    return [...found, document.cookie.includes("lab_try") ? "a try is left" : ""].filter(Boolean);
  });
  same(wrong.join("\n"), "", "the rules say what this browser does");
}

const VARIANTS = { sign, revoke, password: limits, refresh, prove };

await run(async (browser) => {
  const faults = [];
  for (const [size, locale] of [["desktop", "en-GB"], ["phone", "de-AT"]]) {
    const page = await (await browser.window({ viewport: SIZES[size], colorScheme: theme(size), locale, reducedMotion: "reduce" })).newPage();
    for (const [id, drive] of Object.entries(VARIANTS)) {
      await drive(page, browser);
      if (id === "password") await rounds(page);
      faults.push(...(await faultsOf(page, `${id} ${size}`)));
      await picture(page, `variant-${id}-${size}`, { fullPage: true });
      browser.clean(`${id} ${size}`);
    }
    await page.close();
  }
  check(faults.length === 0, faults.join("\n"));
});
