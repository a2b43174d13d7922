// Tokens to look at: one for each algorithm, and the shapes that well-known issuers make. All are made here, with keys
// that are made here; names and ids are invented.

import { encode, encodeJson } from "./jws.js";
import { ALGORITHMS } from "./keys.js";
import { makeKey, sign } from "./sign.js";

const HOUR = 3600;
const random = () => crypto.randomUUID();

/** Signs claims in an issuer's shape; numbers that are no doubles are given as text. */
async function signed(alg, header, payload) {
  const signer = await makeKey(alg);
  const head = { alg, ...header, ...(signer.kid && { kid: signer.kid }) };
  const text = typeof payload === "string" ? payload : JSON.stringify(payload);
  return { token: await sign(signer, JSON.stringify(head), text), keys: signer.forVerifier };
}

const plain = (now) => ({ iss: "https://issuer.example", sub: "42", aud: "https://api.example", iat: now, exp: now + HOUR, role: "user" });
const person = { name: "Ada Example", given_name: "Ada", family_name: "Example", email: "ada@example.com", email_verified: true };

const keycloak = (now) => signed("RS256", { typ: "JWT" }, {
  exp: now + 300, iat: now, auth_time: now - 40, jti: `onrtac:${random()}`, iss: "https://keycloak.example/realms/shop", aud: "account", sub: random(), typ: "Bearer", azp: "web",
  sid: random(), acr: "1", "allowed-origins": ["https://shop.example"], realm_access: { roles: ["default-roles-shop", "offline_access", "uma_authorization"] },
  resource_access: { account: { roles: ["manage-account", "view-profile"] } }, scope: "openid email profile", preferred_username: "ada", ...person,
});

const auth0 = (now) => signed("RS256", { typ: "JWT" }, {
  iss: "https://example.eu.auth0.com/", sub: "auth0|65f0c0ffee0123456789abcd", aud: ["https://api.example", "https://example.eu.auth0.com/userinfo"],
  iat: now, exp: now + 24 * HOUR, scope: "openid profile email", azp: "Y2xpZW50IGlkIG9mIGFuIGFwcA",
});

function entra(now) {
  const tenant = random();
  return signed("RS256", { typ: "JWT" }, {
    aud: random(), iss: `https://login.microsoftonline.com/${tenant}/v2.0`, iat: now, nbf: now, exp: now + 4500, azp: random(), azpacr: "0", name: person.name, oid: random(),
    preferred_username: person.email, roles: ["Orders.Read"], scp: "access_as_user", sub: encode(crypto.getRandomValues(new Uint8Array(32))), tid: tenant, uti: encode(crypto.getRandomValues(new Uint8Array(16))), ver: "2.0",
  });
}

function cognito(now) {
  const sub = random();
  return signed("RS256", {}, {
    sub, "cognito:groups": ["readers"], iss: "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Example01", version: 2, client_id: "3n4b5urk1ft4fl3mg5e62d9ado", origin_jti: random(), event_id: random(),
    token_use: "access", scope: "openid profile", auth_time: now, exp: now + HOUR, iat: now, jti: random(), username: sub,
  });
}

const google = (now) => signed("RS256", { typ: "JWT" }, {
  iss: "https://accounts.google.com", azp: "1234987819200.apps.googleusercontent.com", aud: "1234987819200.apps.googleusercontent.com", sub: "10769150350006150715113082367",
  hd: "example.com", at_hash: encode(crypto.getRandomValues(new Uint8Array(16))), nonce: random(), picture: "https://lh3.googleusercontent.com/a/example", ...person, iat: now, exp: now + HOUR,
});

const supabase = (now) => signed("ES256", { typ: "JWT" }, {
  iss: "https://abcdefghijklmnopqrst.supabase.co/auth/v1", sub: random(), aud: "authenticated", exp: now + HOUR, iat: now, email: person.email, phone: "", app_metadata: { provider: "email", providers: ["email"] },
  user_metadata: { email_verified: true }, role: "authenticated", aal: "aal1", amr: [{ method: "password", timestamp: now }], session_id: random(), is_anonymous: false,
});

