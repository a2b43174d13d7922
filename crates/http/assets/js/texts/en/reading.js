// What there is to read: plain data, which reading.js shows.

export const WALKTHROUGH = {
  title: "JWT authentication in five minutes",
  lead: "You have a whole auth server to yourself: real code, made-up users, and a clock you can move. Nothing you do here touches a real account. The tour gives you one thing to do at each stop. Leave whenever you like and pick up where you left off.",
  /** What is said of a stop, by its place. */
  steps: {
    anatomy: "A JWT is three pieces of text joined by dots. The first two are JSON that anyone can read. The third is a signature over both. If a single letter changes, it no longer matches. That is all the magic there is.",
    "patterns/sign": "With a shared secret, anyone who can verify a token can also forge one. With a key pair, only the issuer can sign, and everyone else can verify. That difference decides whether a break-in at your smallest service is a nuisance or a disaster.",
    "patterns/verify": "The signature is checked before any claim is trusted. No valid token means 401: log in. A valid token without the required rights means 403, and logging in again will not help.",
    "patterns/refresh": "An access token lasts 15 minutes. A refresh token fetches the next one without asking for the password, and it works only once. So a stolen copy sooner or later collides with the original, and the collision ends both.",
    "patterns/revoke": "Logging out cannot undo a signature. So the session goes on a list that every check consults. It stays there only until its tokens would have expired anyway. Short lifetimes keep the list short.",
    "patterns/password": "One hash takes a third of a second. That is nothing for one login and a lot for a billion guesses. Count the attempt before you hash. Give an unknown address the same answer as a wrong password. Lock an account that is under attack.",
  },
  end: "Now play the memory game until you get ten in a row right. If you can explain it, you know it.",
  after: "Then let time pass. Tokens, locks, sessions and denylist entries all expire on their own. Drag the clock and watch each of them go.",
};

export const METAPHOR = {
  title: "The hall pass",
  lead: "No jargon on this page. Just a school, an office and a piece of paper.",
  parts: [
    ["The office hands out passes", "You tell the office your name and a secret word that only you know. The office writes you a pass. It says who you are, whether you are a student or a hall monitor, and when the pass expires. Then the office puts its seal on the pass. There is only one such seal, and it never leaves the office."],
    ["Any teacher can check it", "A teacher in the hallway looks at the seal, the name and the time. The teacher does not have to walk to the office, call it, or keep a list of students. A hundred teachers can check passes at the same moment. That is the point of a seal: anyone can check it, and only the office can make it."],
    ["Anyone can read it", "The pass is not in an envelope. Anyone who finds it can read it, so nobody writes a secret on it. But nobody can change a single letter without breaking the seal."],
    ["It expires soon", "A pass is good for 15 minutes. If you drop it and a stranger picks it up, the stranger has a few minutes at most. Nobody has to chase the pass. It expires by the clock on the wall."],
    ["The season ticket stays locked away", "You don't want to say your secret word every few minutes. So the office also gives you a season ticket. It comes in a locked box that you can carry but not open. When your pass runs out, you show the box at the office. The office opens it, gives you a fresh pass, and puts in a new ticket. It punches the old ticket, which never works again."],
    ["How the office catches a thief", "Someone copies your ticket and uses the copy. Now two people hold the same ticket. Whoever comes second shows a ticket that is already punched. The office cannot tell who copied from whom, so it tears up both. You say your secret word and start again. The thief can't."],
    ["The note on the wall", "You lose your pass and tell the office. The seal on it is still perfect, so every teacher would accept it. The office writes the number of the pass on a note and pins it to the wall, where every teacher looks. A few minutes later it takes the note down, because by then the pass has expired anyway. The wall never fills up."],
    ["Two ways to say no", "“I don't know you. Get a pass.” is one answer. “I know you, but students can't go in here.” is another. A good teacher never confuses the two. Going to the office helps only with the first."],
  ],
  insight: ["The key insight", "Checking a pass needs no phone call, so it works everywhere at once. The price is that a seal cannot be undone. Short times and a small note on the wall make up for that."],
};

