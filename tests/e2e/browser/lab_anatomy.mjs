// The anatomy: tokens of every kind, each decoded and judged; an edit changes what it changes and breaks the signature;
// signing again makes a token that others believe; every attack is stopped.

import * as jose from "jose";
import { check, run, until } from "./harness.mjs";
import { done, same, visit, words } from "./lab_support.mjs";
import { TOKENS } from "./lab_tokens.mjs";
import { SIZES, picture } from "./measure.mjs";

const verdict = (page) => page.locator("#checks").getAttribute("data-verdict");
const turn = async (page) => Number(await page.locator("#checks").getAttribute("data-turn"));
const becomes = (page, expected, where) => until(async () => (await verdict(page)) === expected, `${where}: the verdict is not ${expected}`);
const says = (page, expected) => until(async () => (await words(page, "#verdict")).startsWith(expected), `the verdict is not “${expected}”`);
const token = (page) => page.locator("#paste").inputValue();
const segment = async (page, index) => Buffer.from((await token(page)).split(".")[index], "base64url").toString();

/** Does something, and waits until the token was judged anew. */
async function judged(page, act) {
  const before = await turn(page);
  await act();
  await until(async () => (await turn(page)) > before, "the token is judged");
}

async function segments(page) {
  for (const name of ["header", "signature", "payload"]) {
    await page.locator(`.seg-tab.${name}`).click();
    await done(page, `look-${name}`);
  }
  const claims = await words(page, ".claims");
  check(claims.includes("Whose it is") && claims.includes("RFC 7519") && /in 1\d min/.test(claims), `claims are explained, times readable: ${claims}`);
  const left = () => page.locator(".claim .when").last().innerText();
  const before = await left();
  await until(async () => (await left()) !== before, "the countdown runs");
}

async function edit(page) {
  await says(page, "The signature holds; it is good for another");
  const text = await page.locator("#editor").inputValue();
  await page.locator("#editor").fill(text.replace('"user"', '"admin"'));
  await becomes(page, "bad_signature", "a changed claim");
  await done(page, "break");
  await until(async () => (await page.locator('.claim[data-part="payload.3"]').innerText()).includes("admin"), "the claim is explained as it was changed");
  await page.locator("#fresh").click();
  await becomes(page, "ok", "the good token again");
}

/** What is no double is shown as it stands in the token, and an edit beside it leaves it alone. */
async function numbers(page) {
  const odd = '{"id":9007199254740993,"big":1e400,"digits":123456789012345678901234567890,"exact":1.10,"path":"a\\/b","role":"user"}';
  const part = (text) => Buffer.from(text).toString("base64url");
  await judged(page, () => page.locator("#paste").fill(`${part('{"alg":"HS256"}')}.${part(odd)}.${part("x".repeat(32))}`));
  const shown = await page.locator("#editor").inputValue();
  const claims = await words(page, ".claims");
  for (const number of ["9007199254740993", "1e400", "123456789012345678901234567890", "1.10"]) {
    check(shown.includes(number) && claims.includes(number), `${number} is shown: ${shown} ${claims}`);
  }
  await judged(page, () => page.locator("#editor").fill(shown.replace('"user"', '"admin"')));
  same(await segment(page, 1), odd.replace('"user"', '"admin"'), "the payload after an edit");
  const twice = '{"role":"user","role":"admin"}';
  await judged(page, () => page.locator("#paste").fill(`${part('{"alg":"HS256"}')}.${part(twice)}.${part("x".repeat(32))}`));
  check((await words(page, "#what")).includes("“role” occurs twice"), "a name that occurs twice is named");
  same(await page.locator(".claim").count(), 2, "members that are shown");
}

