import { createRemoteJWKSet, jwtVerify } from 'jose';
import { MAX_AGE, algorithm, answer, audience, issuer, jwks } from './lines.mjs';

const keys = createRemoteJWKSet(new URL(jwks), { cacheMaxAge: MAX_AGE, cooldownDuration: 1_000 });
const rules = { issuer, audience, typ: 'at+jwt', algorithms: [algorithm], requiredClaims: ['exp'] };

await answer(async (token) => (await jwtVerify(token, keys, rules)).payload.sub);
