// RS256 with a PEM file: the service holds the public key, which verifies and cannot sign. It may be read by anyone.
// openssl pkey -in private.pem -pubout -out public.pem
import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import jwt from 'jsonwebtoken';

const { ISSUER, AUDIENCE, PUBLIC_KEY = 'public.pem' } = process.env;
const key = createPublicKey(readFileSync(PUBLIC_KEY));
const rules = {
  algorithms: ['RS256'], // never HS256 here: the public key would pass for a secret that everyone knows
  issuer: ISSUER,
  audience: AUDIENCE,
  complete: true,
};

// The claims of a good token; anything else throws. A new key means a new file: a key set (verify.mjs) rotates by itself.
export function verifyAccess(token) {
  const { header, payload } = jwt.verify(token, key, rules);
  if (header.typ !== 'at+jwt') throw new jwt.JsonWebTokenError('not an access token');
  return payload;
}
