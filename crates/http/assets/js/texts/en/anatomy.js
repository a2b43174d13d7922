// The words of the Anatomy's first view: one file, since each costs a request. What other tokens and what stands further
// down take is in files of their own, which are loaded when they are needed.

const JWS = "RFC 7515";
const JWT = "RFC 7519";
const AT = "RFC 9068";

export const HEADER = {
  alg: ["The algorithm of the signature. Only a hint: the verifier goes by its key, which is bound to one algorithm.", JWS],
  typ: ["The kind of token. at+jwt is an access token, so that no other kind passes for one.", `${JWS}, ${AT}`],
  kid: ["The name of the key that signed; with hallpass, the RFC 7638 thumbprint of its public half.", JWS],
};

/** What the sandbox's tokens hold; claims_more.js has the rest. */
export const CLAIMS = {
  iss: ["Who issued the token. A verifier expects exactly one.", JWT],
  sub: ["Whose it is: the user's id, and nothing that can change hands like an email address.", JWT],
  aud: ["Who it is meant for. A token for one service must not open another.", JWT],
  exp: ["When it ends. From then on it is void, and nobody has to be asked.", JWT],
  iat: ["When it was issued.", JWT],
  jti: ["Its own id; with hallpass, 128 random bits. By this id a single token can be put on the denylist.", JWT],
  client_id: ["The client it was issued to.", AT],
  sid: ["The session; with hallpass, the refresh family: ending it ends its tokens.", "OpenID Connect Logout"],
  role: ["What its bearer may do. It goes stale if it changes, so hallpass refuses the old tokens after a change.", "hallpass; Supabase: the role in the database"],
};

export const unknown = "No registered claim that this page knows. Whoever issued the token knows what it means.";

export const SEGMENTS = {
  header: ["Header", "Says how the token is signed. Encoded, not encrypted: anyone can read it."],
  payload: ["Payload", "Says who, what, until when. Anyone can read it: no secret belongs here. Edit it, and watch the signature."],
  signature: ["Signature", "Covers the two segments before it, byte for byte. It hides nothing, and shows who signed."],
};

/** What is said about a segment. */
export const SEGMENT = {
  name: "Segment",
  decoded: "The segment, decoded",
  header: "The header as JSON; change it",
  payload: "The payload as JSON; change it",
  hex: "The signature in hexadecimal",
  bytes: (count) => `${count} bytes, made over header and payload as they stand in the token.`,
  noSignature: "There is none.",
  notBase64url: "Not base64url",
  stray: " Padding, white space, another alphabet, or stray bits at the end.",
  characters: (count) => `${count} characters`,
  more: (count) => `and ${count} more, in the field above.`,
  noTime: "no time at all",
  now: "now",
  ahead: (span) => `in ${span}`,
  ago: (span) => `${span} ago`,
  millis: (time) => `in milliseconds: ${time}`,
};

/** The token of the sandbox. */
export const OWN = {
  title: "An access token (RFC 9068)",
  signed: (alg, kid) => `Signed with ${alg} by the key ${kid}.`,
  verdict: (left) => `The signature holds; it is good for another ${left}.`,
  size: (bytes, ofCookie, cookie, ofHeaders) => `${bytes} bytes: ${ofCookie}% of a cookie (${cookie}), ${ofHeaders}% of the 8 KiB that many servers allow for all headers.`,
  shown: "A token of the sandbox is on the table.",
  given: "The token of the address is on the table.",
};

export const PARTS = {
  title: "Anatomy",
  field: "The token. Paste anything with a token in it; nothing is sent.",
  paste: "Paste a token",
  fresh: "Ada's token",
  samples: "Samples",
  choose: "Samples…",
  checks: "The checks",
  order: "in a verifier's order",
  checkWith: "Check with a key",
  signAgain: "Sign again",
  attacks: "The classic attacks",
};

export const COPY = {
  copy: "Copy",
  copied: "Copied",
  refused: "Not allowed",
  done: (name) => `${name}: done.`,
  notAllowed: "The browser does not allow copying here.",
  share: "Share",
};

/** Groups of samples, and those whose names are no proper names. */
export const GROUPS = { algorithms: "By algorithm", issuers: "As issuers make them", odd: "Odd ones" };
export const SAMPLES = {
  google: "Google (ID token)",
  "no-exp": "No exp (jwt.io's sample)",
  millis: "Times in milliseconds",
  numbers: "Numbers that are no doubles",
  twice: "A name twice",
  nested: "A token within a token",
  dpop: "A DPoP proof",
  jwe: "Encrypted (JWE)",
};
