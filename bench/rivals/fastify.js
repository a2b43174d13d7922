// Fastify, fast-jwt with its cache, @node-rs/bcrypt, one statement a rotation: the strongest a team would write.
import crypto from "node:crypto";
import rateLimit from "@fastify/rate-limit";
import { compare, hash } from "@node-rs/bcrypt";
import { createSigner, createVerifier } from "fast-jwt";
import Fastify from "fastify";
import { ACCESS_TTL, connect, COST, ISSUER, keys, open, PORT, rotateAtOnce, start } from "./common.js";

await start(async () => {
  const { pool, redis } = connect();
  const { privateKey, publicKey } = keys();
  const signer = createSigner({
    algorithm: "ES256", key: privateKey, iss: ISSUER, aud: ISSUER, expiresIn: ACCESS_TTL * 1000,
  });
  const verify = createVerifier({
    algorithms: ["ES256"], key: publicKey, allowedIss: ISSUER, allowedAud: ISSUER, cache: 10_000,
  });
  const answer = (user, family, token) => ({
    access_token: signer({ sub: user.id, role: user.role, sid: family, jti: crypto.randomUUID() }),
    token_type: "Bearer", expires_in: ACCESS_TTL, refresh_token: token,
  });

  const app = Fastify();
  await app.register(rateLimit, { global: false });
  app.post("/auth/register", async (request, reply) => {
    const user = { id: crypto.randomUUID(), role: "user" };
    const made = await hash(request.body.password, COST);
    await pool.query("INSERT INTO users VALUES ($1, $2, $3, $4)", [user.id, request.body.email, made, user.role]);
    return reply.code(201).send({ user });
  });
  const limited = { config: { rateLimit: { max: 10_000_000, timeWindow: "15 minutes" } } };
  app.post("/auth/login", limited, async (request, reply) => {
    const { rows } = await pool.query({
      name: "user", text: "SELECT id, hash, role FROM users WHERE email = $1", values: [request.body.email],
    });
    if (!rows[0] || !(await compare(request.body.password, rows[0].hash))) return reply.code(401).send();
    const { token, family } = await open(pool, rows[0]);
    return answer(rows[0], family, token);
  });
  app.post("/auth/refresh", async (request, reply) => {
    const rotated = await rotateAtOnce(pool, request.body.refresh_token);
    if (!rotated) return reply.code(401).send();
    return answer(rotated, rotated.family, rotated.next);
  });
  app.get("/auth/verify", async (request, reply) => {
    let claims;
    try {
      claims = verify((request.headers.authorization ?? "").slice("Bearer ".length));
    } catch {
      return reply.code(401).send();
    }
    if (await redis.exists(`blacklist:${claims.jti}`)) return reply.code(401).send();
    reply.headers({ "X-Auth-User": claims.sub, "X-Auth-Role": claims.role, "X-Auth-Session": claims.sid });
    return reply.send();
  });
  await app.listen({ port: Number(PORT), host: "127.0.0.1" });
});