async function judge(page) {
  check(TOKENS.length >= 40, `only ${TOKENS.length} tokens`);
  await page.locator("#check-with summary").click();
  for (const { name, token: given, keys, bound, written, verdict: expected } of TOKENS) {
    await page.locator("#written").selectOption(written ?? "text");
    await page.locator("#bound").selectOption(bound ?? "");
    await page.locator("#keys").fill(keys);
    await judged(page, () => page.locator("#paste").fill(given));
    await becomes(page, expected, name);
    same(await token(page), given, `${name}: the token on the table`);
    same((await page.locator(".token .field-back span").allInnerTexts()).join(""), given, `${name}: the coloured letters`);
  }
  await done(page, "paste");
}

/** Signature and claims are judged apart, and each check says whether it passed, failed, or was not reached. */
async function apart(page) {
  const statuses = async () => Object.fromEntries(await page.locator(".check").evaluateAll((nodes) => nodes.map((node) => [node.dataset.check, node.dataset.status])));
  const order = "form,typ,key,alg,signature,iss,aud,time";
  await page.locator("#samples").selectOption("no-exp");
  await says(page, "The signature holds; there is no exp.");
  const held = await statuses();
  same(Object.keys(held).join(), order, "the order of the checks");
  same(`${held.signature} ${held.time} ${held.iss}`, "pass fail unasked", "jwt.io's shape");
  await page.locator("#samples").selectOption("ES256");
  await says(page, "The signature holds; it is good for another");
  await page.locator("#expect-iss").fill("https://issuer.example");
  await page.locator("#expect-aud").fill("https://another.example");
  await says(page, "The signature holds; it is for another audience.");
  same(Object.values(await statuses()).join(), "pass,unasked,pass,pass,pass,pass,fail,unreached", "an audience that was expected");
  for (const id of ["#expect-iss", "#expect-aud"]) await page.locator(id).fill("");
  await page.locator("#samples").selectOption("no-exp");
  await says(page, "The signature holds; there is no exp.");
  await judged(page, () => page.locator("#editor").fill('{"sub":"another"}'));
  await says(page, "The signature is broken");
  same((await statuses()).time, "unreached", "times after a broken signature");
  check((await words(page, '[data-check="time"]')).includes("It would fail: There is no exp"), "what was not reached says what it would have said");
  const skipped = TOKENS.find(({ name }) => name === "a set with keys that cannot be used");
  await page.locator("#keys").fill(skipped.keys);
  await judged(page, () => page.locator("#paste").fill(skipped.token));
  for (const part of ["3 keys of this set are skipped", "bitcoin", "envelope: It is for encryption", "number 3"]) check((await words(page, "#checks")).includes(part), `${part} is said of the set`);
}

async function hostileKeys(page) {
  const table = [["-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----", "private key"], ["-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----", "damaged"], ['{"kty":"RSA","n":"AQAB","e":"AQAB","d":"x"}', "private half"], ["{nonsense", "is none"], ["", "Paste a secret"], ['{"keys":[]}', "empty"], ['{"keys":[null]}', "every key is an object"], ['{"kty":"oct","k":5}', "no key for HS256"], ['{"alg":"__proto__"}', "is not known here"], ['{"kty":"<img src=x>","alg":["HS256"]}', "<img src=x>"], ["https://issuer.example/jwks", "asks no other server"]];
  for (const [keys, expected] of table) {
    await page.locator("#keys").fill(keys);
    await until(async () => (await words(page, "#checks")).includes(expected), `“${keys}” is answered with “${expected}”`);
  }
}

/** Signs with every algorithm; another library believes each token by the key that the page gives to a verifier. */
async function signAgain(page) {
  await page.locator("#samples").selectOption("numbers");
  await says(page, "The signature holds");
  await page.locator("#sign-again summary").click();
  await page.locator("#sign").waitFor();
  const algorithms = await page.locator("#sign-alg option").evaluateAll((nodes) => nodes.map((node) => node.value));
  check(algorithms.length >= 13, `only ${algorithms.join()} sign`);
  for (const alg of algorithms) {
    await page.locator("#sign-alg").selectOption(alg);
    await judged(page, () => page.locator("#sign").click());
    await becomes(page, "ok", `signed with ${alg}`);
    const jwk = JSON.parse(await page.locator("#keys").inputValue());
    const { payload, protectedHeader } = await jose.compactVerify(await token(page), await jose.importJWK(jwk, alg));
    same(protectedHeader.alg, alg, "the header's alg");
    check(new TextDecoder().decode(payload).includes('"sub":9007199254740993,"big":1e400'), `${alg}: the payload is as it was`);
  }
}

