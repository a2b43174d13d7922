// Express, jsonwebtoken, bcrypt, pg, ioredis, express-rate-limit: the stack of the tutorials.
import crypto from "node:crypto";
import bcrypt from "bcrypt";
import express from "express";
import { rateLimit } from "express-rate-limit";
import jwt from "jsonwebtoken";
import { ACCESS_TTL, connect, COST, ISSUER, keys, open, PORT, rotate, start } from "./common.js";

await start(() => {
  const { pool, redis } = connect();
  const pem = keys();
  const [privateKey, publicKey] = [crypto.createPrivateKey(pem.privateKey), crypto.createPublicKey(pem.publicKey)];
  const sign = (user, family) =>
    jwt.sign({ role: user.role, sid: family, jti: crypto.randomUUID() }, privateKey, {
      algorithm: "ES256", subject: user.id, issuer: ISSUER, audience: ISSUER, expiresIn: ACCESS_TTL,
    });
  const answer = (user, family, token) =>
    ({ access_token: sign(user, family), token_type: "Bearer", expires_in: ACCESS_TTL, refresh_token: token });

  const app = express();
  app.disable("x-powered-by");
  app.use(express.json());
  const limited = rateLimit({ windowMs: 15 * 60 * 1000, limit: 10_000_000, legacyHeaders: false, standardHeaders: true });

  app.post("/auth/register", async (request, response) => {
    const user = { id: crypto.randomUUID(), role: "user" };
    const hash = await bcrypt.hash(request.body.password, COST);
    await pool.query("INSERT INTO users VALUES ($1, $2, $3, $4)", [user.id, request.body.email, hash, user.role]);
    response.status(201).json({ user });
  });
  app.post("/auth/login", limited, async (request, response) => {
    const { rows } = await pool.query("SELECT id, hash, role FROM users WHERE email = $1", [request.body.email]);
    if (!rows[0] || !(await bcrypt.compare(request.body.password, rows[0].hash))) return response.sendStatus(401);
    const { token, family } = await open(pool, rows[0]);
    return response.json(answer(rows[0], family, token));
  });
  app.post("/auth/refresh", async (request, response) => {
    const rotated = await rotate(pool, request.body.refresh_token);
    if (!rotated) return response.sendStatus(401);
    return response.json(answer(rotated, rotated.family, rotated.next));
  });
  app.get("/auth/verify", async (request, response) => {
    let claims;
    try {
      const token = (request.get("authorization") ?? "").slice("Bearer ".length);
      claims = jwt.verify(token, publicKey, { algorithms: ["ES256"], issuer: ISSUER, audience: ISSUER });
    } catch {
      return response.sendStatus(401);
    }
    if (await redis.exists(`blacklist:${claims.jti}`)) return response.sendStatus(401);
    response.set({ "X-Auth-User": claims.sub, "X-Auth-Role": claims.role, "X-Auth-Session": claims.sid });
    return response.end();
  });
  // As long as the others keep a connection that is idle.
  app.listen(Number(PORT), "127.0.0.1").keepAliveTimeout = 75_000;
});