const kubernetes = (now) => signed("RS256", {}, {
  aud: ["https://kubernetes.default.svc.cluster.local"], exp: now + 365 * 24 * HOUR, iat: now, iss: "https://kubernetes.default.svc.cluster.local", jti: random(),
  "kubernetes.io": { namespace: "shop", node: { name: "node-1", uid: random() }, pod: { name: "web-6d4cf56db6-abcde", uid: random() }, serviceaccount: { name: "web", uid: random() }, warnafter: now + 3607 },
  nbf: now, sub: "system:serviceaccount:shop:web",
});

async function dpop(now) {
  const signer = await makeKey("ES256");
  const { kty, crv, x, y } = signer.jwk;
  const header = JSON.stringify({ typ: "dpop+jwt", alg: "ES256", jwk: { kty, crv, x, y } });
  return { token: await sign(signer, header, JSON.stringify({ jti: random(), htm: "POST", htu: "https://issuer.example/token", iat: now })), keys: signer.forVerifier };
}

async function jwe(now) {
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt"]);
  const head = encodeJson({ alg: "dir", enc: "A256GCM", cty: "JWT" });
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: new TextEncoder().encode(head) }, key, new TextEncoder().encode(JSON.stringify(plain(now)))));
  return { token: [head, "", encode(iv), encode(sealed.slice(0, -16)), encode(sealed.slice(-16))].join("."), keys: null };
}

async function nested(now) {
  const inner = await signed("ES256", { typ: "JWT" }, plain(now));
  return signed("ES256", { typ: "JWT", cty: "JWT" }, { ...plain(now), id_token: inner.token });
}

/** Pre-authentication encoding of PASETO: the number of pieces, then each with its length before it. */
function pae(pieces) {
  const length = (size) => [size & 0xff, (size >> 8) & 0xff, 0, 0, 0, 0, 0, 0];
  return new Uint8Array([...length(pieces.length), ...pieces.flatMap((piece) => [...length(piece.length), ...piece])]);
}

async function paseto(now) {
  const { key } = await makeKey("Ed25519");
  const utf8 = (text) => new TextEncoder().encode(text);
  const message = utf8(JSON.stringify({ iss: "https://issuer.example", sub: "42", exp: new Date((now + HOUR) * 1000).toISOString() }));
  const signature = new Uint8Array(await crypto.subtle.sign("Ed25519", key, pae([utf8("v4.public."), message, [], []])));
  return { token: `v4.public.${encode([...message, ...signature])}`, keys: null };
}

const alone = (make) => async (now) => ({ token: await make(now), keys: null });

const MAKERS = {
  ...Object.fromEntries(Object.keys(ALGORITHMS).map((alg) => [alg, (now) => signed(alg, { typ: "JWT" }, plain(now))])),
  keycloak, auth0, entra, cognito, google, supabase, kubernetes, nested, dpop, jwe, paseto,
  "no-exp": (now) => signed("HS256", { typ: "JWT" }, { sub: "1234567890", name: "John Doe", admin: true, iat: now - 1 }),
  none: alone((now) => `${encodeJson({ alg: "none", typ: "JWT" })}.${encodeJson(plain(now))}.`),
  millis: (now) => signed("ES256", { typ: "JWT" }, { ...plain(now), iat: now * 1000, exp: (now + HOUR) * 1000 }),
  numbers: (now) => signed("ES256", { typ: "JWT" }, `{"sub":9007199254740993,"big":1e400,"digits":123456789012345678901234567890,"exp":${now + HOUR}}`),
  twice: (now) => signed("ES256", { typ: "JWT" }, `{"role":"admin","role":"user","exp":${now + HOUR}}`),
};

/** Makes a sample: the token, and what it is checked with. */
export const make = (id, now) => MAKERS[id](now);
