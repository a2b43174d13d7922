// What a text on the table is: signed tokens by their type, other kinds of tokens, secrets of other services, and no
// tokens at all; and why something could not be read.

/** What the header's typ says, by its value in small letters. */
export const TYPES = {
  jwt: "A JWT",
  "at+jwt": "An access token (RFC 9068)",
  "dpop+jwt": "A DPoP proof (RFC 9449)",
  "id+jwt": "An ID token",
  "logout+jwt": "A logout token (OpenID Connect Back-Channel Logout)",
  "secevent+jwt": "A security event (RFC 8417)",
  "token-introspection+jwt": "An introspection response (RFC 9701)",
  "oauth-authz-req+jwt": "A request object (RFC 9101)",
  "entity-statement+jwt": "An entity statement (OpenID Federation)",
  "dc+sd-jwt": "A verifiable credential (SD-JWT VC)",
  "vc+sd-jwt": "A verifiable credential (SD-JWT VC)",
  "kb+jwt": "A key binding for an SD-JWT",
  jose: "A JWS",
};

/** Signed tokens. */
export const SIGNED = {
  ofType: (typ) => `A token of type ${typ}`,
  noType: "A JWT that does not say its type",
  badHeader: "A token whose header cannot be read",
  noAlg: "Its header names no algorithm (alg), and every verifier refuses it.",
  unsigned: (title) => `${title}, unsigned`,
  none: "Its algorithm is none: anybody could have written it. A verifier refuses it.",
  noneWithSignature: "Its algorithm is none, and yet something stands in the place of the signature. A verifier refuses it.",
  byKey: (alg, kid) => `Signed with ${alg} by the key ${kid}.`,
  withoutKid: (alg) => `Signed with ${alg} without a kid, so its key must be known some other way.`,
  noClaims: "Its payload is not claims.",
  holdsToken: "It holds another token (cty).",
  long: "It is longer than 8 KiB, and most servers refuse it.",
  encrypts: (alg) => `This page cannot check ${alg}: it is for encryption.`,
  unknownAlg: (alg) => `This page cannot check ${alg}: WebCrypto does not have it.`,
};

/** Why a segment or a text cannot be read. */
export const FAULTS = {
  at: (line, column, words) => `Line ${line}, column ${column}: ${words}`,
  endsForValue: "the text ends where a value is expected. Its end may be missing.",
  endsInQuotes: "the text ends within quotes. Its end may be missing.",
  endsOpen: (close) => `the text ends before the closing ${close}. Its end may be missing.`,
  deep: (levels) => `it is nested deeper than ${levels} levels.`,
  noValue: "a value is expected here: an object, a list, a text in double quotes, a number, true, false or null.",
  notEscaped: "within quotes, a control character or this backslash must be escaped.",
  noName: "a name in double quotes is expected here.",
  noColon: "a colon is expected after the name.",
  noComma: (close) => `a comma or ${close} is expected here.`,
  goesOn: "the JSON ends before this character.",
  notBase64url: "It is not canonical base64url.",
  notUtf8: "Its bytes are not UTF-8 text: they are encrypted, compressed, or cut in the middle.",
  notObject: "It is JSON, but not an object in { }.",
  twice: (name) => `“${name}” occurs twice. One reader takes the first, another the last.`,
};

export const JWE = {
  title: "A JWE: an encrypted token",
  parts: "It has five segments: header, encrypted key, initialization vector, ciphertext, tag (RFC 7516).",
  direct: (enc) => `The content is encrypted with ${enc} under a key that both sides share.`,
  wrapped: (enc, alg) => `The content is encrypted with ${enc}, and its key with ${alg}.`,
  compressed: "It is compressed, too.",
  noEnc: "Its header names no encryption (enc): it is damaged.",
  end: "Only the header can be read; the recipient's key opens the rest.",
};

