// The five patterns: what each is about, its key insight, and the same in Node.js.

export const PATTERNS = [
  {
    id: "sign",
    name: "Sign",
    about: "A pass says who, which role and until when, and carries a seal that only its issuer can make.",
    insight: "The question is not how strong the seal is, but who can make it. With HS256 everybody who checks can also forge; with RS256, ES256 or EdDSA only the issuer can. And what is in a pass cannot be taken back: put in what a guard needs, and nothing that goes stale.",
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
    about: "A service checks the pass by itself: no call to the office for each request.",
    insight: "401 and 403 are two questions. 401: who are you? Log in, and it may work. 403: I know who you are, and the answer stays no. The order matters too: form, key, algorithm, seal, and only then the claims. What is not sealed yet is nobody's word.",
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
    about: "The access token is short-lived; a second token, kept where no script reaches, quietly fetches the next.",
    insight: "Each refresh token is good once. So the moment a stolen one is used, one of the two holders must show a spent token, and the theft is seen, whoever comes first. The server cannot tell the thief from the owner, so it ends the family: one has a password to start anew, the other has not.",
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
    about: "A logout, a lost phone, a suspended account: some passes must end before their time.",
    insight: "A seal proves where a pass came from, never that it is still wanted. The list of passes that are void stays tiny, because each entry may go when its pass would have run out by itself: a short exp is what makes a denylist cheap.",
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
    about: "One hash takes a third of a second. For a login that is nothing; for a billion guesses it is centuries.",
    insight: "Slow hashing protects the stolen table, limits protect the login form: you need both. Count before hashing, or forty guesses at once will slip through together. And an address without an account must cost the same time and get the same words, or the form is a directory of your users.",
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
