// Refresh: each token works once. A used one that comes again means that two people hold it.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { redis } from './redis.mjs';
import { signAccess } from './sign.mjs';

const WEEK = 7 * 24 * 3600;
export const COOKIE = { httpOnly: true, secure: true, sameSite: 'strict', path: '/auth' };

const hashOf = (token) => createHash('sha256').update(token).digest('hex');
const shown = (req) => /(?:^|; )refresh_token=([\w-]+)/.exec(req.get('cookie') ?? '')?.[1] ?? '';

// Answers with both tokens. A login opens a session; a refresh goes on with it.
export async function issue(res, email, user, session = randomUUID()) {
  const token = randomBytes(32).toString('base64url');
  // Only the hash is stored: a stolen database holds no token.
  const row = redis.multi().set(`refresh:${hashOf(token)}`, JSON.stringify({ email, session }), 'EX', WEEK);
  await row.sadd(`sessions:${email}`, session).expire(`sessions:${email}`, WEEK).exec();
  res.cookie('refresh_token', token, { ...COOKIE, maxAge: WEEK * 1000 });
  res.json({ access_token: await signAccess(user, session), token_type: 'Bearer', expires_in: 900 });
}

export async function refresh(req, res) {
  const token = shown(req);
  if (!token) return res.status(401).json({ error: 'Please log in.' });
  const hash = hashOf(token);
  const record = JSON.parse(await redis.get(`refresh:${hash}`));
  if (!record) return refuse(res, 'Please log in again.');
  const ended = `blacklist:session:${record.session}`;
  // Of two that show the same token, one sets this. The other shows a used token.
  if (!(await redis.set(`used:${hash}`, '1', 'EX', WEEK, 'NX'))) {
    await redis.set(ended, '1', 'EX', WEEK);
    return refuse(res, 'Token reuse detected. Please log in again.');
  }
  // Read again: the role may have changed since the login.
  const user = await redis.hgetall(`user:${record.email}`);
  if ((await redis.exists(ended)) || !user.id) return refuse(res, 'Please log in again.');
  await issue(res, record.email, user, record.session);
}

function refuse(res, error) {
  res.clearCookie('refresh_token', COOKIE);
  res.status(401).json({ error });
}