/** The words in the picture above it. */
export const DRAWING = {
  whole: "The office seals a hall pass. Any teacher checks the seal without asking the office. The season ticket stays in a locked box. The number of a lost pass is on a note on the wall.",
  office: "the office",
  pass: "HALL PASS",
  who: "Ada, student",
  until: "until 10:15",
  sealed: "sealed",
  teacher: "any teacher",
  ticket: ["the season ticket stays", "in a box you cannot open"],
  number: "no. 4711",
  note: "the note on the wall",
};

export const WHY = {
  title: "Why it matters",
  lead: "The questions you will be asked, the answers, and the bug that each answer prevents.",
  bug: "The bug it prevents:",
  items: [
    ["Why a short-lived access token and a long-lived refresh token?", "Services verify the access token without asking anyone, so it is hard to revoke and has to expire soon. The refresh token is shown only to the issuer, which checks it in its database every time. It can live long, because it can be revoked at any moment.", "One token that lasts thirty days. It leaks into a log, and for thirty days nobody can stop it."],
    ["Why hash refresh tokens in the database?", "A table of refresh tokens is a set of keys to every account. If it holds only SHA-256 hashes, a stolen backup opens nothing. A slow hash is not needed, because 256 random bits cannot be guessed.", "A read-only SQL injection that lets the attacker log in as anyone."],
    ["How do you notice that a refresh token was stolen?", "Rotate it on every use, and remember that the old one was used. If a used token comes back, two people hold it. Revoke the whole family, refuse its access tokens too, and log the event.", "Deleting the old row on rotation. The replay then looks like a typo, and the thief keeps the newest token."],
    ["Why bcrypt cost 12, and not 8 or 20?", "Each step doubles the work. At cost 12 a check takes about 300 ms on today's machines. That is fine for one login, and it is 3.5 days for a thief who tries a million words on one core. It slows guessing down but does not save a weak password. Measure on your own hardware, and never go below 10.", "Cost 4 “for the tests” that reaches production. Or cost 16, where ten logins a minute keep a core busy."],
    ["What is the salt in a password hash for?", "Each hash gets a random value of its own. Equal passwords then have different hashes, and precomputed tables are useless. The salt is not secret. It is stored inside the hash string, between cost and result, so it needs no column of its own.", "Plain SHA-256. A list of common passwords, hashed once, opens half of the accounts, and you can see at a glance who shares a password."],
    ["HS256 or RS256?", "If one program both signs and verifies, HS256 is fine. As soon as another program verifies, use a key pair. Otherwise every verifier can also forge.", "The shared secret in twelve repositories, and an “admin” token made with the copy from the test fixtures."],
    ["401 or 403?", "401 means: I don't know who you are, and here is how to tell me. 403 means: I know who you are, and the answer is no. Clients act on the difference. After a 401 they refresh. After a 403 they must not.", "A page that refreshes and retries forever, because the server answers a wrong role with 401."],
    ["How do you log out a user who holds a JWT?", "End the session in the database, so that it can no longer be refreshed. Put the session's id on a denylist until its last access token has expired. Every check consults the list.", "A logout button that only deletes the cookie. Whoever copied the token is still in."],
    ["Where does a browser keep its tokens?", "The access token stays in memory. The refresh token is in a cookie with HttpOnly, Secure, SameSite=Strict and a narrow path. No script ever sees the refresh token.", "localStorage, a poisoned npm package, and every visitor's token in somebody's inbox."],
    ["Why does the login give the same answer for an unknown address?", "Same text, same status, same time, same lockout. Otherwise the form reveals who has an account, and that list is half of a break-in.", "An unknown address takes 2 ms, a wrong password 300 ms. Ten thousand addresses are sorted overnight."],
    ["What belongs in a token?", "Only what a service needs for its decision: id, role, session, times. No email, no name, no list of permissions. Anyone can read a token, and it cannot be corrected until it expires.", "A demoted admin who stays admin until the token expires, and a customer's email address in every proxy log."],
    ["Why must the header not choose the algorithm?", "Because the attacker writes the header. Bind each key to one algorithm. Refuse a token that names another before you do any cryptography.", "The public key used as an HMAC secret. Anyone on the internet could sign."],
  ],
};
