// Middleware that lets good access tokens in: verified here, and not revoked.
import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import { Revocations } from './revocations.js';

export function guard({ issuer, audience, url, clientId, clientSecret }) {
  const keys = createRemoteJWKSet(new URL(`${url}/.well-known/jwks.json`), { cacheMaxAge: 300_000 });
  const rules = {
    issuer,
    audience,
    typ: 'at+jwt',
    // Those that hallpass signs with; never the one that a token asks for.
    algorithms: ['RS256', 'ES256', 'EdDSA'],
    requiredClaims: ['exp', 'sub', 'role', 'sid', 'jti', 'iat'],
  };
  // A changed key ring is fetched at once, so that a revoked key is refused as fast as a logout.
  const revocations = new Revocations({ url, clientId, clientSecret, keysChanged: () => keys.reload() });
  revocations.follow();

  async function user(request, response, next) {
    const [scheme, token, ...rest] = (request.headers.authorization ?? '').split(/ +/);
    if (scheme.toLowerCase() !== 'bearer') return refuse(response, 401, 'Bearer');
    if (!token || rest.length > 0) return refuse(response, 401, 'Bearer error="invalid_request"');
    let claims;
    try {
      claims = (await jwtVerify(token, keys, rules)).payload;
    } catch (error) {
      if (isVerdict(error)) return refuse(response, 401, 'Bearer error="invalid_token"');
      return unavailable(response);
    }
    // Not having heard is no verdict either.
    if (!revocations.areFresh()) return unavailable(response);
    if (revocations.refuse(claims)) return refuse(response, 401, 'Bearer error="invalid_token"');
    request.user = claims;
    next();
  }

  const role = (name) => [
    user,
    (request, response, next) =>
      request.user.role === name ? next() : refuse(response, 403, 'Bearer error="insufficient_scope"'),
  ];
  return { user, role };
}

// Whether the token is to blame, and not the way to the key set.
function isVerdict(error) {
  const faults = [errors.JWKSTimeout.code, errors.JWKSInvalid.code, errors.JOSEError.code];
  return error instanceof errors.JOSEError && !faults.includes(error.code);
}

function refuse(response, status, challenge) {
  response.status(status).set('WWW-Authenticate', challenge).json({ error: status === 401 ? 'Who are you?' : 'No.' });
}

function unavailable(response) {
  response.status(503).set('Retry-After', '2').json({ error: 'Tokens cannot be checked at the moment.' });
}
