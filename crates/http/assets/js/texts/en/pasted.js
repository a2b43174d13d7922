// What is said about a token that was pasted: what was left out around it, what is remarkable in it, and what it takes to check it.

/** What was left out, each after “Left out:”. */
export const LEFT_OUT = {
  invisible: "invisible characters (zero-width, or turning the direction of text)",
  space: "white space around it",
  quotes: "the quotes around it",
  punctuation: "quotes or punctuation around it",
  header: (name) => `the header's name, ${name}, and what stood around it`,
  scheme: (name) => `the scheme, ${name}`,
  jwsJson: "the JSON around it (a JWS in JSON Serialization; here it is in compact form)",
  json: "the JSON around it: this is the text in it",
  jsonNamed: (name) => `the JSON around it: this is its ${name}`,
  more: (count) => `and ${count === 1 ? "1 more token" : `${count} more tokens`}`,
  nameless: "without a name",
  cookie: (name) => `the cookie around it, ${name}, and its attributes`,
  parameter: (name) => `the address around it: this is its parameter ${name}`,
  address: "the address around it",
  percent: "the percent-encoding",
  wrapped: "line breaks or spaces inside (a verifier would refuse the token with them)",
  text: "the text around it",
  after: (count) => `everything after ${count} characters`,
};

export const REMARKS = {
  isText: (name) => `${name} is text, and must be a number of seconds.`,
  outOfRange: (name) => `${name} is out of range: no calendar reaches that far.`,
  millis: (name, seconds) => `${name} is in milliseconds. JWT counts seconds since 1970: ${name} should be ${seconds}.`,
  proof: (request) => `A DPoP proof shows that the client holds a key, for one request: ${request}. Its key comes in its own header (jwk); the access token names the same key in cnf.jkt.`,
  bound: "cnf binds the token to a key or a certificate: the token is not enough without a proof of that key.",
  bringsKey: "The header brings its own key or says where to fetch it. A verifier that believes this believes whoever wrote the token.",
  readable: (name) => `${name} stands in the payload, which anybody who holds the token can read.`,
};

/** What it takes to check a token of another issuer. */
export const FOREIGN = {
  from: (issuer) => `The token is from ${issuer}.`,
  secret: "Paste its secret under “Check with a key” to check the signature.",
  key: "Paste the issuer's public key or key set under “Check with a key” to check the signature.",
  discovery: "The issuer's discovery document, usually below /.well-known/openid-configuration, says where its keys are.",
};

/** What stands below the token. */
export const ASIDE = {
  leftOut: "Left out: ",
  payloadIsToken: "The payload is a token itself. ",
  claimIsToken: (name) => `The claim ${name} is a token itself. `,
  lookInto: "Look into it",
  hidden: (count) => `The last ${count} characters are not shown; they count all the same.`,
  overCookie: (bytes, cookie, percent) => `${bytes} bytes: too long for a cookie (${cookie}); ${percent}% of the 8 KiB that many servers allow for all headers.`,
  overHeaders: (bytes, cookie) => `${bytes} bytes: too long for a cookie (${cookie}), and for the 8 KiB that many servers allow for all headers.`,
};
