// What is said while “Sign” is played.

export const PLAY = {
  login: "A token that says who, which role and until when. It is signed with the private key, which never leaves hallpass.",
  read: (length, signature) => `${length} characters, signature ${signature} bytes`,
  claims: (header, names) => `Header ${header}. Claims: ${names}. No email, no name, no list of permissions.`,
  fetched: "Fetched once, then cached.",
  keys: "the public keys",
  keysSay: "With these, anyone can check a signature and no one can make one.",
  shared: (bytes) => `HS256: signature ${bytes} bytes`,
  sharedSays: "The same claims, signed with a shared secret here in your browser. The signature is short, and both sides need the same secret.",
  mint: "…so the Service can sign, too",
  mintSays: (forged) => `Whoever can check an HS256 token can also make one, with any claim: ${forged}… was just as easy. With ten services, that power can leak from ten places.`,
  check: "RS256: it can only check",
  checkSays: "The public key verifies and cannot sign. A break-in at a service leaks only what everyone may read anyway.",
};
