// What is pasted besides tokens that are a JWS: how each is known, and what is to be said about it.

const SECRET = "If it is in use, it is a secret: whoever has it can use it. Nothing was sent from here; where else it was pasted, it should be replaced.";

/** Texts without segments: [what they look like, their name, what they are]. */
export const OPAQUE = [
  [/^$/, "Nothing yet", "Paste a token, or anything with a token in it: a header, a cookie, an address, a JSON answer."],
  [/^hpr_[\w-]+$/, "A refresh token of hallpass", "It is opaque: only its issuer can read it. It is good for one use at /auth/refresh, and is rotated there. An access token is the one that begins with eyJ."],
  [/^hpr_/, "A damaged refresh token of hallpass", "It begins like one, but holds characters that none has. A refresh token is opaque, and good for one use at /auth/refresh."],
  [/^(?:gh[pousr]_|github_pat_)\w*$/, "A token of GitHub", `It is opaque: only GitHub knows what it may do. ${SECRET}`],
  [/^gl(?:pat|dt|rt|ptt)-[\w-]+$/, "A token of GitLab", `It is opaque: only GitLab knows what it may do. ${SECRET}`],
  [/^xox[a-z]-[\w-]+$/, "A token of Slack", `It is opaque: only Slack knows what it may do. ${SECRET}`],
  [/^[spr]k_(?:live|test)_\w+$/, "A key of Stripe", `It is opaque. ${SECRET}`],
  [/^(?:AKIA|ASIA)[A-Z0-9]{16}$/, "The id of an access key of AWS", `It is a name, and the secret belongs to it. It signs requests; it is no token. ${SECRET}`],
  [/^AIza[\w-]{35}$/, "A key for Google's APIs", `It names a project, and is no token. ${SECRET}`],
  [/^ya29\.[\w.-]+$/, "An access token of Google", `It is opaque in spite of its dot: Google's tokeninfo address tells what it may do. Google's ID tokens are the ones that can be read here. ${SECRET}`],
  [/^1\/\/[\w-]+$/, "A refresh token of Google", `It is opaque. ${SECRET}`],
  [/^npm_\w+$/, "A token of npm", `It is opaque. ${SECRET}`],
  [/^hf_\w+$/, "A token of Hugging Face", `It is opaque. ${SECRET}`],
  [/^sk-[\w-]{16,}$/, "A key for an API", `It is opaque. ${SECRET}`],
  [/^SG\.[\w-]+\.[\w-]+$/, "A key of SendGrid", `It has three parts like a JWT, and none of them is JSON. ${SECRET}`],
  [/^gAAAA[\w=-]+$/, "A Fernet token", "It is encrypted with a shared key (AES-CBC and HMAC), and is not a JWT. Its first bytes hold a version and the time at which it was made."],
  [/^Fe26\.\d\*/, "An iron cookie", "It is encrypted and sealed with a password (hapi, iron-session), and is not a JWT."],
  [/^s(?::|%3A)[\w-]+\.[\w+/=-]+$/, "A signed cookie of Express", "A session id and an HMAC over it. It says nothing by itself: what belongs to it is in the server's session store."],
  [/^k[1-4]\.[\w-]+\./, "A PASERK", "A key for PASETO tokens, in text form. It is no token."],
  [/^\$2[abxy]?\$/, "A hash of a password by bcrypt", "It is no token. It holds the cost, the salt and the hash; the pattern “Password” shows how it is made."],
  [/^\$(?:argon2|scrypt|pbkdf2)/, "A hash of a password", "It is no token. Parameters, salt and hash stand in it side by side."],
  [/^-----BEGIN [A-Z ]*PRIVATE KEY/, "A private key", "It is no token. Signing takes it: put it under “Sign again”. Nothing was sent from here; a private key that was pasted elsewhere should be replaced."],
  [/^-----BEGIN (?:[A-Z ]*PUBLIC KEY|CERTIFICATE)-----/, "A public key", "It is no token. Put it under “Check with a key”, and the token here."],
  [/^-----BEGIN /, "A PEM", "It is no token. Keys for checking are a public key or a certificate."],
  [/^basic\s/i, "User name and password", "HTTP Basic authentication: base64 of name and password, readable by anyone who sees it. It is no token."],
  [/^(?:negotiate|ntlm)\s/i, "A Kerberos or NTLM ticket", "It is no JWT, and is read by the domain's servers only."],
  [/^digest\s/i, "HTTP Digest authentication", "A hash over password, method and address. It is no token."],
  [/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i, "A UUID", "An opaque id. It says nothing by itself: whoever issued it looks it up. As a bearer token it must be made of random bits (version 4), or it can be guessed."],
  [/^(?:[0-9a-f]{2}){8,}$/i, "Hexadecimal digits", "An opaque token, a hash, or a key. It says nothing by itself: whoever issued it looks it up (RFC 7662 gives the question a form)."],
  [/^PD94bWwg|^PHNhbWx|^PFJlc3Bvbn|^PEFzc2Vyd|^PHNhbWw/, "A SAML message", "It is XML in base64, signed in another way (XML Signature). It is no JWT."],
  [/^<\?xml|^<saml/i, "XML", "A SAML assertion is signed XML; a JWT is signed JSON. This page reads the second."],
  [/^</, "Markup", "It is no token, and is shown here as letters only. Paste the token alone."],
  [/^https?:\/\/\S*(?:jwks|openid-configuration|oauth-authorization-server)/i, "An address of keys", "This page asks no other server. Open it yourself, and paste what it answers under “Check with a key”."],
  [/^[a-z][a-z0-9+.-]*:\/\//i, "An address without a token", "No parameter and no part of it looks like a token. A code (?code=…) is no token yet: the client exchanges it for one."],
];

export const PASETO = {
  local: "encrypted with a shared key: nothing can be read without it",
  public: "signed with a private key (version 4: Ed25519): anyone can read it, as with a JWT",
};
