// Sign: who can make a pass, and who can only check one.

import { parse, encode, encodeJson } from "../jws.js";

export const lanes = ["Browser", "hallpass", "Service"];
export const rows = 8;

const bytes = (text) => new TextEncoder().encode(text);

export async function* play(stage) {
  const answer = await stage.login("ada@lab.example", { answer: "A pass that says who, which role and until when. It is signed with the private key, which never leaves hallpass." });
  yield;
  const token = answer.body.access_token;
  const { header, payload, signature } = parse(token);
  stage.note("Browser", `${token.length} characters, seal ${signature.length} bytes`, `Header ${JSON.stringify(header.value)}. Claims: ${Object.keys(payload.value).join(", ")}. No email, no name, no list of rights.`);
  yield;
  await stage.ask("/.well-known/jwks.json", { actor: "service" }, { because: "Fetched once, then cached.", label: "the public keys", answer: "With these, anyone can check a seal and no one can make one." });
  yield;
  const hs = await crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, true, ["sign", "verify"]);
  const message = bytes(`${encodeJson({ alg: "HS256", typ: "at+jwt" })}.${encodeJson(payload.value)}`);
  const shared = new Uint8Array(await crypto.subtle.sign("HMAC", hs, message));
  stage.note("Service", `HS256: seal ${shared.length} bytes`, "The same claims, sealed with a shared secret here in your browser. The seal is short, and both sides need the same secret.");
  yield;
  const forged = encode(new Uint8Array(await crypto.subtle.sign("HMAC", hs, bytes("role=admin"))));
  stage.note("Service", "…so the Service can mint", `Whoever can check an HS256 token can also make one, with any claim: ${forged.slice(0, 16)}… was just as easy. With ten services, there are ten places from which that power can leak.`, "bad");
  yield;
  stage.note("Service", "RS256: it can only check", "The public key verifies and cannot sign. A break-in at a service leaks only what everyone may read anyway.", "good");
  yield;
}