export const PASETO = {
  title: (version) => `A PASETO, ${version}`,
  about: "It is not a JWT: its version fixes the algorithm, so no header can choose one.",
  local: "It is encrypted with a shared key: nothing can be read without it.",
  public: "It is signed with a private key (version 4: Ed25519): anyone can read it, as with a JWT.",
  footer: "It has a footer, which is not encrypted.",
};

/** JSON in which no token was found: [its name, what it is]. */
export const JSON_KINDS = {
  damaged: "JSON that is damaged",
  damagedWhy: (fault) => `It begins like JSON and cannot be read. ${fault}`,
  discovery: ["A discovery document", "It says where an issuer's keys are, and holds none. Paste it under “Check with a key” to be told how to get them."],
  jwk: ["A key or a key set", "It is not a token. Put it under “Check with a key”; one with its private half (d) goes under “Sign again”."],
  jwe: ["A JWE in JSON Serialization", "An encrypted token (RFC 7516 §7.2). The recipient's key opens it."],
  introspection: ["An introspection response", "It is what an authorization server says about a token (RFC 7662). The token itself is not in it."],
  error: "An authorization server's error",
  errorSays: (error) => `It says ${error}; no token came with it.`,
  claims: ["Claims without a token", "This is what a payload holds, without a signature. Put it into the payload of the token at hand and press “Sign again”: that makes a token of it."],
  header: ["A header without a token", "This is what a header holds; payload and signature are missing."],
  other: ["JSON without a token", "None of the texts in it looks like a token."],
};

/** Damaged tokens, and texts that are none. */
export const OTHER = {
  oneSegment: ["One segment of a token", "It is a header or a payload alone: the dots and what comes after them are missing."],
  twoSegments: ["Two segments", "Header and payload are there, and the signature is missing. Nobody vouches for what is not signed."],
  base64: ["Base64 of the other kind", "A JWT uses base64url: - and _ instead of + and /, and no = at the end. A verifier refuses the other spelling."],
  cut: "A token that was cut",
  ellipsis: "Somebody shortened it: there is an ellipsis in it. Copy the whole token.",
  breaksOff: (fault) => `The payload breaks off. ${fault}`,
  short: (length, alg, sizes) => `The signature has ${length} bytes, and one of ${alg} has ${sizes}: the end of the token is probably missing.`,
  noHeader: (count) => `${count} segments, and the first is not JSON`,
  noHeaderWhy: "In a JWT the first segment is a JSON object in base64url, so it begins with eyJ. This may be another kind of token, or a text with dots.",
  segments: (count) => `${count} segments`,
  segmentsWhy: "A signed token (JWS) has three, an encrypted one (JWE) five. A token with anything after its last segment is refused.",
  detached: ["A signature without its payload", "The payload is detached (RFC 7515, appendix F): it travels elsewhere, and has to be put back between the dots to be checked."],
  sdJwt: "An SD-JWT: claims that can be withheld",
  sdJwtWhy: (count) => `A signed token with ${count === 1 ? "1 disclosure" : `${count} disclosures`} after it (RFC 9901). The payload holds hashes; each disclosure shows one claim. To check the signature, paste what stands before the first ~.`,
  text: ["Text without a token", "Nothing in it looks like a token. A JWT begins with eyJ and has two dots."],
  opaque: ["An opaque token, or a key", "It has no dots and no JSON in it. Only its issuer knows what it means; a service asks the issuer by introspection (RFC 7662)."],
  none: ["No token", "A JWT has three segments of letters, digits, - and _ with a dot between; the first begins with eyJ."],
};

const SECRET = "If it is in use, it is a secret: whoever has it can use it. Nothing was sent from here; if it was pasted anywhere else, replace it.";

