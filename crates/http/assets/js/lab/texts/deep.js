// The deep dive: how it is done here, and the documents that say so.

const rfc = (number, section = "") => ({ name: `RFC ${number}${section ? ` §${section}` : ""}`, number });

export const DEEP = {
  title: "Deep dive",
  lead: "The details, and where they are written down.",
  items: [
    {
      title: "The seal, to the byte",
      text: [
        "What is signed is the ASCII text of the first two segments with the dot between them, not the JSON. So nobody has to agree on how JSON is written, and whitespace in a payload is as sealed as a claim.",
        "base64url has traps of its own: padding, line breaks, and bits left over in the last character. A decoder that is generous gives one token many spellings, and a list of refused tokens knows only one. hallpass takes the canonical one and refuses the rest.",
        "An ES256 signature is exactly 64 bytes, R then S; a DER structure is not a JWS signature. An RS256 signature is as long as the key's modulus. Ed25519 checks that S is below the group order, or there would be two signatures for one message.",
      ],
      refs: [rfc(7515, "5.1"), rfc(4648, "3.5"), rfc(7518, "3.4"), rfc(8032, "5.1.7")],
    },
    {
      title: "The order of the checks",
      text: [
        "Length before decoding, form before parsing, key before algorithm, algorithm before cryptography, seal before claims, claims before the denylist. Each check makes sure of what the next relies on, and the cheap ones come first.",
        "Two members of the same name are refused, because two parsers may pick different ones: one for the check, another for the decision. crit says “understand this or refuse”, so an unknown one means refuse.",
      ],
      refs: [rfc(7515, "5.2"), rfc(7519, "7.2"), rfc(8725, "3")],
    },
    {
      title: "HS256 against RS256, ES256, EdDSA",
      text: [
        "HMAC is fast and its key does both jobs. An HS256 secret must have 256 random bits: a word from a dictionary is found offline from a single token, at billions of guesses a second, since nothing limits a guesser who holds one.",
        "RSA signs slowly and verifies fast, which suits one issuer and many verifiers; its tokens are long. ES256 makes short seals and needs a good source of randomness for each, or the private key leaks. Ed25519 needs none when signing, and is the plainest choice where every verifier knows it.",
        "A key is bound to one algorithm when it is loaded. The header's alg is compared, never obeyed.",
      ],
      refs: [rfc(7518, "3.2"), rfc(8037, "3.1"), rfc(8725, "3.1")],
    },
    {
      title: "Refresh tokens that rotate",
      text: [
        "A refresh token here carries its session's id, a generation and a secret, under a tag that only the server can make. A forged one is turned away without touching the store; a spent one is recognised by its generation alone, so that storage grows with sessions and not with rotations.",
        "A rotation is one conditional UPDATE: of many that race, one finds the row as it expects it. Answers get lost, so the token spent last may be repeated for ten seconds and gets the very same successor, which is derived and not stored. Once the successor was used, the repeat is reuse.",
        "The revocation is committed in the same transaction that detects the reuse, so a crash between the two cannot leave the thief's branch alive.",
      ],
      refs: [rfc(6749, "10.4"), rfc(9700, "4.14")],
    },
    {
      title: "Revocation without a phone call",
      text: [
        "An entry names a token (jti), a session (sid) or a user (everything issued before an instant), and an end. It is written in the transaction of its cause. Services keep a replica that they feed from a stream, verify offline, and still see a logout within a second.",
        "With Redis the layout is blacklist:<jti> with the token's remaining life as its TTL: the database forgets by itself. What a service does when its replica is stale is its choice; saying yes blindly is not among the defaults.",
      ],
      refs: [rfc(7009), rfc(7662), rfc(9068, "4")],
    },
    {
      title: "Limits on the login",
      text: [
        "Two counters, neither enough alone. Per client address: ten attempts in fifteen minutes, told in RateLimit headers; it slows one machine. Per account: five failures in a row lock it for half an hour; it stops a botnet on one victim. An IPv6 client is its /64, since that is what one subscriber gets.",
        "Both are reserved before hashing and given back on success, and both exist for addresses without an account. Hashing has its own bounded pool: a flood of logins never slows a refresh.",
      ],
      refs: [rfc(6585, "4"), rfc(9110, "10.2.3")],
    },
    {
      title: "The cookie, attribute by attribute",
      text: [
        "HttpOnly: no script reads it. Secure: no plain request carries it. SameSite=Strict: no other site's page sends it. Path=/auth: no other route receives it. No Domain: no sibling host receives it.",
        "A sibling subdomain is the same site, so Sec-Fetch-Site and Origin are checked as well. And only a verdict clears the cookie: a 429 or 503 must log nobody out.",
      ],
      refs: [rfc(6265, "4.1.2"), rfc(6454, "7")],
    },
    {
      title: "401, 403, and the challenge",
      text: [
        "A bare 401 carries WWW-Authenticate: Bearer. A token that does not verify gets error=\"invalid_token\"; a token that is not enough gets 403 and error=\"insufficient_scope\". Why a token was refused is for the log: to whoever forged it, it would be a hint.",
      ],
      refs: [rfc(6750, "3"), rfc(9110, "15.5"), rfc(9457)],
    },
    {
      title: "Keys that change without anybody noticing",
      text: [
        "announced → active → retired → gone. The next key stands in the JWKS longer than the JWKS may be cached before it signs; a retired one stays until its last token has run out. So at every instant every token in the world verifies with a cached set.",
        "A kid is the key's own thumbprint: no counter to collide, no path to traverse.",
      ],
      refs: [rfc(7517), rfc(7638), rfc(8414)],
    },
  ],
};
