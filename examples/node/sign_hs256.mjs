// HS256: one shared secret. Whoever holds it to verify can also sign, so it suits one program and not many services.
import { randomUUID } from 'node:crypto';
import jwt from 'jsonwebtoken';

const { ISSUER, AUDIENCE, JWT_SECRET = '' } = process.env;
// As long as the hash at least (RFC 7518 §3.2): a short one is guessed offline, from any one token.
if (Buffer.byteLength(JWT_SECRET) < 32) throw new Error('JWT_SECRET: 32 random bytes at least');

export const signAccess = (user) =>
  jwt.sign({ role: user.role }, JWT_SECRET, {
    algorithm: 'HS256',
    issuer: ISSUER,
    audience: AUDIENCE,
    subject: user.id, // the role and the id, and nothing that goes stale
    jwtid: randomUUID(),
    expiresIn: '15m', // short-lived; the refresh token keeps the user logged in
  });

// The claims of a good token; anything else throws.
export const verifyAccess = (token) =>
  jwt.verify(token, JWT_SECRET, {
    algorithms: ['HS256'], // never what the token asks for
    issuer: ISSUER,
    audience: AUDIENCE,
  });
