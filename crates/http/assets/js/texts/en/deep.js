// The deep dive: how it is done here, and the documents that say so.

const named = (name, section) => `${name}${section ? ` §${section}` : ""}`;
const rfc = (number, section = "") => ({ name: named(`RFC ${number}`, section), href: `https://www.rfc-editor.org/rfc/rfc${number}${section ? `#section-${section}` : ""}` });
/** An Internet-Draft: no RFC says what SameSite is. */
const draft = (name, document, section) => ({ name: named(name, section), href: `https://datatracker.ietf.org/doc/html/${document}#section-${section}` });

export const DEEP = {
  title: "Deep dive",
  lead: "The details, and the documents that define them.",
  further: "Further reading:",
  items: [
    {
      title: "The signature, byte by byte",
      text: [
        "The signature covers the ASCII text of the first two segments and the dot between them, not the JSON. So nobody has to agree on how to write JSON, and whitespace in a payload is signed like any claim.",
        "base64url has traps of its own: padding, line breaks, and unused bits in the last character. A lenient decoder accepts many spellings of one token, but a denylist knows only one. hallpass accepts the canonical spelling and refuses the rest.",
        "An ES256 signature is exactly 64 bytes, R then S. A DER structure is not a JWS signature. An RS256 signature is as long as the key's modulus. An Ed25519 verifier checks that S is below the group order. Otherwise anyone could turn one valid signature into a second one.",
      ],
      refs: [rfc(7515, "5.1"), rfc(4648, "3.5"), rfc(7518, "3.4"), rfc(8032, "5.1.7")],
    },
    {
      title: "The order of the checks",
      text: [
        "Length before decoding, format before parsing, key before algorithm, algorithm before cryptography, signature before claims, claims before the denylist. Each check establishes what the next one relies on, and the cheap checks come first.",
        "A duplicate member name is refused, because two parsers may pick different values: one for the check, another for the decision. crit means “understand this or refuse”, so an unknown extension is refused.",
      ],
      refs: [rfc(7515, "5.2"), rfc(7519, "7.2"), rfc(8725, "3")],
    },
    {
      title: "HS256 or RS256, ES256, EdDSA",
      text: [
        "HMAC is fast, and one key does both jobs. An HS256 secret needs 256 random bits. A dictionary word can be found offline from a single token, because nothing slows down the guessing.",
        "RSA signs slowly and verifies fast, which suits one issuer with many verifiers. Its signatures are long. ES256 signatures are short, but each one needs good randomness, or the private key leaks. Ed25519 needs no randomness to sign, and is the simplest choice if every verifier supports it.",
        "A key is bound to one algorithm when it is loaded. The header's alg is compared with it, never obeyed.",
      ],
      refs: [rfc(7518, "3.2"), rfc(8037, "3.1"), rfc(8725, "3.1")],
    },
    {
      title: "Refresh tokens that rotate",
      text: [
        "A refresh token here carries its session's id, a generation and a secret, protected by a tag that only the server can compute. A forged token is refused without a look at the database. A used one is recognised by its generation alone, so storage grows with sessions and not with rotations.",
        "A rotation is one conditional UPDATE. If several requests race, only one finds the row as it expects. Responses can get lost, so the token used last may be sent again for 10 seconds. It gets the same successor, which is derived and not stored. Once the successor has been used, sending the old token counts as reuse.",
        "The revocation is committed in the transaction that detects the reuse. A crash between the two cannot leave the thief with a working token.",
      ],
      refs: [rfc(6749, "10.4"), rfc(9700, "4.14")],
    },
    {
      title: "Revocation without a call per request",
      text: [
        "An entry names a token (jti), a session (sid) or a user (everything issued before a point in time), and says when the entry ends. It is written in the transaction that causes it. Services keep a replica, fed by a stream. They verify offline and still learn of a logout within moments.",
        "In Redis the key is blacklist:<jti>, and its TTL is the token's remaining lifetime, so the entry removes itself. Each service decides what to do when its replica is too old. hallpass-verify makes it choose.",
      ],
      refs: [rfc(7009), rfc(7662), rfc(9068, "4")],
    },
    {
      title: "Limits on the login",
      text: [
        "There are two counters, because neither is enough alone. Per client address: 10 attempts in 15 minutes, announced in RateLimit headers. This slows down one machine. Per account: 5 failures in a row lock it for 30 minutes. This stops a botnet that attacks one victim. An IPv6 client is counted by its /64, because that is what one subscriber gets.",
        "An attempt is reserved in both counters before hashing and given back on success. Both also count attempts on addresses without an account. Hashing has a bounded pool of its own, so a flood of logins does not slow down a refresh.",
      ],
      refs: [rfc(6585, "4"), rfc(9110, "10.2.3")],
    },
    {
      title: "The cookie, attribute by attribute",
      text: [
        "HttpOnly: no script can read it. Secure: it is never sent over plain http. SameSite=Strict: requests from other sites do not carry it. Path=/auth: no other route receives it. No Domain: no other host receives it.",
        "A sibling subdomain counts as the same site, so Sec-Fetch-Site and Origin are checked as well. Only a real refusal clears the cookie: a 429 or a 503 must not log anyone out.",
      ],
      refs: [rfc(6265, "4.1.2"), draft("RFC 6265bis", "draft-ietf-httpbis-rfc6265bis", "4.1.2.7"), rfc(6454, "7")],
    },
    {
      title: "401, 403, and the challenge",
      text: [
        "A request without a token gets 401 with WWW-Authenticate: Bearer. A token that does not verify gets 401 with error=\"invalid_token\". A valid token without the required rights gets 403 with error=\"insufficient_scope\". The exact reason goes into the log only, because it would help whoever is forging tokens.",
      ],
      refs: [rfc(6750, "3"), rfc(9110, "15.5"), rfc(9457)],
    },
    {
      title: "Key rotation without an outage",
      text: [
        "announced → active → retired → gone. Before a new key signs, it is in the JWKS for longer than the JWKS may be cached. A retired key stays until its last token has expired. So at any moment, every valid token verifies with any key set that may still be cached.",
        "The kid is the key's thumbprint, so two keys never share one. It is never used as a path or in a query.",
      ],
      refs: [rfc(7517), rfc(7638), rfc(8414)],
    },
  ],
};
