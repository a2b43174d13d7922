// The challenge of “Sign”: find the line that lets a forger in. The line that was chosen is repaired, and attacked.

import { publicPem } from "../attacks.js";
import { encode, encodeJson, parse } from "../jws.js";
import { verdict } from "../sandbox.js";
import { bytes, claimsOf } from "./service.js";
import { words } from "../../language.js";

const { TASK } = await words("turn_sign");

export const task = TASK;
export const lanes = () => ["browser", "service", "hallpass", "thief"];
export const rows = () => 12;

export const listing = `1  const { alg, kid } = header(token);
2  const key = publicKeys[kid];
3  if (!verify(alg, key, token)) return 401;
4  if (claims(token).exp <= now()) return 401;
5  if (claims(token).role !== "admin") return 403;
6  return 200;`;

/** What each answer puts in the place of its line. */
const REPAIRS = {
  alg: { line: `const alg = "RS256";`, alg: () => "RS256" },
  kid: { line: "const key = onlyKey;", key: ({ configured }) => configured },
  exp: { line: "if (exp <= now() || exp > now() + 900)", isExpired: (exp, now) => exp <= now || exp > now + 900 },
  role: { line: "const role = users[sub].role;", role: (claims, users) => users.find((user) => user.id === claims.sub)?.role },
};

const HMAC = { name: "HMAC", hash: "SHA-256" };
const RS256 = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
const ways = {
  HS256: async (pem) => [HMAC, await crypto.subtle.importKey("raw", bytes(pem), HMAC, false, ["verify"])],
  RS256: async (pem) => [RS256, await crypto.subtle.importKey("spki", Uint8Array.from(atob(pem.split("-----")[2]), (one) => one.charCodeAt(0)), RS256, false, ["verify"])],
};

/** The listing, line by line, with one line repaired. */
async function service(token, world, repair) {
  const { pems, now, users } = world;
  const { header, payload, segments, signature } = parse(token);
  const alg = repair.alg?.() ?? header.value.alg;
  const key = repair.key?.(world) ?? pems.find(([kid]) => kid === header.value.kid)[1];
  const [way, imported] = await ways[alg](key);
  if (!(await crypto.subtle.verify(way, imported, signature, bytes(`${segments[0]}.${segments[1]}`)))) return 401;
  const { exp } = payload.value;
  if (repair.isExpired?.(exp, now) ?? exp <= now) return 401;
  const role = repair.role?.(payload.value, users) ?? payload.value.role;
  return role === "admin" ? 200 : 403;
}

/** A token of Grace's that hallpass has never seen: the text of the public key is the secret of its HMAC. */
async function forge(old, [kid, pem], now) {
  const claims = { ...claimsOf(old), iat: now, exp: now + 600, jti: crypto.randomUUID() };
  const message = `${encodeJson({ alg: "HS256", typ: "at+jwt", kid })}.${encodeJson(claims)}`;
  const key = await crypto.subtle.importKey("raw", bytes(pem), HMAC, false, ["sign"]);
  return `${message}.${encode(new Uint8Array(await crypto.subtle.sign("HMAC", key, bytes(message))))}`;
}

/** What the service knows: the public keys, the time, and who has which role. */
const worldOf = async (stage, pems, [, configured]) => {
  const { now, users } = await stage.state();
  return { pems, configured, now: Math.floor(Date.parse(now) / 1000), users };
};

export async function* play(stage, { line }) {
  await stage.fresh();
  const repair = REPAIRS[line];
  const grace = (await stage.login("grace@lab.example", { because: TASK.login })).body.access_token;
  yield;
  const { body: jwks } = await stage.ask("/.well-known/jwks.json", { actor: "thief" }, { because: TASK.fetches, label: TASK.keys });
  const pems = await Promise.all(jwks.keys.map(async (jwk) => [jwk.kid, await publicPem(jwk)]));
  stage.note("service", repair.line, TASK.repaired);
  yield;
  stage.arrow("browser", "service", "GET /payroll", TASK.honest);
  const signer = pems.find(([kid]) => kid === parse(grace).header.value.kid);
  const world = await worldOf(stage, pems, signer);
  const honest = await service(grace, world, repair);
  stage.arrow("service", "browser", TASK.answers(honest), TASK.runs, honest === 200 ? "good" : "bad");
  yield;
  const forged = await forge(grace, signer, world.now);
  stage.note("thief", TASK.forges, TASK.forgesSays, "bad");
  yield;
  stage.arrow("thief", "service", "GET /payroll", TASK.forged);
  const said = await service(forged, world, repair);
  stage.arrow("service", "thief", TASK.answers(said), said === 200 ? TASK.in : TASK.out, said === 200 ? "bad" : "good");
  yield;
  const { reason } = await verdict(forged);
  await stage.ask("/auth/verify", { actor: "thief", token: forged, query: "?role=admin" }, { because: TASK.real, answer: TASK.reason(reason) });
  return { isRight: said !== 200 && honest === 200, because: [TASK.because[line]] };
}
