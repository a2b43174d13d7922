// The Anatomy in German, once it has something to say: foreign tokens, no tokens, damaged ones, bad keys, samples, attacks.

import { check, until } from "./harness.mjs";
import { FOUND, PASTED } from "./lab_pasted.mjs";
import { paste, turn, visit } from "./lab_support.mjs";
import { GERMAN, left, shown } from "./lab_words.mjs";
import { TOKENS } from "./lab_tokens.mjs";
import { SIZES, faultsOf, picture } from "./measure.mjs";

const KEYS = ["-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
  "-----BEGIN PUBLIC KEY-----\n%\n-----END PUBLIC KEY-----", "-----BEGIN ENCRYPTED PRIVATE KEY-----", "-----BEGIN OTHER-----", '{"kty":"EC","crv":"P-256","d":"x"}', "{nonsense", "",
  '{"keys":[]}', '{"keys":[null]}', '{"keys":[null,{"kty":"RSA","use":"enc","kid":"a"},{"kty":"EC","crv":"x"},{"kty":"oct","alg":"RS256"}]}', '{"kty":"oct","k":5}',
  '{"kty":"oct","k":"x"}', "https://issuer.example/jwks", '{"jwks_uri":"https://issuer.example/jwks"}'];

/** Waits until the token was judged anew. */
async function judged(page, act) {
  const before = await turn(page);
  await act(page);
  await until(async () => (await turn(page)) > before, "the token is judged");
}

/** [what is done, how]. Everything is done on a page in each language. */
function* acts() {
  for (const { name, text } of PASTED) if (text.length < 5000) yield [name, (page) => paste(page, text)];
  for (const { name, token, keys } of TOKENS) {
    yield [name, (page) => judged(page, () => page.locator("#paste").fill(token))];
    yield [`${name}, its key`, (page) => judged(page, () => page.locator("#keys").fill(keys))];
  }
  for (const keys of KEYS) yield [`the key ${keys.slice(0, 40)}`, (page) => judged(page, () => page.locator("#keys").fill(keys))];
  for (const [alg, key, written] of [["RS256", "a secret", "text"], ["HS256", "", "text"], ["HS256", "%", "base64"], ["HS256", "x", "hex"], ["ES256", '{"kty":"oct","k":"YWJj"}', "text"], ["ES256", '{"kty":"EC","crv":"P-256"}', "text"]]) {
    yield [`signing ${alg} by ${key}`, async (page) => {
      await page.locator("#sign-alg").selectOption(alg);
      await page.locator("#sign-written").selectOption(written);
      await page.locator("#sign-key").fill(key);
      await page.locator("#sign").click();
      await page.locator("#sign-state.bad").waitFor();
    }];
  }
  for (const id of ["no-exp", "keycloak", "google", "numbers", "dpop", "jwe", "nested"]) yield [`the sample ${id}`, (page) => judged(page, () => page.locator("#samples").selectOption(id))];
  yield ["sharing", async (page) => {
    await paste(page, FOUND[0].text);
    await page.locator("#share").click();
    await page.locator("#share-anyway").waitFor();
  }];
  for (const name of ["header", "signature", "payload"]) yield [`the ${name}`, (page) => page.locator(`.seg-tab.${name}`).click()];
  for (const id of ["none", "confusion", "bend", "pad", "own-key"]) {
    yield [`the attack ${id}`, async (page) => {
      await page.locator("#attacks").scrollIntoViewIfNeeded();
      await page.locator(`[data-attack="${id}"]`).click();
      await page.locator(`#outcome-${id}.bad`).waitFor();
    }];
  }
}

async function open(browser, locale) {
  const page = await (await browser.window({ viewport: SIZES.desktop, locale })).newPage();
  await visit(page, "anatomy");
  for (const id of ["#check-with", "#sign-again"]) await page.locator(`${id} summary`).click();
  await page.locator("#sign-source").selectOption("own");
  await page.locator("#keys").waitFor();
  return page;
}

/** A word of the page is as wide as its column at most, whatever is on the table. */
async function narrow(browser) {
  const page = await (await browser.window({ viewport: SIZES.phone, locale: "de-DE" })).newPage();
  await visit(page, "anatomy");
  for (const summary of await page.locator(".anatomy summary").all()) await summary.click();
  await page.locator("#keys").waitFor();
  const faults = [];
  for (const name of ["JWE", "PASETO public", "a thousand claims", "a password in it", "SD-JWT", "the end missing"]) {
    await paste(page, PASTED.find((one) => one.name === name).text);
    faults.push(...(await faultsOf(page, name)));
    await picture(page, `de-anatomy-${name.replaceAll(" ", "-")}`, { fullPage: true });
  }
  check(faults.length === 0, faults.join("\n"));
}

export async function foreign(browser) {
  const [english, german] = await Promise.all([open(browser, "en-GB"), open(browser, "de-DE")]);
  const faults = new Map();
  let done = 0;
  await browser.expecting([401], async () => {
    for (const [name, act] of acts()) {
      await Promise.all([act(english), act(german)]);
      const texts = await shown(german);
      check(texts.some((text) => GERMAN.test(text)), `${name}: nothing is said in German`);
      for (const text of left(texts, new Set(await shown(english)))) if (!faults.has(text)) faults.set(text, name);
      done += 1;
    }
  });
  check(faults.size === 0, [...faults].map(([text, name]) => `${name}: ${text}`).join("\n"));
  check(done > 300, `only ${done} things were done`);
  await narrow(browser);
}
