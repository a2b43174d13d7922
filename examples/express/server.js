// A small complete service behind hallpass: anybody is welcome, users see their notes, admins see more.
import express from 'express';
import { guard } from './guard.js';

const env = process.env;
const issuer = env.HALLPASS_ISSUER ?? 'http://localhost:8080';
const { user, role } = guard({
  issuer,
  audience: env.HALLPASS_AUDIENCE ?? issuer,
  // Where hallpass is reached from here, when that is not what its tokens say.
  url: env.HALLPASS_URL ?? issuer,
  clientId: env.HALLPASS_CLIENT_ID,
  clientSecret: env.HALLPASS_CLIENT_SECRET,
});

const app = express();
app.disable('x-powered-by');
app.get('/', (request, response) => response.send('Welcome. Notes are for users.'));
app.get('/notes', user, (request, response) => response.json({ user: request.user.sub, notes: ['water the plants'] }));
app.get('/admin', role('admin'), (request, response) =>
  response.json({ user: request.user.sub, notes_of_everybody: 1 }),
);

const server = app.listen(Number(env.PORT ?? 3000), '127.0.0.1', (error) => {
  if (error) throw error;
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});
