// Why a token is refused: by the server's own names, in words.

/** code → [the check that refuses, why]. */
export const REASONS = {
  token_too_long: ["form", "It is longer than 8 KiB, and is turned away before a byte of it is decoded."],
  not_compact_jws: ["form", "A compact JWS has exactly three segments, none of them empty. A token without a signature is no token."],
  bad_base64url: ["form", "A segment is not canonical base64url: padding, white space, another alphabet, or stray bits at the end. A token has one spelling only."],
  bad_json: ["form", "A segment is not a JSON object, or says one name twice. Two readers could disagree on which counts."],
  bad_header: ["form", "The header lacks alg, or a member of it has the wrong type."],
  critical_extension: ["form", "The header demands an extension (crit, b64). What is not understood is not skipped but refused."],
  embedded_key: ["form", "The header brings a key or points to one (jwk, jku, x5u, x5c). A verifier uses the keys it was given, and fetches nothing that a token names."],
  nested_token: ["form", "The token holds another token."],
  unknown_kid: ["key", "No key has this kid. It is compared with the names of the keys held: no file is opened, no query built, no other key tried."],
  algorithm_mismatch: ["alg", "The header's algorithm is not the key's. The key chooses; a public RSA key can never be taken for an HMAC secret."],
  unsupported_algorithm: ["alg", "There is no such algorithm here. “none” is one of those that do not exist."],
  bad_signature: ["signature", "The signature does not fit: header or payload changed after signing, or another key signed."],
  wrong_typ: ["typ", "The typ is not at+jwt: another kind of token must not pass for an access token."],
  bad_claims: ["time", "A claim is missing, has the wrong type, occurs twice, or does not belong there."],
  bad_time: ["time", "A time is not a number of seconds in range."],
  wrong_iss: ["iss", "It is from another issuer."],
  wrong_aud: ["aud", "The token is for another audience: a pass for the library does not open the laboratory."],
  token_expired: ["time", "exp has passed."],
  not_yet_valid: ["time", "nbf or iat lies in the future."],
  lives_too_long: ["time", "It lives longer than any token this issuer makes."],
  revoked: ["list", "Signature and times are good, but the denylist names its session, its user or its jti."],
};

/** The reason in words. */
export const reason = (code) => REASONS[code]?.[1] ?? `It was refused: ${code}.`;

const FINER = {
  no_exp: "There is no exp: the token would be good for ever, so hallpass refuses it (bad_claims). RFC 7519 makes exp optional; RFC 9068 does not.",
  no_kid: "The header has no kid, and several keys are held: nothing says which one is meant. Paste the one key to check with it.",
};

/** Why a check failed, as finely as is known. */
export const why = (row) => FINER[row.why] ?? (row.code === "algorithm_mismatch" && row.wanted ? `${reason(row.code)} This key is for ${row.wanted}.` : reason(row.code));
