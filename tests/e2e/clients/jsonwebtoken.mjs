import jwt from 'jsonwebtoken';
import jwksClient from 'jwks-rsa';
import { MAX_AGE, algorithm, answer, audience, issuer, jwks } from './lines.mjs';

const keys = jwksClient({ jwksUri: jwks, cacheMaxAge: MAX_AGE, rateLimit: true, jwksRequestsPerMinute: 30 });
const rules = { issuer, audience, algorithms: [algorithm], complete: true };

const keyOf = ({ kid }, done) => keys.getSigningKey(kid).then((key) => done(null, key.getPublicKey()), done);

await answer(
  (token) =>
    new Promise((resolve, reject) =>
      jwt.verify(token, keyOf, rules, (error, verified) => {
        if (error) return reject(error);
        // The library looks at neither.
        if (verified.header.typ !== 'at+jwt') return reject(new Error('not an access token'));
        if (verified.payload.exp === undefined) return reject(new Error('no end'));
        resolve(verified.payload.sub);
      }),
    ),
);
