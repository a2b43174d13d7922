// What is said beside the cost slider, and the figures that others get wrong.

export const COST = {
  title: "Time against cost",
  lead: "bcrypt does 2 to the power of the cost rounds. Each step doubles the work: once per login for the server, once per guess for a thief. Aim for about 300 ms (the dashed line).",
  label: "Cost",
  hash: "Hash",
  start: "Choose a cost and press Hash. The server measures its own time.",
  hashing: (cost) => `Hashing at cost ${cost}…`,
  took: (cost, time, million) => `Cost ${cost} took ${time}. On one core as fast as this one, a million guesses take ${million}.`,
  axis: (cost) => `cost ${cost}`,
  point: (cost, time) => `Cost ${cost}: ${time}.`,
  chart: (points) => `Time against cost, on a logarithmic scale. ${points}`,
  none: "Nothing measured yet.",
  mythsTitle: "Often repeated, and wrong",
  myths: [
    { said: "“A billion guesses at 300 ms take 9,500 years.”", right: "They take 9.5 years on one core, and 3.5 days on 1,000 cores." },
    { said: "“Going from cost 12 to 14 doubles the time.”", right: "Each step doubles it, so two steps are fourfold: 300 ms become 1,200 ms." },
    { said: "“At cost 12 a dictionary attack takes years.”", right: "A million words at 300 ms take 3.5 days on one core. One RTX 4090 (184,000 guesses a second at cost 5, in a published hashcat benchmark) makes 1,437 a second at cost 12, and is done in 12 minutes. Cost buys time for strong passwords; it does not save weak ones." },
    { said: "“OWASP recommends 300 ms.”", right: "OWASP says less than 1 s for each hash, cost 10 or more for bcrypt, and Argon2id where you can choose. The 300 ms are a rule of thumb." },
  ],
};
