// The anatomy: thirty tokens, each decoded and judged; the seal breaks under an edit; every attack is stopped.

import { check, run, until } from "./harness.mjs";
import { done, same, visit, words } from "./lab_support.mjs";
import { TOKENS } from "./lab_tokens.mjs";

const verdict = (page) => page.locator("#checks").getAttribute("data-verdict");
const becomes = (page, expected, where) => until(async () => (await verdict(page)) === expected, `${where}: the verdict is not ${expected}`);

async function segments(page) {
  for (const name of ["header", "signature", "payload"]) {
    await page.locator(`.seg.${name}`).click();
    await done(page, `look-${name}`);
  }
  const claims = await words(page, ".claims");
  check(claims.includes("Whose it is") && /in 1\d min/.test(claims), `claims are explained, times readable: ${claims}`);
}

async function edit(page) {
  await becomes(page, "ok", "the sandbox's own token");
  const text = await page.locator("#editor").inputValue();
  await page.locator("#editor").fill(text.replace('"user"', '"admin"'));
  await becomes(page, "bad_signature", "a changed claim");
  await done(page, "break");
  await page.locator("#fresh").click();
  await becomes(page, "ok", "the good token again");
}

async function judge(page) {
  check(TOKENS.length >= 30, `only ${TOKENS.length} tokens`);
  await page.locator(".paste summary").click();
  await page.locator(".keys summary").click();
  for (const { name, token, keys, bound, verdict: expected } of TOKENS) {
    await page.locator("#keys").fill(keys);
    await page.locator("#bound").selectOption(bound ?? "");
    await page.locator("#paste").fill(token);
    await becomes(page, expected, name);
    const shown = await page.locator(".token .seg").allInnerTexts();
    const parts = token.split(".");
    check(shown[1].endsWith(parts[1]) || parts.length !== 3, `${name}: the payload segment is shown`);
  }
  await done(page, "paste");
}

async function hostileKeys(page) {
  const table = [["-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----", "private key"], ['{"kty":"RSA","n":"AQAB","e":"AQAB","d":"x"}', "private half"], ["{nonsense", "is none"], ["", "Paste a secret"], ['{"keys":[]}', "empty"], ['{"keys":[null]}', "every key is an object"], ['{"kty":"oct","k":5}', "no key for HS256"], ['{"alg":"__proto__"}', "is not known here"], ['{"kty":"<img src=x>","alg":["HS256"]}', "<img src=x>"]];
  for (const [keys, expected] of table) {
    await page.locator("#keys").fill(keys);
    await until(async () => (await words(page, "#checks")).includes(expected), `“${keys}” is answered with “${expected}”`);
  }
}

async function attack(page, { expecting }) {
  await page.locator("#fresh").click();
  const expected = { none: "not_compact_jws", confusion: "algorithm_mismatch", "kid-path": "unknown_kid", "kid-sql": "unknown_kid", "own-key": "embedded_key", "far-key": "embedded_key", promote: "bad_signature", prolong: "bad_signature", strip: "not_compact_jws", bend: "bad_signature", twice: "bad_signature", pad: "bad_base64url", crit: "critical_extension" };
  const buttons = await page.locator("[data-attack]").evaluateAll((nodes) => nodes.map((node) => node.dataset.attack));
  same(buttons.toSorted().join(), Object.keys(expected).toSorted().join(), "the attacks");
  await expecting([401], async () => {
    for (const id of buttons) {
      await page.locator(`[data-attack="${id}"]`).click();
      await until(async () => (await words(page, `#outcome-${id}`)) === `stopped: ${expected[id]}`, `${id} is stopped by ${expected[id]}`);
    }
  });
  for (const id of ["attack-none", "attack-confusion", "attack-all"]) await done(page, id);
}

async function nothingIsSent(page, context) {
  const asked = [];
  const hear = (request) => asked.push(request.url());
  context.on("request", hear);
  await page.locator("#keys").fill("a secret of my own");
  await page.locator("#paste").fill(TOKENS[0].token);
  await page.waitForTimeout(200);
  context.off("request", hear);
  same(asked.join(), "", "requests while a token and a key are pasted");
}

await run(async (browser) => {
  const context = await browser.window({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  await visit(page, "anatomy");
  await segments(page);
  await edit(page);
  await judge(page);
  await hostileKeys(page);
  await nothingIsSent(page, context);
  await attack(page, { expecting: (statuses, work) => browser.expecting(statuses, work) });
  browser.clean("anatomy");
});
