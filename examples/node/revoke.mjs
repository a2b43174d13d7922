// Revoke: the seal stays good, so the token goes on a list until it has expired.
import { redis } from './redis.mjs';
import { COOKIE } from './refresh.mjs';

const WEEK = 7 * 24 * 3600;

export async function logout(req, res) {
  const { jti, sid, exp } = req.auth;
  const left = Math.max(1, exp * 1000 - Date.now());
  await redis.set(`blacklist:${jti}`, '1', 'PX', left); // forgets itself
  await redis.set(`blacklist:session:${sid}`, '1', 'EX', WEEK); // and no refresh either
  res.clearCookie('refresh_token', COOKIE);
  res.sendStatus(204);
}

// On every request, after the seal and the claims.
export async function notRevoked(req, res, next) {
  const { jti, sid, sub, iat } = req.auth;
  const names = [`blacklist:${jti}`, `blacklist:session:${sid}`, `blacklist:user:${sub}`];
  let found;
  try {
    found = await redis.mget(names);
  } catch {
    return res.status(503).set('Retry-After', '2').end(); // not knowing is not a yes
  }
  const [token, session, before] = found;
  if (token || session || (before && iat < Number(before)))
    return res.status(401).set('WWW-Authenticate', 'Bearer error="invalid_token"').end();
  next();
}
