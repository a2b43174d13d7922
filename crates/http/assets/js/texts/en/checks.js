// A verifier's checks, and the verdict in a sentence.

/** What each is called, and what it says when it passes. */
export const CHECKS = {
  form: ["Form", "three segments of canonical base64url, two of them JSON objects without a name twice"],
  typ: ["Type", "the header's typ is the kind of token that is expected here"],
  key: ["Key", "the header's kid names a key that this verifier holds"],
  alg: ["Algorithm", "the header's alg is one that the key is for"],
  signature: ["Signature", "it fits header and payload, byte for byte"],
  iss: ["Issuer", "the token is from the issuer that was expected"],
  aud: ["Audience", "the token is meant for this verifier"],
  time: ["Times", "exp lies ahead, iat and nbf do not"],
};

export const STATUS = { pass: "pass", fail: "fail", unreached: "not reached", unasked: "not asked" };

export const WOULD = { pass: "It would pass.", fail: "It would fail:" };

/** What the signature says; what the claims say is put after it. */
export const SIGNATURE = {
  holds: "The signature holds",
  broken: "The signature is broken: nothing it says counts",
  unchecked: "The signature is unchecked: there is no key",
};

export const CLAIMS_SAY = {
  good: (left) => `it is good for another ${left}`,
  proof: "a proof has no exp, and is good for moments after its iat",
  noExp: "there is no exp",
  expired: (ago) => `it expired ${ago} ago`,
  notYet: (name, left) => `it is not good before ${name}, in ${left}`,
  badTime: (name) => `${name} is not a number of seconds in range`,
  issuer: "another issuer was expected",
  audience: "it is for another audience",
};

export const VERDICT = {
  refused: (code) => `Refused before its signature is checked: ${code}.`,
  none: "There is no signature here that could be checked.",
  noKey: "No key to check with",
  skipped: (count) => (count === 1 ? "1 key of this set is skipped." : `${count} keys of this set are skipped.`),
};
