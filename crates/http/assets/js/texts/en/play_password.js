// What is said while “Password” is played.

export const PLAY = {
  nobody: "An address that has no account.",
  nobodySays: "The same answer after the same work as for a wrong password: a decoy hash was computed. So nobody learns who has an account.",
  guess: (password) => `Grace's address, “${password}”.`,
  left: (count) => `${count} attempts left for this client address.`,
  grace: "Grace herself, with the right password.",
  locked: "5 failures in a row lock the account for 30 minutes, even for the right password. Nothing is hashed meanwhile.",
  after: "Grace is locked out now. Move the clock forward by 30 minutes, and she can log in again.",
};
