// What the members of a token mean.

export const HEADER = {
  alg: "The algorithm of the seal. A hint: the verifier goes by its key, which is bound to one algorithm.",
  typ: "The kind of token. at+jwt is an access token (RFC 9068), so that no other kind passes for one.",
  kid: "The name of the key that signed; here the RFC 7638 thumbprint of its public half.",
  crit: "Extensions that must be understood. None is, so a token with this is refused.",
  jwk: "A key inside the token. Never believed.",
  jku: "An address of keys. Never followed.",
  x5u: "An address of a certificate. Never followed.",
  x5c: "A certificate inside the token. Never believed.",
  cty: "The type of what is inside.",
};

export const CLAIMS = {
  iss: "Who issued the pass. A verifier expects exactly one.",
  aud: "Whom it is meant for. A pass for one service must not open another.",
  sub: "Whose it is: the user's id, and nothing that can change hands like an email address.",
  role: "What its bearer may do. It goes stale if it changes, so a change of role refuses the old tokens.",
  iat: "When it was issued.",
  nbf: "Not good before.",
  exp: "When it ends. From then on it is void, and nobody has to be asked.",
  jti: "Its own number, 128 random bits: by it one token can be put on the denylist.",
  sid: "Its session, which is the refresh family: ending the session ends its tokens.",
  email: "An address. It should not be in here: a token can be read by whoever holds it, and cannot be taken back.",
  name: "A name. It should not be in here: it is personal, and goes stale.",
  scope: "What the client may do (OAuth).",
  client_id: "The client it was issued to.",
};

export const unknown = "A claim that this lab does not know. Whoever issued the token knows what it means.";

export const SEGMENTS = {
  header: ["Header", "Says how the token is sealed. Encoded, not encrypted: anyone can read it."],
  payload: ["Payload", "Says who, what, until when. Anyone can read it: no secret belongs here. Edit it, and watch the seal."],
  signature: ["Signature", "Seals the two segments before it, byte for byte. It hides nothing and proves everything."],
};
