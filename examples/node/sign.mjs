// Sign: only this program holds the private key; everyone may fetch the public one.
import { createPrivateKey, createPublicKey, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { SignJWT, calculateJwkThumbprint, exportJWK } from 'jose';

const { ISSUER, AUDIENCE, PRIVATE_KEY = 'private.pem' } = process.env;
const key = createPrivateKey(readFileSync(PRIVATE_KEY));
const jwk = await exportJWK(createPublicKey(key));
// Verifiers find the key by this name, which is its own thumbprint (RFC 7638).
const KID = await calculateJwkThumbprint(jwk);

// For GET /.well-known/jwks.json.
export const JWKS = { keys: [{ ...jwk, kid: KID, alg: 'RS256', use: 'sig' }] };

export const signAccess = (user, sessionId) =>
  new SignJWT({ role: user.role, sid: sessionId }) // and nothing that goes stale
    .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: KID })
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setSubject(user.id) // never an email address
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime('15m')
    .sign(key);
