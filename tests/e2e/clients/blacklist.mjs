// An Express service that knows a key set and a Redis, and nothing else of hallpass: its middleware verifies the token
// and asks Redis for the token's own name. The second route asks for the session and the user as well.
import express from 'express';
import Redis from 'ioredis';
import jwt from 'jsonwebtoken';
import jwksClient from 'jwks-rsa';

const { issuer, audience, jwks, algorithm, url } = JSON.parse(process.argv[2]);
const keys = jwksClient({ jwksUri: jwks, cacheMaxAge: 300_000, rateLimit: true });
const redis = new Redis(url);
const keyOf = ({ kid }, done) => keys.getSigningKey(kid).then((key) => done(null, key.getPublicKey()), done);

const verified = (request) =>
  new Promise((resolve, reject) => {
    const token = (request.headers.authorization ?? '').replace(/^Bearer +/i, '');
    jwt.verify(token, keyOf, { issuer, audience, algorithms: [algorithm] }, (error, claims) =>
      error ? reject(error) : resolve(claims),
    );
  });

const middleware = (isRevoked) => async (request, response, next) => {
  try {
    const claims = await verified(request);
    if (await isRevoked(claims)) return response.status(401).json({ error: 'Token revoked' });
    request.user = claims;
    next();
  } catch (error) {
    response.status(401).json({ error: error.message });
  }
};

const byToken = middleware(async ({ jti }) => (await redis.get(`blacklist:${jti}`)) !== null);

const byAll = middleware(async ({ jti, sid, sub, iat }) => {
  const names = [`blacklist:${jti}`, `blacklist:session:${sid}`, `blacklist:user:${sub}`];
  const [token, session, before] = await redis.mget(names);
  return token !== null || session !== null || (before !== null && iat < Number(before));
});

const answer = (request, response) => response.json({ sub: request.user.sub });
const service = express().get('/token', byToken, answer).get('/all', byAll, answer);
const server = service.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
