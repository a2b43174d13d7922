// The challenge of “Revoke”.

export const TASK = {
  lead: "Ada signs out. Her access token would live for another 15 minutes, and somebody has a copy of it. A service puts the session on its denylist.",
  questions: [
    {
      id: "life",
      ask: "For how long should the entry stay on the list?",
      choices: {
        day: "24 hours for every entry, to be on the safe side.",
        minute: "60 seconds: nobody is that fast.",
        none: "No entry is needed. The cookie has been cleared.",
        rest: "As long as the token would still have lived.",
      },
    },
  ],
  leaves: "Ada signs out.",
  entry: (seconds) => `entry for ${seconds} s`,
  entrySays: "The service runs in your browser and keeps its entry for as long as you chose. It checks with the sandbox's keys and by the sandbox's clock.",
  found: "Somebody shows the copy of Ada's token.",
  answers: (status) => `${status} (in your browser)`,
  accepted: "A token that was revoked has been accepted: the signature is good, and the list says nothing.",
  refused: "Refused.",
  minute: "61 seconds pass",
  minuteSays: "The sandbox's clock was moved forward.",
  hallpass: "The same token, shown to hallpass.",
  hallpassSays: "hallpass keeps its entry until no token of this session can be alive, and a minute more for clocks that differ.",
  expired: (entries) => `exp is over, ${entries} entries for her`,
  expiredSays: "The sandbox's clock was moved past the token's exp. hallpass has dropped its entry.",
  left: (seconds) => `entry for ${seconds} s more`,
  waste: "The token has expired by itself, and the entry still takes up room.",
  empty: "Nothing is kept that is no longer needed.",
  because: {
    none: "The copy was accepted at once. Clearing the cookie ends the session in Ada's browser, and nowhere else.",
    minute: "After 61 seconds the entry was gone and the token was not. Whoever finds it in a log has the rest of the 15 minutes.",
    day: "It was safe, and not free: once exp is over, the entry refuses what is refused anyway. With 24 hours instead of 15 minutes, the list is 96 times as long, and each request looks in it.",
    rest: "It was refused at every moment, and the entry ended together with the token. That is the smallest list that is safe.",
  },
};
