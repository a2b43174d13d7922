import express from 'express';
import { expressjwt } from 'express-jwt';
import jwksRsa from 'jwks-rsa';
import { once } from 'node:events';
import { MAX_AGE, algorithm, answer, audience, issuer, jwks } from './lines.mjs';

const app = express();
app.use(
  expressjwt({
    secret: jwksRsa.expressJwtSecret({
      jwksUri: jwks,
      cacheMaxAge: MAX_AGE,
      rateLimit: true,
      jwksRequestsPerMinute: 30,
    }),
    issuer,
    audience,
    algorithms: [algorithm],
    // The library looks at neither.
    isRevoked: (request, { header, payload }) => header.typ !== 'at+jwt' || payload.exp === undefined,
  }),
);
app.get('/', (request, response) => response.json({ sub: request.auth.sub }));
app.use((error, request, response, next) => response.status(error.status ?? 500).json({ error: error.message }));
const server = app.listen(0, '127.0.0.1');
await once(server, 'listening');
const url = `http://127.0.0.1:${server.address().port}/`;

await answer(async (token) => {
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  const body = await response.json();
  if (response.status === 200) return body.sub;
  throw new Error(response.status === 401 ? body.error : `${response.status}: ${body.error}`);
});
process.exit();
