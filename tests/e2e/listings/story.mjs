// One story, told to the listings and to a live hallpass: both must answer the same, step by step.

import assert from "node:assert/strict";
import { PASSWORD, ask, login, start, told } from "./support.mjs";

const ADA = "ada@example.com";
const GRACE = "grace@example.com";

/** What an answer comes to: the status, the challenge, and the sentence where it is the contract's. */
const SENTENCES = ["Token reuse detected. Please log in again.", "Account locked for 30 minutes", "Too many login attempts — try again in 15 minutes"];
const essence = (name, answer) => [name, answer.status, answer.challenge ?? "", SENTENCES.find((known) => known === answer.says) ?? "", /=./.test(answer.cookie) ? "sets" : answer.set ? "clears" : ""];

async function story(base, admin) {
  const steps = [];
  const step = async (name, asking) => {
    const answer = await asking;
    steps.push(essence(name, answer));
    return answer;
  };
  const me = (name, token) => step(name, ask(base, "GET", "/auth/me", { token }));
  const refresh = (name, cookie) => step(name, ask(base, "POST", "/auth/refresh", { cookie }));

  await step("a wrong password", login(base, ADA, "not the password"));
  await step("an unknown address", login(base, "nobody@example.com", "not the password"));
  const first = await step("a login", login(base, ADA));
  assert.equal(first.body.token_type, "Bearer");
  assert.equal(first.body.expires_in, 900);
  for (const flag of ["HttpOnly", "Secure", "SameSite=Strict", "Path=/auth"]) assert.ok(first.set.includes(flag), `${flag}: ${first.set}`);
  const token = first.body.access_token;
  await me("her token", token);
  await me("no token", undefined);
  await me("a bent seal", `${token.slice(0, -6)}${token.at(-6) === "A" ? "B" : "A"}${token.slice(-5)}`);
  await me("no token at all", "nonsense");
  await step("a role that she has not", ask(base, "GET", admin, { token }));

  const second = await refresh("a refresh", first.cookie);
  assert.notEqual(second.cookie, first.cookie);
  await me("the fresh token", second.body.access_token);
  await refresh("the used token again", first.cookie);
  await refresh("the newest of an ended family", second.cookie);
  await me("an access token of an ended family", second.body.access_token);
  await refresh("no cookie", undefined);
  await refresh("a cookie that nobody issued", first.cookie.replace(/=.*/, "=x"));

  const third = await step("a login after the theft", login(base, ADA));
  await step("a logout", ask(base, "POST", "/auth/logout", { token: third.body.access_token }));
  await me("a token after its logout", third.body.access_token);
  await refresh("a cookie after its logout", third.cookie);

  for (let count = 1; count <= 5; count += 1) await step(`wrong password ${count}`, login(base, GRACE, `a guess ${count}`));
  await step("the right password of a locked account", login(base, GRACE));
  return steps;
}

const listings = await start(1);
try {
  const [ours, theirs] = [await story(told.hallpass, "/admin/users"), await story(listings.base, "/admin")];
  assert.deepEqual(theirs, ours);
  assert.equal(ours.length, 25);
  assert.ok(ours.some(([, , , says]) => says === SENTENCES[0]) && ours.some(([, , , says]) => says === SENTENCES[1]));

  // Each takes the other's token for what it is: the key of the listings stands in hallpass's key set.
  const theirToken = (await login(listings.base, ADA)).body.access_token;
  const checked = await ask(told.hallpass, "GET", "/auth/verify", { token: theirToken });
  assert.equal(checked.status, 200, `hallpass refuses what sign.mjs has signed: ${checked.says}`);
  const ourToken = (await login(told.hallpass, ADA)).body.access_token;
  assert.equal((await ask(listings.base, "GET", "/auth/me", { token: ourToken })).status, 200);
} finally {
  listings.stop();
}

// With hallpass's own Redis: what hallpass revokes, the listings refuse.
const sharing = await start(0);
try {
  const { access_token: token } = (await login(told.hallpass, ADA, PASSWORD)).body;
  assert.equal((await ask(sharing.base, "GET", "/auth/me", { token })).status, 200);
  assert.equal((await ask(told.hallpass, "POST", "/auth/logout", { token })).status, 204);
  assert.equal((await ask(sharing.base, "GET", "/auth/me", { token })).status, 401);
} finally {
  sharing.stop();
}
console.log("ok");
process.exit();