/** Keys of the visitor's own, in each form, checked by the other library. */
async function ownKeys(page) {
  const pem = async (alg) => jose.generateKeyPair(alg, { extractable: true });
  const [rs, es] = [await pem("PS384"), await pem("ES384")];
  const table = [
    ["PS384", await jose.exportPKCS8(rs.privateKey), rs.publicKey, "text"],
    ["ES384", JSON.stringify(await jose.exportJWK(es.privateKey)), es.publicKey, "text"],
    ["HS256", "a secret of my own", new TextEncoder().encode("a secret of my own"), "text"],
    ["HS512", Buffer.from("more than secret").toString("hex"), new TextEncoder().encode("more than secret"), "hex"],
    ["HS384", Buffer.from("more than secret").toString("base64"), new TextEncoder().encode("more than secret"), "base64"],
  ];
  await page.locator("#sign-source").selectOption("own");
  for (const [alg, key, verifier, written] of table) {
    await page.locator("#sign-alg").selectOption(alg);
    await page.locator("#sign-written").selectOption(written);
    await page.locator("#sign-key").fill(key);
    await judged(page, () => page.locator("#sign").click());
    await jose.compactVerify(await token(page), verifier);
  }
  await page.locator("#sign-alg").selectOption("RS256");
  await page.locator("#sign").click();
  await until(async () => (await words(page, "#sign-state")).includes("signed with a private key"), "a secret does not sign RS256");
  await page.locator("#sign-source").selectOption("made");
  await page.locator("#sign-alg").selectOption("ES256");
  await page.locator("#sign-auto").check();
  await becomes(page, "ok", "signed at once");
  await judged(page, () => page.locator("#editor").fill(`{"sub":"edited","exp":${Math.floor(Date.now() / 1000) + 60}}`));
  await becomes(page, "ok", "signed again at an edit");
  check((await segment(page, 1)).includes("edited"), "the edit was signed");
  await page.locator("#sign-auto").uncheck();
  await page.locator("#editor").fill(`{"exp":${Math.floor(Date.now() / 1000) + 3}}`);
  await page.locator("#sign").click();
  await says(page, "The signature holds; it expired");
}

/** What is pointed at in one place is lit up in the other. */
async function light(page) {
  await page.locator("#fresh").click();
  await becomes(page, "ok", "the good token");
  const lit = (where) => page.locator(`${where} .lit`).allInnerTexts();
  await page.locator('.claim[data-part="payload.3"]').hover();
  const letters = (await lit(".token")).join("");
  const whole = (await token(page)).split(".")[1];
  const start = whole.indexOf(letters);
  check(letters.length > 8 && start > 0, `letters of the token are lit: ${letters}`);
  const bytes = Buffer.from(whole.slice(start - (start % 4), start + letters.length + 4), "base64url").toString();
  check(bytes.includes('"role":"user"'), `the letters say the claim: ${bytes}`);
  check((await lit(".decoded")).join("").startsWith('"role"'), "the claim is lit in the JSON");
  await page.mouse.move(0, 0);
  await page.locator(".token").scrollIntoViewIfNeeded();
  await page.locator(".token .field-box").evaluate((node) => (node.scrollTop = 0));
  const box = await page.locator('.token [data-part="header.0"]').first().boundingBox();
  await page.mouse.move(box.x + 8, box.y + 8);
  await until(async () => (await lit(".token")).length > 0, "the token is lit under the pointer");
  await page.mouse.click(box.x + 8, box.y + 8);
  await page.locator('.seg-tab.header[aria-pressed="true"]').waitFor();
  check((await lit(".decoded")).join("").startsWith('"alg"'), "a tap opens the header and lights its member up");
  await page.locator("#editor").press("ArrowDown");
  check((await lit(".token")).length > 0, "the caret lights up, too");
  await page.locator(".seg-tab.payload").click();
}

