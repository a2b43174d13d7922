// The listings together: a small auth server.
import { randomUUID } from 'node:crypto';
import express from 'express';
import { hashOf, login } from './password.mjs';
import { forgot, reset } from './prove.mjs';
import { redis } from './redis.mjs';
import { refresh } from './refresh.mjs';
import { logout, notRevoked } from './revoke.mjs';
import { JWKS } from './sign.mjs';
import { authenticate, requireRole } from './verify.mjs';

for (const [email, role] of [['ada@example.com', 'user'], ['grace@example.com', 'admin']])
  await redis.hset(`user:${email}`, { id: randomUUID(), role, hash: await hashOf(process.env.DEMO_PASSWORD) });

// In place of a mail server.
const send = (to, link) => console.log(`mail to ${to}: ${link}`);

const app = express();
app.disable('x-powered-by');
app.use(express.json({ limit: '4kb' }));
app.get('/.well-known/jwks.json', (req, res) => res.set('Cache-Control', 'public, max-age=300').json(JWKS));
app.post('/auth/login', login);
app.post('/auth/refresh', refresh);
app.post('/auth/password/forgot', forgot(send));
app.post('/auth/password/reset', reset);
app.post('/auth/logout', authenticate, logout);
app.get('/auth/me', authenticate, notRevoked, (req, res) => res.json({ id: req.auth.sub, role: req.auth.role }));
app.get('/admin', authenticate, notRevoked, requireRole('admin'), (req, res) => res.json({ hello: 'admin' }));
// A fault says nothing about the user: no cookie is cleared, and no session ends.
app.use((error, req, res, next) => res.status(error.status ?? 503).json({ error: 'Please try again in a moment.' }));

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', (error) => {
  if (error) throw error;
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});
