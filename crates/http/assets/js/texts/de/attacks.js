// The attacks that attacks.js forges: what each is called, and what it hopes for.

export const ATTACKS = [
  { id: "none", name: "alg: none", hope: "a verifier that lets the token say it needs no signature" },
  { id: "confusion", name: "RS256 → HS256", hope: "a verifier that takes the public key for a shared secret because the header says HMAC" },
  { id: "kid-path", name: "kid: ../../dev/null", hope: "a verifier that opens the file a kid names, and finds an empty key in it" },
  { id: "kid-sql", name: "kid: ' OR 1=1", hope: "a verifier that builds a query out of the kid" },
  { id: "own-key", name: "Bring my own key", hope: "a verifier that believes the key in the header (jwk)" },
  { id: "far-key", name: "Point at my key", hope: "a verifier that fetches the key from wherever the header says (jku)" },
  { id: "promote", name: "role: admin", hope: "a verifier that reads the payload and forgets the signature" },
  { id: "prolong", name: "exp: next year", hope: "a pass that never runs out" },
  { id: "strip", name: "Tear the signature off", hope: "a verifier that checks a signature only where there is one" },
  { id: "bend", name: "Bend the signature", hope: "luck" },
  { id: "twice", name: "role twice", hope: "two readers that disagree about which role counts" },
  { id: "pad", name: "Add padding", hope: "a second spelling of one token, which a list of refused tokens does not know" },
  { id: "crit", name: "crit: unheard-of", hope: "a verifier that skips what it does not understand" },
];

export const WORDS = {
  lead: "Each changes Ada's good token, puts it on the table, and shows it to the sandbox's own verifier. A real server writes the reason only to its log; this one tells you.",
  present: "Show the token at hand to hallpass",
  hope: (hope) => `hopes for ${hope}`,
  lets: "hallpass lets it in.",
  good: "It is a good token.",
  refuses: (code) => `hallpass refuses: ${code}`,
  answered: (status) => ` GET /auth/me answered ${status}.`,
  unsendable: " It cannot be sent to GET /auth/me at all: a header holds visible ASCII only.",
  gotIn: "got in",
  stopped: (code) => `stopped: ${code}`,
};
