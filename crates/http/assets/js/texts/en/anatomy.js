// The words of the Anatomy that every visit needs: one file, since each costs a request. The others are in claims_more.js,
// kinds.js and reasons.js.

const JWS = "RFC 7515";
const JWT = "RFC 7519";
const AT = "RFC 9068";
const OIDC = "OpenID Connect Core";

export const HEADER = {
  alg: ["The algorithm of the signature. A hint: the verifier goes by its key, which is bound to one algorithm.", JWS],
  typ: ["The kind of token. at+jwt is an access token, so that no other kind passes for one.", `${JWS}, ${AT}`],
  kid: ["The name of the key that signed; with hallpass, the RFC 7638 thumbprint of its public half.", JWS],
};

/** What most tokens hold; claims_more.js has the rest. */
export const CLAIMS = {
  iss: ["Who issued the token. A verifier expects exactly one.", JWT],
  sub: ["Whose it is: the user's id, and nothing that can change hands like an email address.", JWT],
  aud: ["Whom it is meant for. A token for one service must not open another.", JWT],
  exp: ["When it ends. From then on it is void, and nobody has to be asked.", JWT],
  nbf: ["Not good before.", JWT],
  iat: ["When it was issued.", JWT],
  jti: ["Its own id, with hallpass 128 random bits: by it one token can be put on the denylist.", JWT],
  client_id: ["The client it was issued to.", AT],
  scope: ["What the client may do, in words with spaces between.", `${AT}, RFC 8693`],
  groups: ["Groups that the user is in. They go stale while the token lives.", AT],
  roles: ["Roles that the user has. They go stale while the token lives.", AT],
  entitlements: ["What the user is entitled to. It goes stale while the token lives.", AT],
  auth_time: ["When the user last proved who they are: not the same as when this token was issued.", `${OIDC}, ${AT}`],
  acr: ["How strong the sign-in was, as a class that issuer and client agreed on.", `${OIDC}, ${AT}`],
  amr: ["How the user signed in: pwd, otp, mfa …", `${OIDC}, RFC 8176`],
  nonce: ["The client's own random value come back, so that no old ID token can be slipped in.", OIDC],
  azp: ["The client that asked for the token, where the audience is another.", OIDC],
  at_hash: ["Half of a hash of the access token that came along: it binds the two.", OIDC],
  sid: ["The session; with hallpass, the refresh family: ending it ends its tokens.", "OpenID Connect Logout"],
  name: ["The full name. It is personal and goes stale; an access token does better without.", OIDC],
  email: ["An address. Whoever holds the token can read it, and it can change hands: it is no id.", OIDC],
  email_verified: ["Whether the issuer saw that the address is the user's.", OIDC],
  cnf: ["The key or the certificate that the token is bound to: alone it is not enough.", "RFC 7800"],
  role: ["What its bearer may do. It goes stale if it changes, so hallpass refuses the old tokens after a change.", "hallpass; Supabase: the role in the database"],
};

export const unknown = "No registered claim that this page knows. Whoever issued the token knows what it means.";

export const SEGMENTS = {
  header: ["Header", "Says how the token is signed. Encoded, not encrypted: anyone can read it."],
  payload: ["Payload", "Says who, what, until when. Anyone can read it: no secret belongs here. Edit it, and watch the signature."],
  signature: ["Signature", "Covers the two segments before it, byte for byte. It hides nothing, and shows who signed."],
};

/** What each is called, and what it says when it passes. */
export const CHECKS = {
  form: ["Form", "three segments of canonical base64url, two of them JSON objects without a name twice"],
  typ: ["Type", "the header's typ is the kind of token that is expected here"],
  key: ["Key", "the header's kid names a key that this verifier holds"],
  alg: ["Algorithm", "the header's alg is one that the key is for"],
  signature: ["Signature", "it fits header and payload, byte for byte"],
  iss: ["Issuer", "the token is from the issuer that was expected"],
  aud: ["Audience", "the token is meant for this verifier"],
  time: ["Times", "exp lies ahead, iat and nbf do not"],
};

export const STATUS = { pass: ["pass", "good"], fail: ["fail", "bad"], unreached: ["not reached", ""], unasked: ["not asked", ""] };

/** What the header's typ says, by its value in small letters. */
export const TYPES = {
  jwt: "a JWT",
  "at+jwt": "an access token (RFC 9068)",
  "dpop+jwt": "a DPoP proof (RFC 9449)",
  "id+jwt": "an ID token",
  "logout+jwt": "a logout token (OpenID Connect Back-Channel Logout)",
  "secevent+jwt": "a security event (RFC 8417)",
  "token-introspection+jwt": "an answer to introspection (RFC 9701)",
  "oauth-authz-req+jwt": "a request object (RFC 9101)",
  "entity-statement+jwt": "an entity statement (OpenID Federation)",
  "dc+sd-jwt": "a verifiable credential (SD-JWT VC)",
  "vc+sd-jwt": "a verifiable credential (SD-JWT VC)",
  "kb+jwt": "a key binding for an SD-JWT",
  jose: "a JWS",
};

const same = (...ids) => ids.map((id) => [id, id]);

/** The samples that samples.js makes, by group: [id, title]. */
export const GROUPS = [
  ["By algorithm", same("HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")],
  ["As issuers make them", [["keycloak", "Keycloak"], ["auth0", "Auth0"], ["entra", "Microsoft Entra"], ["cognito", "Amazon Cognito"], ["google", "Google (ID token)"], ["supabase", "Supabase"], ["kubernetes", "Kubernetes"]]],
  ["Odd ones", [["no-exp", "No exp (jwt.io's sample)"], ["none", "alg: none"], ["millis", "Times in milliseconds"], ["numbers", "Numbers that are no doubles"], ["twice", "A name twice"], ["nested", "A token within a token"], ["dpop", "A DPoP proof"], ["jwe", "Encrypted (JWE)"], ["paseto", "PASETO"]]],
];
