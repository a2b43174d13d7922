// What is said while “Prove” is played.

export const PLAY = {
  registers: "The thief registers Mila's address, with a password of his own. Nobody has asked Mila.",
  unproved: "an account, unproved",
  registersSays: "He is signed in, and email_verified_at is null. Now he waits for Mila to move in.",
  uninvited: "The mail goes to Mila, and the thief can't read it. She hasn't asked for it, and lets it lie.",
  forgot: "Later, Mila wants an account and hears that her address is taken. She asks for a new password.",
  forgotSays: "The same answer for every address, whether it has an account or not.",
  reset: "A link and a code, good for 30 minutes and for nothing else. The server keeps only their hashes.",
  types: "Mila types the code and chooses a password. Only whoever reads her mailbox can do that.",
  hers: "the account is hers",
  hersSays: "The address is proved for the first time. What was set up before ends: the password, and every session.",
  hisToken: "The thief's access token, which has not expired yet.",
  hisPassword: "The thief's password.",
  enters: "Mila, with her own password.",
  proved: "Since the code was used. /auth/me tells her.",
  again: "The same code once more.",
  againSays: "It worked once. A wrong, a replaced and an expired code get this same answer.",
};
