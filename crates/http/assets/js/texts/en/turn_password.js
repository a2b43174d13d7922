// The challenge of “Password”.

export const TASK = {
  lead: "40 guesses for Grace's password arrive at the same moment, from 8 addresses. At most 5 of them may be hashed; a hash takes a third of a second of a core.",
  questions: [
    {
      id: "order",
      ask: "What does your server do with a guess?",
      choices: {
        after: "Read the account's failures. Below 5: hash. If the password is wrong, add 1.",
        last: "Hash first. Add 1 to the account's failures. Above 5: refuse, even if the password was right.",
        before: "Add 1 to the account's failures. Above 5: refuse. Otherwise hash.",
        address: "Add 1 to the client address's failures. Above 5: refuse. Otherwise hash.",
      },
    },
  ],
  sends: (count) => `${count} × POST /auth/login`,
  sendsSays: "All at the same moment, to your rule. It is simulated in your browser, with real hashes (PBKDF2) that run side by side.",
  simulated: (statuses) => `${statuses} (simulated)`,
  simulatedSays: "401 is a wrong password; 429 is too many.",
  hashed: (count) => `${count} hashed`,
  hashedSays: "Each hash is a guess that was tried, and time of a core that no login gets.",
  realSays: "The same guesses to the sandbox, from one address, 8 at a time: the lab serves no more to one visitor.",
  realAnswer: "The real statuses.",
  realHashed: "hallpass counts before it hashes. Grace's account is locked now.",
  because: {
    after: "All 40 read the counter before the first hash was done, so each of them saw 0. Reading, deciding and writing must be one step.",
    last: "The thief learned no more than 5 answers, but all 40 were hashed. A flood of wrong guesses then takes the time of every core, and nobody else can log in.",
    address: "8 addresses had 5 guesses each, which is all 40. A limit for each address is needed, but a thief with many addresses is stopped only by a limit for the account.",
    before: "The counter decided before any work was done, in one step, for the account. However many guesses come at once, 5 are hashed.",
  },
};
