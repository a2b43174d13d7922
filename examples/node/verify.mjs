// Verify: 401 is “who are you?”, 403 is “I know, and no”, 503 is “I cannot tell”.
import { createRemoteJWKSet, errors, jwtVerify } from 'jose';

const { ISSUER, AUDIENCE, JWKS_URL = `${ISSUER}/.well-known/jwks.json` } = process.env;
const keys = createRemoteJWKSet(new URL(JWKS_URL), { cacheMaxAge: 300_000 });
const rules = {
  algorithms: ['RS256'], // never what the token asks for
  issuer: ISSUER,
  audience: AUDIENCE,
  typ: 'at+jwt',
  requiredClaims: ['exp', 'iat', 'sub', 'role', 'sid', 'jti'],
};

// With these, the key set could not be read: that says nothing about the token.
const FAULTS = [errors.JWKSTimeout.code, errors.JWKSInvalid.code, errors.JOSEError.code];
const isVerdict = (error) => error instanceof errors.JOSEError && !FAULTS.includes(error.code);

export async function authenticate(req, res, next) {
  const [scheme, token, ...rest] = (req.get('authorization') ?? '').split(/ +/);
  if (scheme.toLowerCase() !== 'bearer' || !token || rest.length > 0)
    return res.status(401).set('WWW-Authenticate', 'Bearer').end();
  try {
    req.auth = (await jwtVerify(token, keys, rules)).payload;
  } catch (error) {
    if (!isVerdict(error)) return res.status(503).set('Retry-After', '2').end();
    return res.status(401).set('WWW-Authenticate', 'Bearer error="invalid_token"').end();
  }
  next();
}

export const requireRole = (role) => (req, res, next) =>
  req.auth.role === role
    ? next()
    : res.status(403).set('WWW-Authenticate', 'Bearer error="insufficient_scope"').end();
