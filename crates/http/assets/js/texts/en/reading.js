// What there is to read: plain data, which reading.js shows.

export const WALKTHROUGH = {
  title: "JWT authentication in five minutes",
  lead: "You have a whole auth server to yourself here: real code, invented people, a clock that you can move. Nothing you do reaches an account. The tour has one thing to do at each stop; leave it whenever you like, and go on where you were.",
  steps: [
    ["Read a pass", "anatomy", "A JWT is three pieces of text with dots between them. The first two are JSON that anyone can read. The third is a seal over both. Change one letter of the payload and watch the seal break: that is all the magic there is."],
    ["Sign: who can make one?", "patterns/sign", "With a shared secret, everyone who checks can also forge. With a key pair, the issuer seals and the world checks. That single difference decides whether a break-in at the smallest service is a nuisance or the end."],
    ["Verify: who are you, and may you?", "patterns/verify", "The seal is checked before a single claim is believed. No valid pass: 401, log in. A valid pass that is not enough: 403, and logging in again will not help."],
    ["Refresh: a theft trap", "patterns/refresh", "A pass of 15 minutes needs a successor without a password prompt. The refresh token brings it, once. Because it works only once, a stolen copy must sooner or later collide with the original, and the collision ends both."],
    ["Revoke: the short list", "patterns/revoke", "Logging out cannot unseal a token. So its session goes onto a list that every check consults, for no longer than the token could have lived. Short lives keep the list short."],
    ["Password: slow on purpose", "patterns/password", "One hash costs a third of a second: nothing once, a wall a billion times over. Count the attempt before you hash, say the same to the unknown as to the wrong, and lock what is being hammered."],
  ],
  end: "Now play the memory game until ten in a row are right. What you can explain, you know.",
  after: "Afterwards, let time do the rest: tokens, locks, sessions and list entries all carry their own end. Drag the clock and watch each of them go by itself.",
};

export const METAPHOR = {
  title: "The hall pass",
  lead: "No jargon on this page. Just a school, an office, and a piece of paper.",
  parts: [
    ["The office hands out passes", "You tell the office your name and the word that only you know. The office writes a pass: who you are, whether you are a pupil or a monitor, and the minute at which it ends. Then it presses the headmistress's seal into warm wax. There is one such seal, and it never leaves the office."],
    ["Any teacher can check it", "A teacher in the corridor looks at the wax, the name and the minute. The teacher need not walk to the office, nor phone it, nor keep a list of pupils. A hundred teachers can check at once. That is the whole point of a seal: checking is easy, making one is not."],
    ["Anyone can read it", "The pass is not in an envelope. Whoever finds it can read it, so nobody writes a secret on it. But nobody can change a letter without cracking the wax."],
    ["It ends soon", "A pass is good for a quarter of an hour. If you drop it and a stranger picks it up, the stranger has fifteen minutes at most. Nobody has to chase it: it ends by the clock on the wall."],
    ["The season ticket stays in the vault", "You would not want to say your secret word every quarter of an hour. So the office also gives you a season ticket, locked in a box that you can carry but not open. When the pass runs out, the box is shown at the office, and out comes a fresh pass and a new ticket. The old ticket is punched: it never works again."],
    ["How the office catches a thief", "Somebody copies your ticket and shows the copy. From then on two people hold the same ticket, and one of them will come second, with a ticket that is punched already. The office cannot tell who copied whom, so it tears up both. You say your secret word and start anew. The thief cannot."],
    ["The note on the wall", "You lose your pass and tell the office. The wax on it is still perfect. So the office pins its number to the wall, where every teacher looks, and takes the note down after a quarter of an hour: by then the pass has run out anyway. The wall never fills up."],
    ["Two ways to say no", "“I don't know you; get a pass” is one answer. “I know you, and pupils don't go in here” is another. A good teacher never mixes them up: only the first is cured by going to the office."],
  ],
  insight: ["The key insight", "Checking needs no phone call, so it works everywhere at once. The price: what was sealed cannot be unsealed. Short times and a small note on the wall pay it."],
};

export const WHY = {
  title: "Why it matters",
  lead: "What you will be asked, what to answer, and the bug that the answer kills.",
  items: [
    ["Why a short access token and a long refresh token?", "The access token is checked without asking anybody, so it cannot be called back easily: it has to end soon. The refresh token is shown only to the issuer, who checks it against the store each time: it may live long, because it can be ended at any time.", "One token for thirty days. It leaks in a log, and for thirty days nothing can be done about it."],
    ["Why hash refresh tokens in the database?", "A table of tokens is a table of keys to every account. With only SHA-256 hashes in it, a stolen backup opens nothing. No slow hash is needed: 256 random bits cannot be guessed.", "A read-only SQL injection that turns into logging in as anyone."],
    ["How do you notice that a refresh token was stolen?", "Rotate it at every use, and remember that it was spent. A spent token that comes again means that two hold it. End the whole family, refuse its access tokens too, and write it down.", "Deleting the old row at rotation. The replay then looks like a typo, and the thief keeps the newest token."],
    ["Why 12 rounds of bcrypt, and not 8 or 20?", "Each step doubles the work. At 12 a check takes about 300 ms on today's machines: bearable for one login, and 3.5 days for a thief who tries a million words on one core. It slows a guesser down and saves no weak password. Measure on your own hardware, and never go below 10.", "Cost 4 “for the tests” that reached production; or 16, and ten logins a minute take the server down."],
    ["What is the salt in a password hash for?", "A random value of its own goes into each hash: equal passwords then look different, and no table made beforehand fits. It is no secret and stands in the hash's own text, between cost and result, so it needs no column.", "Bare SHA-256: a list of common passwords, hashed once, opens half of the accounts, and two people with one password are seen at a glance."],
    ["HS256 or RS256?", "If one program signs and verifies, HS256 is fine. As soon as another program verifies, use a key pair: otherwise each verifier holds the power to forge.", "The shared secret in twelve repositories, and a token for “admin” made with the one in the test fixtures."],
    ["401 or 403?", "401: I don't know who you are; here is how to tell me. 403: I know, and no. Clients act on it: after a 401 they refresh, after a 403 they must not.", "A page that refreshes and retries for ever, because the guard says 401 to a wrong role."],
    ["How do you log somebody out who holds a JWT?", "End the session in the store so that no refresh works, and put the session's id on a denylist until its last access token has expired. Every check consults the list.", "A logout button that deletes the cookie. Whoever copied the token is still in."],
    ["Where does a browser keep its tokens?", "The access token in memory, the refresh token in a cookie with HttpOnly, Secure, SameSite=Strict and a narrow path. No script ever sees the second.", "localStorage, a poisoned npm package, and every visitor's token in somebody's inbox."],
    ["Why does the login answer the same to an unknown address?", "Same words, same status, same time, same lock. Otherwise the form says who has an account, and the list is half of a break-in.", "Unknown in 2 ms, wrong password in 300 ms: ten thousand addresses sorted overnight."],
    ["What do you put into a token?", "What a guard needs for its decision, and that is id, role, session, times. No email, no name, no list of rights: it can be read by all, and cannot be corrected until it ends.", "A demoted admin who is admin until the token ends, and a customer's address in every proxy log."],
    ["Why must the header not choose the algorithm?", "Because the attacker writes the header. A key belongs to one algorithm, and a token that names another is refused before any cryptography is done.", "The public key taken for an HMAC secret: everybody on the internet could sign."],
  ],
};
