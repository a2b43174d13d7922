// The challenge of “Sign”.

export const TASK = {
  lead: "A service checks the admin's token for the payroll with this code. The keys are hallpass's public RSA keys, as PEM text, and verify() takes any algorithm. A thief has found an old token of Grace's in a log.",
  listing: "The service's code",
  questions: [
    {
      id: "line",
      ask: "Which line lets the thief in? The line you choose is repaired, and then the service is attacked.",
      choices: {
        alg: "Line 1. The token chooses the algorithm.",
        kid: "Line 2. The token names its own key.",
        exp: "Line 4. It accepts an exp in the far future.",
        role: "Line 5. The role should come from the database.",
      },
    },
  ],
  login: "Grace is an admin.",
  fetches: "Anyone may fetch them, the thief too.",
  keys: "the public keys",
  repaired: "The line you chose, repaired. The service runs in your browser, on the sandbox's real tokens and keys.",
  honest: "Grace's own token, to see that the repair locks out no one.",
  answers: (status) => `${status} (in your browser)`,
  runs: "Each line of the listing was run, the signature by WebCrypto.",
  forges: "signs with the public key's text",
  forgesSays: "The header says HS256. The secret of the HMAC is the PEM text of the public key, which is no secret. The claims are Grace's, with a new exp.",
  forged: "The forged token. hallpass has never issued it.",
  in: "The forged token got in. The repair was in the wrong place.",
  out: "The forged token was refused.",
  real: "The same forged token, shown to hallpass.",
  reason: (reason) => `hallpass refuses it whatever you chose. The reason in its log: ${reason}.`,
  because: {
    alg: "Line 1 was the hole. The token must not choose how it is checked: with HS256, the public key's text became a shared secret that everyone knows. A verifier decides on the algorithm, by its configuration or by the key.",
    kid: "A kid only picks one of the service's own keys, so choosing it for the token changed nothing: the forged token was signed with the text of the right key.",
    exp: "The thief does not need a long exp. He signs a new token whenever he wants one, so the stricter check let it pass.",
    role: "The role was looked up for the user that the token names. The thief wrote Grace's id there, and Grace is an admin. No claim can be trusted before the signature holds.",
  },
};
