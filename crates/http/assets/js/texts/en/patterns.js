// The five patterns: what each is about, and its key insight.

export const PATTERNS = [
  {
    id: "sign",
    name: "Sign",
    about: "A pass says who you are, what your role is and when it ends, and carries a seal that only its issuer can make.",
    insight: "What matters is who can make the seal. With HS256, anyone who can check a pass can also forge one; with RS256, ES256 or EdDSA only the issuer can. And a pass cannot be corrected once it is out: put in what a service needs to decide, and nothing that goes stale.",
  },
  {
    id: "verify",
    name: "Verify",
    about: "A service checks the pass by itself, without calling the office for each request.",
    insight: "401 and 403 answer two different questions. 401: I don't know who you are; log in and try again. 403: I know who you are, and the answer is still no. The order of the checks matters too: form, key, algorithm, seal, and only then the claims. Until the seal is verified, a claim is just something that somebody wrote.",
  },
  {
    id: "refresh",
    name: "Refresh",
    about: "The access token is short-lived. A second token, kept where no script can read it, quietly fetches the next one.",
    insight: "Each refresh token works once. When one is stolen, two people hold it, and whoever comes second shows a spent token: the theft is noticed, no matter who was first. The server cannot tell the thief from the owner, so it ends the session for both. The owner has a password and starts again; the thief has none.",
  },
  {
    id: "revoke",
    name: "Revoke",
    about: "A logout, a lost phone, a suspended account: some passes must end early.",
    insight: "A seal proves where a pass came from. It cannot tell whether the pass has been revoked since, so that takes a list. The list stays small, because an entry can be dropped as soon as its pass would have expired anyway: a short exp is what makes a denylist cheap.",
  },
  {
    id: "password",
    name: "Password",
    about: "One hash takes about 0.3 s. For one login that is nothing. For a thief with the stolen table it is 3.5 days for a million words, and 9.5 years for a billion guesses, on one core.",
    insight: "Slow hashing protects a stolen table, and limits protect the login form: you need both. Count an attempt before you hash, or 40 parallel guesses all get through. And an unknown address must take the same time and get the same answer, or the form tells anyone who has an account.",
  },
];