/** Texts without segments, by what kinds_other.js takes them for: [their name, what they are]. */
export const OPAQUE = {
  nothing: ["Nothing yet", "Paste a token, or anything with a token in it: a header, a cookie, an address, a JSON answer."],
  refresh: ["A hallpass refresh token", "It is opaque: only its issuer can read it. It is good for one use at /auth/refresh, and is rotated there. The access token is the one that begins with eyJ."],
  refreshDamaged: ["A damaged hallpass refresh token", "It begins like one, but holds characters that none has. A refresh token is opaque, and good for one use at /auth/refresh."],
  github: ["A GitHub token", `It is opaque: only GitHub knows what it may do. ${SECRET}`],
  gitlab: ["A GitLab token", `It is opaque: only GitLab knows what it may do. ${SECRET}`],
  slack: ["A Slack token", `It is opaque: only Slack knows what it may do. ${SECRET}`],
  stripe: ["A Stripe key", `It is opaque. ${SECRET}`],
  aws: ["An AWS access key ID", `It is a name, and a secret belongs to it. It signs requests, and is not a token. ${SECRET}`],
  googleKey: ["A Google API key", `It names a project, and is not a token. ${SECRET}`],
  googleAccess: ["A Google access token", `It is opaque in spite of its dot: Google's tokeninfo address tells what it may do. Google's ID tokens are the ones that can be read here. ${SECRET}`],
  googleRefresh: ["A Google refresh token", `It is opaque. ${SECRET}`],
  npm: ["An npm token", `It is opaque. ${SECRET}`],
  huggingFace: ["A Hugging Face token", `It is opaque. ${SECRET}`],
  apiKey: ["An API key", `It is opaque. ${SECRET}`],
  sendGrid: ["A SendGrid key", `It has three parts like a JWT, and none of them is JSON. ${SECRET}`],
  fernet: ["A Fernet token", "It is encrypted with a shared key (AES-CBC and HMAC), and is not a JWT. Its first bytes hold a version and the time at which it was made."],
  iron: ["An iron cookie", "It is encrypted and sealed with a password (hapi, iron-session), and is not a JWT."],
  express: ["A signed Express cookie", "A session id and an HMAC over it. It says nothing by itself: what belongs to it is in the server's session store."],
  paserk: ["A PASERK", "A key for PASETO tokens, in text form. It is not a token."],
  bcrypt: ["A bcrypt password hash", "It is not a token. It holds the cost, the salt and the hash; the pattern “Password” shows how it is made."],
  passwordHash: ["A password hash", "It is not a token. It holds parameters, salt and hash side by side."],
  privateKey: ["A private key", "It is not a token; it signs them. Put it under “Sign again”. Nothing was sent from here; if this key was pasted anywhere else, replace it."],
  publicKey: ["A public key", "It is not a token. Put it under “Check with a key”, and the token here."],
  pem: ["A PEM", "It is not a token. A key to check with is a public key or a certificate."],
  basic: ["User name and password", "HTTP Basic authentication: base64 of name and password, readable by anyone who sees it. It is not a token."],
  kerberos: ["A Kerberos or NTLM ticket", "It is not a JWT, and only the domain's servers can read it."],
  digest: ["HTTP Digest authentication", "A hash over password, method and address. It is not a token."],
  uuid: ["A UUID", "An opaque id. It says nothing by itself: whoever issued it looks it up. As a bearer token it must be made of random bits (version 4), or it can be guessed."],
  hexadecimal: ["Hexadecimal digits", "An opaque token, a hash, or a key. It says nothing by itself: whoever issued it looks it up (RFC 7662 gives the question a form)."],
  saml: ["A SAML message", "It is XML in base64, signed in another way (XML Signature). It is not a JWT."],
  xml: ["XML", "A SAML assertion is signed XML; a JWT is signed JSON. This page reads only JWTs."],
  markup: ["Markup", "It is not a token, and is shown here as letters only. Paste the token alone."],
  keysAddress: ["An address of keys", "This page asks no other server. Open it yourself, and paste what it answers under “Check with a key”."],
  address: ["An address without a token", "No parameter and no part of it looks like a token. A code (?code=…) is not a token yet: the client exchanges it for one."],
};