/** A token goes into the fragment of an address; one that was not made here is warned of. */
async function share(page, context) {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
  const mine = await token(page);
  await page.locator("#copy-token").click();
  await until(async () => (await clipboard()) === mine, "the token is in the clipboard");
  await page.locator("#share").click();
  await until(async () => (await clipboard()).includes("/lab#anatomy/"), "the address is in the clipboard");
  const other = await context.newPage();
  await other.goto(await clipboard());
  await other.locator('#lab-stage[data-ready="anatomy"]').waitFor();
  same(await token(other), mine, "the token of the address");
  await other.close();
  await judged(page, () => page.locator("#paste").fill(TOKENS[0].token));
  await page.locator("#share").click();
  await until(async () => (await words(page, "#shared")).includes("not made here"), "a real token is warned of");
  check(!(await clipboard()).includes(TOKENS[0].token), "it is not copied yet");
  await page.locator("#share-anyway").click();
  await until(async () => (await clipboard()).includes(TOKENS[0].token), "it is copied when that was confirmed");
}

async function attack(page, { expecting }) {
  await page.locator("#fresh").click();
  const expected = { none: "not_compact_jws", confusion: "algorithm_mismatch", "kid-path": "unknown_kid", "kid-sql": "unknown_kid", "own-key": "embedded_key", "far-key": "embedded_key", promote: "bad_signature", prolong: "bad_signature", strip: "not_compact_jws", bend: "bad_signature", twice: "bad_signature", pad: "bad_base64url", crit: "critical_extension" };
  await page.locator("#attacks").scrollIntoViewIfNeeded();
  await page.locator("[data-attack]").first().waitFor();
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

/** Every sample is good by the key that comes with it, or says what it is. */
async function samples(page) {
  const odd = { none: "not_compact_jws", "no-exp": "bad_claims", millis: "bad_time", twice: "bad_json", dpop: "bad_claims", jwe: "not_compact_jws", paseto: null };
  const ids = await page.locator("#samples option").evaluateAll((nodes) => nodes.map((node) => node.value).filter(Boolean));
  check(ids.length >= 30, `only ${ids.length} samples`);
  for (const id of ids) {
    const before = await token(page);
    await page.locator("#samples").selectOption(id);
    await until(async () => (await token(page)) !== before, `the sample ${id} is on the table`);
    if (odd[id] !== null) await becomes(page, odd[id] ?? "ok", `the sample ${id}`);
  }
}

/** The token, the verdict and the JSON are in sight at once. */
async function inSight(browser) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    const context = await browser.window({ viewport });
    const page = await context.newPage();
    await visit(page, "anatomy");
    // On a phone, from the row of the lab's parts on.
    if (size === "phone") await page.locator("#lab-tabs").evaluate((node) => node.scrollIntoView());
    for (const selector of [".token", ".decoded .field-box:visible", "#verdict"]) {
      const box = await page.locator(selector).first().boundingBox();
      check(box.y >= 0 && box.y + box.height <= viewport.height, `${size}: ${selector} ends at ${box.y + box.height}`);
    }
    await picture(page, `anatomy-in-sight-${size}`);
    await context.close();
  }
}

await run(async (browser) => {
  await inSight(browser);
  const context = await browser.window({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  await visit(page, "anatomy");
  await segments(page);
  await edit(page);
  await numbers(page);
  await judge(page);
  await apart(page);
  await hostileKeys(page);
  await signAgain(page);
  await ownKeys(page);
  await light(page);
  await share(page, context);
  await samples(page);
  await attack(page, { expecting: (statuses, work) => browser.expecting(statuses, work) });
  browser.clean("anatomy");
});
