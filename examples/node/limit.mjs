// The rate limit by a package: 10 login attempts in 15 minutes for one address, counted before the login runs.
import { rateLimit } from 'express-rate-limit';

// app.post('/auth/login', loginLimiter, login);
export const loginLimiter = rateLimit({
  windowMs: 15 * 60 * 1000,
  limit: 10,
  message: { error: 'Too many login attempts — try again in 15 minutes' },
  standardHeaders: true, // RateLimit-Limit, -Remaining and -Reset; with a 429 Retry-After, too
  legacyHeaders: false,
});

// It counts in the memory of one process: several need a store that they share, as password.mjs does with Redis.
// A lock on the account comes on top of it. Guesses at one account that come from many addresses pass this limit.
