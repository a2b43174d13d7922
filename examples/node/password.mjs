// Password: slow to hash, counted before it is hashed, and the same answer for everyone.
import { randomBytes, randomUUID, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { redis } from './redis.mjs';
import { issue } from './refresh.mjs';

// scrypt comes with Node; bcrypt and Argon2id need a package. Measure: aim for 0.3 s on your machine.
const COST = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 2 ** 20 };
const derive = promisify(scrypt);
const MINUTE = 60;

export async function hashOf(password) {
  const salt = randomBytes(16); // random for each password, not secret, kept with the hash
  return `${salt.toString('hex')}:${(await derive(password, salt, 32, COST)).toString('hex')}`;
}

async function matches(password, stored) {
  const [salt, key] = stored.split(':').map((part) => Buffer.from(part, 'hex'));
  return timingSafeEqual(key, await derive(password, salt, 32, COST));
}

// For addresses without an account: the same work, so the same time.
const DECOY = await hashOf(randomUUID());

async function count(name, seconds) {
  const answers = await redis.multi().set(name, 0, 'EX', seconds, 'NX').incr(name).ttl(name).exec();
  return { count: answers[1][1], left: answers[2][1] };
}

export async function login(req, res) {
  const { email, password } = req.body ?? {};
  if (typeof email !== 'string' || typeof password !== 'string') return res.sendStatus(422);
  const [address, name] = [`attempts:${req.ip}`, email.trim().toLowerCase()];
  const tries = await count(address, 15 * MINUTE);
  const remaining = Math.max(0, 10 - tries.count);
  res.set({ 'RateLimit-Limit': '10', 'RateLimit-Remaining': `${remaining}`, 'RateLimit-Reset': `${tries.left}` });
  if (tries.count > 10)
    return tooMany(res, tries.left, 'Too many login attempts — try again in 15 minutes');
  // Counted before hashing: parallel guesses would all pass a counter that is raised afterwards.
  const failures = await count(`failures:${name}`, 30 * MINUTE);
  if (failures.count > 5) return tooMany(res, failures.left, 'Account locked for 30 minutes');
  if (failures.count === 5) await redis.expire(`failures:${name}`, 30 * MINUTE);
  const user = await redis.hgetall(`user:${name}`);
  const isRight = await matches(password, user.hash ?? DECOY);
  if (!user.id || !isRight) return res.status(401).json({ error: 'Invalid credentials' });
  await redis.multi().del(`failures:${name}`).decr(address).exec();
  await issue(res, name, user);
}

function tooMany(res, seconds, error) {
  res.status(429).set('Retry-After', `${seconds}`).json({ error });
}
