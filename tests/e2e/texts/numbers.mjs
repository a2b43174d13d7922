// Every number that the lab says: worked out again here, read from the configuration's own table, or with its source.

import { source } from "./modules.mjs";

const YEAR = 365.25 * 86400;
const DAY = 86400;
const rounded = (value, digits = 1) => Number(value.toFixed(digits));

/** The default of a configuration key. */
const KEYS = source("crates/server/src/config/keys.rs");
const set = (name, expected) => KEYS.includes(`key("${name}", "${expected}",`);
const constant = (path, text) => source(path).includes(text);
/** Whether a challenge under a play has all of these. */
const turn = (name, ...texts) => texts.every((text) => constant(`crates/http/assets/js/lab/turns/${name}.js`, text));

/** One hash at the cost that is aimed at. */
const HASH = 0.3;
/** hashcat 6.2.6 on an RTX 4090, mode 3200, at 32 rounds: gist.github.com/Chick3nman/32e662a5bb63bc4f51b847bb422222fd */
const CARD_AT_5 = 184_000;
const card = (cost) => CARD_AT_5 / 2 ** (cost - 5);

/** [what is said, whether it holds or where it is from]. A number that no line covers is a failure, and so is a line that
 * nothing says any more. */
export const NUMBERS = [
  [/An unknown address takes 2 ms, a wrong password 300 ms/, "an example of what a stopwatch sees"],
  [/\b2 to the power of the cost rounds/, () => constant("crates/password/src/work.rs", "Self(1 << cost)")],
  [/“A billion guesses at 300 ms take 9,500 years.”/, () => HASH * 1e9 / YEAR < 9_500 / 900],
  [/\b9\.5 years/, () => rounded(HASH * 1e9 / YEAR) === 9.5],
  [/\b3\.5 days on 1,000 cores/, () => rounded(HASH * 1e9 / 1_000 / DAY) === 3.5],
  [/\b3\.5 days/, () => rounded(HASH * 1e6 / DAY) === 3.5],
  [/“Going from cost 12 to 14 doubles the time.”|[Ff]rom (cost )?12 to 14/, () => 2 ** (14 - 12) === 4],
  [/\b300 ms become 1,200 ms/, () => 300 * 2 ** (14 - 12) === 1_200],
  [/184,000 guesses a second at cost 5\b/, () => CARD_AT_5 === 184_000 && 2 ** 5 === 32],
  [/\b1,437 a second at cost 12\b/, () => Math.floor(card(12)) === 1_437],
  [/\b12 minutes/, () => Math.round(1e6 / card(12) / 60) === 12],
  [/less than 1 s for each hash, cost 10 or more for bcrypt/, "OWASP Password Storage Cheat Sheet, “Work Factors” and “bcrypt”"],
  [/RTX 4090/, "the name of a graphics card"],
  [/never (go )?below 10\b/, () => constant("crates/server/src/config/keys.rs", '"10 to 16; ')],
  [/(“OWASP recommends |[Tt]he |about )?300 ms|\b0\.3 s\b/, () => HASH === 0.3],
  [/cost 12 to 13\b/, () => 2 ** 13 / 2 ** 12 === 2],
  [/[Cc]ost 12\b/, () => set("password.bcrypt_cost", "12")],
  [/cost 16, where ten logins a minute keep a core busy/, () => Math.round(10 * HASH * 2 ** (16 - 12) / 60) === 1],
  // Too little, too much: what the bounds of the configuration keep out.
  [/\b8 or 20\b|Cost 4 “for the tests”/, () => constant("crates/server/src/config/keys.rs", '"10 to 16; ')],
  [/\b40 (parallel )?(guesses|requests)|each see 4 failures|are 40 guesses/, () => set("limits.lockout_failures", "5")],
  [/\b256 (random )?bits/, () => constant("crates/model/src/refresh_token.rs", "const SECRET_LEN: usize = 32;") && 32 * 8 === 256],
  // RFC 7518 §3.4: R and S of P-256 are 32 bytes each.
  [/exactly 64 bytes/, () => 2 * 256 / 8 === 64],
  [/counted by its \/64\b/, () => constant("crates/auth/src/rate_limit/key.rs", "or the /64 of an IPv6 one")],
  [/\b10 attempts in 15 minutes/, () => set("limits.login_max", "10") && set("limits.login_window", "15m")],
  [/\b5 failures in a row lock the account for 30 minutes|forward by 30 minutes/, () => set("limits.lockout_failures", "5") && set("limits.lockout_for", "30m")],
  [/\b5 failures in a row lock it for 30 minutes/, () => set("limits.lockout_failures", "5") && set("limits.lockout_for", "30m")],
  [/\b[Ff]or 10 seconds\b/, () => set("token.refresh_grace", "10s")],
  [/\b11 seconds pass\b/, () => constant("crates/http/assets/js/lab/plays/refresh.js", "stage.wait(11,")],
  [/\bgood for 30 minutes and for nothing else/, () => constant("crates/model/src/one_time.rs", "Self::ResetPassword | Self::Unlock => 30 * MINUTE")],
  [/\bhas had 3 mails in 15 minutes/, () => constant("crates/auth/src/mail/mod.rs", "in_quarter_hour: 3")],
  [/\b15 minutes\b/, () => set("token.access_ttl", "15m")],
  [/\bin seconds since 1970\b/, () => new Date(0).getUTCFullYear() === 1970],
  [/\bafter 5 failures\b/, () => set("limits.lockout_failures", "5")],
  [/\breads only 72 bytes\b/, () => constant("crates/password/src/hash.rs", "bcrypt reads 72 bytes")],
  [/\bMax-Age is 604,800 s, 7 days\b/, () => 604_800 === 7 * DAY && set("token.refresh_ttl", "7d") && constant("crates/http/assets/js/lab/variants/cookie.js", "Max-Age=604800")],
  [/\bin its first 2 minutes\b/, "chromestatus.com/feature/5088147346030592, “Lax + POST”"],
  [/\bthe public key, 2,048 bits/, () => constant("crates/http/assets/js/lab/variants/sign.js", "modulusLength: 2048")],
  [/^50 services verify tokens offline/, "an example of many"],
  [/\b7 days\b/, () => set("token.refresh_ttl", "7d")],
  [/^until 10:15$|^no\. 4711$/, "what is written in the drawing of the pass"],
  [/^At least 8 characters/, () => constant("crates/password/src/policy.rs", "pub const MIN_CHARS: usize = 8;")],
  [/^24 hours$/, "an answer of the game that is wrong on purpose"],
  // The challenges under the plays: their numbers are those that they are played with.
  [/at the same moment, from 8 addresses/, () => turn("password", "length: 40 }", "const ADDRESSES = 8;")],
  [/[Aa]t most 5 of them|(Below|Above) 5\b|no more than 5 answers|\b5 are hashed|had 5 guesses each/, () => turn("password", "const LIMIT = 5;") && set("limits.lockout_failures", "5")],
  [/add 1\b|Add 1\b/, () => turn("password", "this.count(key) + 1")],
  [/[Aa]ll 40\b|^8 addresses/, () => 8 * 5 === 40],
  [/each of them saw 0\b/, () => turn("password", "?? 0")],
  [/\b8 at a time\b/, () => turn("password", "const AT_ONCE = 8;") && constant("crates/lab/src/quota.rs", "const AT_ONCE: usize = 8;")],
  [/\b11 seconds later/, () => turn("refresh", "stage.wait(11,")],
  [/grace period of 10 seconds/, () => set("token.refresh_grace", "10s")],
  [/^24 hours for every entry|[Ww]ith 24 hours instead/, () => turn("revoke", "const DAY = 86_400;")],
  [/list is 96 times as long/, () => DAY / (15 * 60) === 96],
  [/^60 seconds: nobody/, () => turn("revoke", "minute: () => 60")],
  [/\b61 seconds\b/, () => turn("revoke", "stage.wait(61,")],
  [/\bLine [1245]\b/, () => turn("sign", "`1  const { alg, kid }", "2  const key", "4  if (claims(token).exp", "5  if (claims(token).role")],
  [/\b2 seconds\b/, () => turn("verify", "stage.wait(2,")],
];

/** Names with digits in them that are no numbers, and what answers with them means. */
export const NAMES = /\b(?:RS|HS|ES|PS)(?:256|384|512)\b|\bSHA-?256\b|\bP-256\b|\bEd25519\b|\bbase64url\b|\bPBKDF2\b|\bArgon2id\b|\bIPv6\b|\bx5u\b/g;

/** What the lab once said and is false: 0.3 s are not centuries for a billion guesses, nor hopeless for a dictionary. */
export const FALSE = /\bcenturies\b|\bhopeless for a dictionary\b/;
