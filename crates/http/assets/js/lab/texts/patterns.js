// The five patterns: what each is about, its key insight, and the same in Node.js.

export const PATTERNS = [
  {
    id: "sign",
    name: "Sign",
    about: "A pass says who you are, what your role is and when it ends, and carries a seal that only its issuer can make.",
    insight: "What matters is who can make the seal. With HS256, anyone who can check a pass can also forge one; with RS256, ES256 or EdDSA only the issuer can. And a pass cannot be corrected once it is out: put in what a service needs to decide, and nothing that goes stale.",
    node: `import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { importPKCS8, SignJWT } from 'jose';

const key = await importPKCS8(readFileSync('private.pem', 'utf8'), 'RS256');

export const signAccess = (user, sessionId) =>
  new SignJWT({ role: user.role, sid: sessionId })   // and no more
    .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: KID })
    .setIssuer('https://auth.example')
    .setAudience('https://api.example')
    .setSubject(user.id)                             // never an email
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime('15m')
    .sign(key);`,
  },
  {
    id: "verify",
    name: "Verify",
    about: "A service checks the pass by itself, without calling the office for each request.",
    insight: "401 and 403 answer two different questions. 401: I don't know who you are; log in and try again. 403: I know who you are, and the answer is still no. The order of the checks matters too: form, key, algorithm, seal, and only then the claims. Until the seal is verified, a claim is just something that somebody wrote.",
    node: `import { createRemoteJWKSet, jwtVerify } from 'jose';

const keys = createRemoteJWKSet(
  new URL('https://auth.example/.well-known/jwks.json'));

export async function authenticate(req, res, next) {
  const [scheme, token] = (req.get('authorization') ?? '').split(' ');
  if (scheme?.toLowerCase() !== 'bearer' || !token)
    return res.status(401).set('WWW-Authenticate', 'Bearer').end();
  try {
    const { payload } = await jwtVerify(token, keys, {
      algorithms: ['RS256'],            // never what the token says
      issuer: 'https://auth.example',
      audience: 'https://api.example',
      typ: 'at+jwt',
    });
    req.auth = payload;
    next();
  } catch (error) {
    if (!error.code?.startsWith('ERR_J')) return next(error); // no verdict
    res.status(401)
      .set('WWW-Authenticate', 'Bearer error="invalid_token"').end();
  }
}

export const requireRole = (role) => (req, res, next) =>
  req.auth.role === role ? next() : res.status(403).end();`,
  },
  {
    id: "refresh",
    name: "Refresh",
    about: "The access token is short-lived. A second token, kept where no script can read it, quietly fetches the next one.",
    insight: "Each refresh token works once. When one is stolen, two people hold it, and whoever comes second shows a spent token: the theft is noticed, no matter who was first. The server cannot tell the thief from the owner, so it ends the session for both. The owner has a password and starts again; the thief has none.",
    node: `import { createHash, randomBytes } from 'node:crypto';

const sha256 = (text) => createHash('sha256').update(text).digest();

app.post('/auth/refresh', async (req, res) => {
  const shown = sha256(req.cookies.refresh_token ?? '');
  const next = randomBytes(32).toString('base64url');
  // One conditional statement: of two that race, one finds no row.
  const { rows: [session] } = await db.query(
    \`WITH rotated AS (
       UPDATE sessions SET current_hash = $2
        WHERE current_hash = $1 AND revoked_at IS NULL
          AND expires_at > now() RETURNING *),
     kept AS (
       INSERT INTO spent (hash, session_id)
       SELECT $1, id FROM rotated)
     SELECT * FROM rotated\`, [shown, sha256(next)]);
  if (session) {
    res.cookie('refresh_token', next, {
      httpOnly: true, secure: true, sameSite: 'strict', path: '/auth',
      maxAge: 7 * 24 * 3600 * 1000 });
    return res.json({ access_token: await signAccess(session) });
  }
  // Spent before: somebody else holds this family.
  const { rowCount } = await db.query(
    \`UPDATE sessions SET revoked_at = now()
      WHERE id = (SELECT session_id FROM spent WHERE hash = $1)
        AND revoked_at IS NULL\`, [shown]);
  res.clearCookie('refresh_token', { path: '/auth' });
  res.status(401).json({ error: rowCount
    ? 'Token reuse detected. Please log in again.'
    : 'Please log in again.' });
});`,
  },
  {
    id: "revoke",
    name: "Revoke",
    about: "A logout, a lost phone, a suspended account: some passes must end early.",
    insight: "A seal proves where a pass came from. It cannot tell whether the pass has been revoked since, so that takes a list. The list stays small, because an entry can be dropped as soon as its pass would have expired anyway: a short exp is what makes a denylist cheap.",
    node: `import { createClient } from 'redis';

const redis = await createClient().connect();

app.post('/auth/logout', authenticate, async (req, res) => {
  const { jti, exp } = req.auth;
  const left = exp * 1000 - Date.now();
  if (left > 0) await redis.set(\`blacklist:\${jti}\`, '1', { PX: left });
  res.clearCookie('refresh_token', { path: '/auth' });
  res.sendStatus(204);
});

// After the seal and the claims, on every request:
export async function notRevoked(req, res, next) {
  try {
    if (await redis.exists(\`blacklist:\${req.auth.jti}\`))
      return res.status(401)
        .set('WWW-Authenticate', 'Bearer error="invalid_token"').end();
    next();
  } catch {
    res.sendStatus(503);      // not knowing is no permission
  }
}`,
  },
  {
    id: "password",
    name: "Password",
    about: "One hash takes about 0.3 s. For one login that is nothing. For a thief with the stolen table it is 3.5 days for a million words, and 9.5 years for a billion guesses, on one core.",
    insight: "Slow hashing protects a stolen table, and limits protect the login form: you need both. Count an attempt before you hash, or 40 parallel guesses all get through. And an unknown address must take the same time and get the same answer, or the form tells anyone who has an account.",
    node: `import bcrypt from 'bcrypt';
import rateLimit from 'express-rate-limit';

const COST = 12;                       // each step doubles the work
const DECOY = await bcrypt.hash('nobody', COST);

const limiter = rateLimit({
  windowMs: 15 * 60 * 1000, limit: 10, standardHeaders: 'draft-6',
  legacyHeaders: false,
  message: { error: 'Too many login attempts — try again in 15 minutes' },
});

app.post('/auth/login', limiter, async (req, res) => {
  const { email, password } = req.body;
  // bcrypt reads 72 bytes and passes over the rest in silence.
  if (Buffer.byteLength(password) > 72) return res.sendStatus(422);
  const user = await users.byEmail(email.toLowerCase());
  // Reserve before hashing: parallel guesses count too.
  if (!await attempts.reserve(email, { max: 5, lockMinutes: 30 }))
    return res.status(429).json({ error: 'Account locked for 30 minutes' });
  const ok = await bcrypt.compare(password, user?.hash ?? DECOY);
  if (!user || !ok)
    return res.status(401).json({ error: 'Invalid credentials' });
  await attempts.clear(email);
  res.json(await openSession(user, res));
});`,
  },
];
