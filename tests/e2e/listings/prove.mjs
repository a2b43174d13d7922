// A forgotten password, told to the listing and to a live hallpass: both must answer the same, step by step, and both take
// the account from whoever set it up.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { PASSWORD, ask, login, start, told } from "./support.mjs";

const ADA = "ada@example.com";
const NEW = "corridor-warden 1893";

const forgot = (base, email) => ask(base, "POST", "/auth/password/forgot", { body: { email } });
const reset = (base, token, new_password = NEW) => ask(base, "POST", "/auth/password/reset", { body: { token, new_password } });

/** What the links of mails to Ada carry, once there are so many: the listing writes them to its output. */
async function tokens(texts, count) {
  for (let tries = 0; tries < 300; tries += 1) {
    const found = [...texts().matchAll(/\/reset#([\w-]+)/g)].map(([, token]) => token);
    if (found.length >= count) return found;
    await wait(50);
  }
  throw new Error(`there are not ${count} mails`);
}

/** hallpass writes a file for each mail. Names are in the order of time. */
const files = () => readdirSync(told.mails).filter((name) => name.endsWith(".eml")).sort()
  .map((name) => readFileSync(`${told.mails}/${name}`, "utf8")).filter((text) => /^Subject: Set a new/m.test(text))
  .map((text) => text.replaceAll("=\r\n", "").split("Content-Type: text/html")[0]).join("\n");

async function story(base, texts) {
  const steps = [];
  const step = async (name, asking) => {
    const answer = await asking;
    steps.push([name, answer.status]);
    return answer;
  };
  // Whoever has set the account up is in it.
  const stranger = await step("a stranger's login", login(base, ADA));
  await step("no account", forgot(base, "nobody@example.com"));
  await step("an account", forgot(base, ADA));
  const [first] = await tokens(texts, 1);
  await step("once more", forgot(base, ` ${ADA.toUpperCase()} `));
  const second = (await tokens(texts, 2)).find((token) => token !== first);
  await step("what was replaced", reset(base, first));
  await step("what nobody was sent", reset(base, second.replace(/.{8}$/, "AAAAAAAA")));
  await step("too short a password", reset(base, second, "short"));
  const both = await Promise.all([reset(base, second), reset(base, second, "another one 1893")]);
  steps.push(["two at once", both.map(({ status }) => status).sort()]);
  const password = both[0].status === 204 ? NEW : "another one 1893";
  await step("the same again", reset(base, second));
  await step("the stranger's token", ask(base, "GET", "/auth/me", { token: stranger.body.access_token }));
  await step("the stranger's cookie", ask(base, "POST", "/auth/refresh", { cookie: stranger.cookie }));
  await step("the stranger's password", login(base, ADA, PASSWORD));
  const owner = await step("the owner", login(base, ADA, password));
  await step("the owner's token", ask(base, "GET", "/auth/me", { token: owner.body.access_token }));
  return steps;
}

let output = "";
const listings = await start(2, {}, (line) => (output += `${line}\n`));
try {
  const theirs = await story(listings.base, () => output);
  assert.deepEqual(theirs, await story(told.hallpass, files));
  assert.equal(theirs.length, 14);
  assert.deepEqual(theirs.find(([name]) => name === "two at once")[1], [204, 400]);
  // A mailbox gets three, whatever is asked for.
  for (let count = 0; count < 4; count += 1) await forgot(listings.base, ADA);
  assert.equal((await tokens(() => output, 3)).length, 3);
  await wait(300);
  assert.equal((await tokens(() => output, 3)).length, 3);
} finally {
  listings.stop();
}
console.log("ok");
process.exit();
