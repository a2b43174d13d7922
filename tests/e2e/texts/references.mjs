// The documents that the lab may name: their titles, and the titles of the sections that it points to, as the RFC
// Editor has them (https://www.rfc-editor.org/rfc/rfcN). A mention of anything else fails until it was looked up.
export const DOCUMENTS = {
  "RFC 4648": ["The Base16, Base32, and Base64 Data Encodings", { "3.5": "Canonical Encoding", 5: "Base 64 Encoding with URL and Filename Safe Alphabet" }],
  "RFC 6265": ["HTTP State Management Mechanism", { "4.1.2": "Semantics (Non-Normative)" }],
  "RFC 6265bis": ["Cookies: HTTP State Management Mechanism (draft-ietf-httpbis-rfc6265bis)", { "4.1.2.7": "The SameSite Attribute" }],
  "RFC 6454": ["The Web Origin Concept", { 7: "The HTTP Origin Header Field" }],
  "RFC 6585": ["Additional HTTP Status Codes", { 4: "429 Too Many Requests" }],
  "RFC 6749": ["The OAuth 2.0 Authorization Framework", { "10.4": "Refresh Tokens" }],
  "RFC 6750": ["The OAuth 2.0 Authorization Framework: Bearer Token Usage", { "2.3": "URI Query Parameter", 3: "The WWW-Authenticate Response Header Field" }],
  "RFC 7009": ["OAuth 2.0 Token Revocation", {}],
  "RFC 7515": ["JSON Web Signature (JWS)", { "5.1": "Message Signature or MAC Computation", "5.2": "Message Signature or MAC Validation", "4.1.11": '"crit" (Critical) Header Parameter' }],
  "RFC 7516": ["JSON Web Encryption (JWE)", { "7.2": "JWE JSON Serialization" }],
  "RFC 7517": ["JSON Web Key (JWK)", {}],
  "RFC 7518": ["JSON Web Algorithms (JWA)", { "3.2": "HMAC with SHA-2 Functions", "3.4": "Digital Signature with ECDSA" }],
  "RFC 7519": ["JSON Web Token (JWT)", { "4.1": "Registered Claim Names", "7.2": "Validating a JWT" }],
  "RFC 7523": ["JSON Web Token (JWT) Profile for OAuth 2.0 Client Authentication and Authorization Grants", {}],
  "RFC 7638": ["JSON Web Key (JWK) Thumbprint", {}],
  "RFC 7662": ["OAuth 2.0 Token Introspection", {}],
  "RFC 7797": ["JSON Web Signature (JWS) Unencoded Payload Option", {}],
  "RFC 7800": ["Proof-of-Possession Key Semantics for JSON Web Tokens (JWTs)", {}],
  "RFC 8032": ["Edwards-Curve Digital Signature Algorithm (EdDSA)", { "5.1.7": "Verify" }],
  "RFC 8037": ["CFRG Elliptic Curve Diffie-Hellman (ECDH) and Signatures in JSON Object Signing and Encryption (JOSE)", { "3.1": "Signing" }],
  "RFC 8176": ["Authentication Method Reference Values", {}],
  "RFC 8414": ["OAuth 2.0 Authorization Server Metadata", {}],
  "RFC 8417": ["Security Event Token (SET)", {}],
  "RFC 8693": ["OAuth 2.0 Token Exchange", {}],
  "RFC 8705": ["OAuth 2.0 Mutual-TLS Client Authentication and Certificate-Bound Access Tokens", {}],
  "RFC 8725": ["JSON Web Token Best Current Practices", { 3: "Best Practices", "3.1": "Perform Algorithm Verification", "2.1": "Weak Signatures and Insufficient Signature Validation" }],
  "RFC 9068": ["JSON Web Token (JWT) Profile for OAuth 2.0 Access Tokens", { 4: "Validating JWT Access Tokens" }],
  "RFC 9101": ["The OAuth 2.0 Authorization Framework: JWT-Secured Authorization Request (JAR)", {}],
  "RFC 9110": ["HTTP Semantics", { "10.2.3": "Retry-After", "15.5": "Client Error 4xx", "15.5.2": "401 Unauthorized", "15.5.4": "403 Forbidden", "11.6.1": "WWW-Authenticate" }],
  "RFC 9396": ["OAuth 2.0 Rich Authorization Requests", {}],
  "RFC 9449": ["OAuth 2.0 Demonstrating Proof of Possession (DPoP)", {}],
  "RFC 9457": ["Problem Details for HTTP APIs", {}],
  "RFC 9700": ["Best Current Practice for OAuth 2.0 Security", { "4.14": "Refresh Token Protection" }],
  "RFC 9701": ["JSON Web Token (JWT) Response for OAuth Token Introspection", {}],
  "RFC 9864": ["Fully-Specified Algorithms for JSON Object Signing and Encryption (JOSE) and CBOR Object Signing and Encryption (COSE)", {}],
};

/** Every mention in a text: the document and, if any, the section. */
export function mentions(text) {
  const words = [...text.matchAll(/RFC ?(\d+)(bis)?(?: ?§ ?([\d.]*\d))?/g)].map(([, number, bis = "", section]) => [`RFC ${number}${bis}`, section]);
  const links = [...text.matchAll(/\/rfc\/rfc(\d+)(?:#section-([\d.]*\d))?/g)].map(([, number, section]) => [`RFC ${number}`, section]);
  return [...words, ...links];
}

/** What is wrong with the mentions of a text. */
export function wrongs(text) {
  return mentions(text).flatMap(([name, section]) => {
    if (!DOCUMENTS[name]) return [`${name} is not among the documents that were looked up`];
    return section === undefined || DOCUMENTS[name][1][section] ? [] : [`${name} has no §${section} that was looked up`];
  });
}
