// The challenge of “Refresh”.

export const TASK = {
  lead: "This time the thief is faster: he copies Ada's cookie and refreshes first. 11 seconds later, Ada's browser shows the same token. It is spent.",
  questions: [
    {
      id: "reuse",
      ask: "What should the server do with a spent token?",
      choices: {
        refuse: "Answer 401 for this token and leave everything else as it is.",
        renew: "Take it for a lost answer and issue a new pair.",
        family: "End the whole family: every token that came from this login.",
        remove: "Delete the row with this token's hash and answer 401.",
      },
    },
  ],
  copies: "copies the cookie",
  copiesSays: "Malware on Ada's machine reads the cookie file.",
  first: "The thief refreshes before Ada does. Nothing about this request looks wrong.",
  passes: "11 seconds pass",
  passesSays: "The grace period of 10 seconds is over: this is no lost answer any more.",
  shows: "Ada's browser. It cannot know that its token is spent.",
  thiefTries: "The thief refreshes with the token that he got.",
  thiefAgain: "And once more.",
  thiefAccess: "The thief's access token, which has not expired.",
  simulated: (status) => `${status} (simulated)`,
  simulatedSays: "Your rule is simulated in your browser, with the same tokens. hallpass has no setting for it.",
  holds: (statuses) => `his requests: ${statuses.join(", ")}`,
  holdsSays: "What the thief got after the theft could be seen.",
  because: {
    refuse: "Ada was locked out and the thief stayed in. The spent token is worth nothing to anyone; the thief holds its successor and refreshes for as long as he likes.",
    remove: "The thief's token has a row of its own, so he stays in. And the trace is gone: the next time the spent token comes, it is merely unknown.",
    renew: "Now both have a valid token, and both can go on. This is right within the grace period of 10 seconds, and an invitation after it.",
    family: "Whoever of the two is the thief has lost both tokens. Ada has lost hers as well, but she has a password.",
  },
};
