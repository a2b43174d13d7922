// Prove an address: what a mail carries is random, kept as a hash, for one address, and works once.
import { createHash, randomBytes } from 'node:crypto';
import { hashOf } from './password.mjs';
import { redis } from './redis.mjs';

const HALF_AN_HOUR = 30 * 60;
const WEEK = 7 * 24 * 3600;

const sha256 = (text) => createHash('sha256').update(text).digest('hex');

// The next mail to the same address replaces this one.
async function make(email) {
  const token = randomBytes(32).toString('base64url');
  const hash = sha256(token);
  const rows = redis.multi().set(`reset:${hash}`, email, 'EX', HALF_AN_HOUR);
  await rows.set(`newest:${email}`, hash, 'EX', HALF_AN_HOUR).exec();
  return token;
}

async function spend(token) {
  const hash = sha256(token);
  // Read and removed in one step: of two that come at once, one finds nothing.
  const email = await redis.getdel(`reset:${hash}`);
  return email && (await redis.get(`newest:${email}`)) === hash ? email : null;
}

// The same answer for every address, or the form tells who has an account.
export const forgot = (send) => async (req, res) => {
  if (typeof req.body?.email !== 'string') return res.sendStatus(422);
  const email = req.body.email.trim().toLowerCase();
  res.status(202).end(); // before the account is looked for: the time must not tell either
  try {
    if (!(await redis.exists(`user:${email}`))) return;
    const tries = await redis.multi().set(`mails:${email}`, 0, 'EX', 900, 'NX').incr(`mails:${email}`).exec();
    if (tries[1][1] > 3) return; // nobody's mailbox is filled by strangers
    // After the #: a browser sends that to no server. The page behind it acts on a button, never on GET.
    await send(email, `${process.env.ISSUER}/reset#${await make(email)}`);
  } catch (error) {
    console.error(`mail: ${error.message}`);
  }
};

export async function reset(req, res) {
  const { token, new_password: password } = req.body ?? {};
  if (typeof token !== 'string' || typeof password !== 'string' || password.length < 8) return res.sendStatus(422);
  const hash = await hashOf(password);
  const email = await spend(token);
  if (!email) return res.status(400).json({ error: 'This link has been used, was replaced or has expired.' });
  // Until now nobody had proved the address: whoever set the password may have been a stranger. It goes, and so does
  // every session.
  const ending = redis.multi().hset(`user:${email}`, { hash, proved: Date.now() }).del(`failures:${email}`);
  for (const session of await redis.smembers(`sessions:${email}`))
    ending.set(`blacklist:session:${session}`, '1', 'EX', WEEK);
  await ending.exec();
  res.sendStatus(204);
}
