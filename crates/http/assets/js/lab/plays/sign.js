// Sign: who can make a token, and who can only check one.

import { parse, encode, encodeJson } from "../jws.js";
import { words } from "../../language.js";

const { PLAY } = await words("play_sign");

export const lanes = ["browser", "hallpass", "service"];
export const rows = 8;

const bytes = (text) => new TextEncoder().encode(text);

export async function* play(stage) {
  const answer = await stage.login("ada@lab.example", { answer: PLAY.login });
  yield;
  const token = answer.body.access_token;
  const { header, payload, signature } = parse(token);
  stage.note("browser", PLAY.read(token.length, signature.length), PLAY.claims(JSON.stringify(header.value), Object.keys(payload.value).join(", ")));
  yield;
  await stage.ask("/.well-known/jwks.json", { actor: "service" }, { because: PLAY.fetched, label: PLAY.keys, answer: PLAY.keysSay });
  yield;
  const hs = await crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, true, ["sign", "verify"]);
  const message = bytes(`${encodeJson({ alg: "HS256", typ: "at+jwt" })}.${encodeJson(payload.value)}`);
  const shared = new Uint8Array(await crypto.subtle.sign("HMAC", hs, message));
  stage.note("service", PLAY.shared(shared.length), PLAY.sharedSays);
  yield;
  const forged = encode(new Uint8Array(await crypto.subtle.sign("HMAC", hs, bytes("role=admin"))));
  stage.note("service", PLAY.mint, PLAY.mintSays(forged.slice(0, 16)), "bad");
  yield;
  stage.note("service", PLAY.check, PLAY.checkSays, "good");
  yield;
}
