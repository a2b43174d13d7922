// Keys: to check with, to sign with, and why one cannot be used.

/** Why a key cannot be used. */
export const FAULTS = {
  noEd25519: "This browser cannot use Ed25519 yet.",
  notFor: (alg) => `This is no key for ${alg}.`,
  forOther: (alg, algs) => `A key of this type is not for ${alg}, but for ${algs}.`,
  badSecret: "This is no key for HS256: its k is not base64url text.",
  noObject: "In a key set, every key is an object.",
  encrypts: "It is for encryption (use: enc), and signs nothing.",
  unknownType: (type, alg) => `A key of type ${type} for ${alg} is not known here.`,
  typeWithoutAlg: (type) => `A key of type ${type} for no algorithm is not known here.`,
  jwkIsPrivate: "That JWK holds the private half (d). Paste the public one; to sign with it, use “Sign again”.",
  emptySet: "The key set is empty.",
  noneOf: (count, keys) => `None of these ${count} keys can be used. ${keys}`,
  notJson: "This begins like JSON and is none.",
  encrypted: "This private key is encrypted with a password. Decrypt it first: openssl pkcs8 -in key.pem -nocrypt -topk8",
  otherPem: (label, labels) => `A PEM of “${label}” is not read here. These are: ${labels}.`,
  pemNotBase64: "The PEM is damaged: its body is not base64.",
  pemDamaged: "The PEM is damaged: its body ends early, or is not what its first line says.",
  pemOfUnknown: "The PEM holds a key of a type that is not known here.",
  isPrivate: "That is a private key: it signs. Only its public half verifies, and only that may leave its owner. To sign with it, use “Sign again”.",
  discovery: (address) => `This is a discovery document. It holds no keys, only their address. This page asks no other server, so fetch them yourself and paste what comes: curl -s '${address}'`,
  address: (address) => `This is an address. This page asks no other server, so fetch the keys yourself and paste what comes: curl -s '${address}'`,
  notBase64: "This is not base64.",
  notHex: "This is not hexadecimal: two digits for each byte.",
  pasteKey: "Paste a secret, a PEM, a JWK or a JWKS.",
  needsPublic: (alg) => `A secret is not for ${alg}: that takes a public key, as PEM or JWK.`,
  noSuchKeyYet: (alg) => `This browser cannot make a key for ${alg} yet.`,
  pastePrivate: "Paste a secret, a private key as PEM, or a private JWK.",
  isPublic: "That is a public key: it verifies. Signing takes the private one.",
  signsNothing: "A key of this type signs nothing that is known here.",
  signsOther: (alg, algs) => `A key of this type does not sign ${alg}, but ${algs}.`,
  needsPrivate: (alg) => `${alg} is signed with a private key, as PEM or JWK; this is neither.`,
  jwkSignsNothing: "This JWK signs nothing that is known here.",
  jwkSignsOther: (alg, algs) => `This JWK does not sign ${alg}, but ${algs}.`,
  jwkIsPublic: "That JWK is a public key: it verifies. Signing takes the private one, with d in it.",
};

/** What a key of a set is called that has no name. */
export const number = (index) => `number ${index}`;

/** How a secret is written down. */
export const WRITTEN = { text: "as text", base64: "in base64", hex: "in hexadecimal" };

/** The key to check with. */
export const CHECKING = {
  keys: "A secret, a PEM (key or certificate), a JWK, a JWKS, or a discovery document; it stays in this browser",
  bound: "The key is for",
  anything: "what its type allows",
  written: "The secret is given",
  hint: "A real verifier binds its key to one algorithm. Left open, the token's header chooses among those of the key's type, and never between a secret and a public key.",
  issuer: "Expected issuer (optional)",
  audience: "Expected audience (optional)",
  copy: "Copy the key",
  again: "Back to the sandbox's keys",
};

/** Where the token is signed again. */
export const SIGNING = {
  lead: "Change header and payload as you like, then sign them. The key to check with is set to the public half, so the verdict is about your token.",
  algorithm: "Algorithm",
  key: "Key",
  made: "a key made in this browser",
  own: "a key of my own",
  ownKey: "A secret, a private key (PEM) or a private JWK; it stays in this browser",
  sign: "Sign",
  another: "Another key",
  copy: "Copy the private key",
  auto: "at every edit",
  signed: (alg) => `Signed with ${alg}.`,
};
