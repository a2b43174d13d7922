// What both servers share: settings, the tables, and a process for each core.
import cluster from "node:cluster";
import crypto from "node:crypto";
import { availableParallelism } from "node:os";
import { Redis } from "ioredis";
import pg from "pg";

export const { PORT, DATABASE_URL, REDIS_URL } = process.env;
export const COST = Number(process.env.COST ?? 12);
export const ISSUER = "https://rival.example";
export const ACCESS_TTL = 900;
const REFRESH_TTL = 7 * 24 * 3600;

export const sha256 = (text) => crypto.createHash("sha256").update(text).digest();
export const newToken = () => crypto.randomBytes(32).toString("base64url");

export const keys = () => ({ privateKey: process.env.PRIVATE_KEY, publicKey: process.env.PUBLIC_KEY });
export const connect = () => ({
  pool: new pg.Pool({ connectionString: DATABASE_URL, max: 8 }),
  redis: new Redis(REDIS_URL),
});

const TABLES = `
  CREATE TABLE IF NOT EXISTS users (id uuid PRIMARY KEY, email text UNIQUE, hash text, role text);
  CREATE TABLE IF NOT EXISTS refresh_tokens (
    hash bytea PRIMARY KEY, family uuid NOT NULL, user_id uuid NOT NULL, consumed boolean NOT NULL DEFAULT false,
    expires_at timestamptz NOT NULL);
  CREATE INDEX IF NOT EXISTS refresh_tokens_family ON refresh_tokens (family);`;

export async function start(serve) {
  if (!cluster.isPrimary) return serve();
  const { privateKey, publicKey } = crypto.generateKeyPairSync("ec", { namedCurve: "P-256" });
  const pem = {
    PRIVATE_KEY: privateKey.export({ type: "pkcs8", format: "pem" }),
    PUBLIC_KEY: publicKey.export({ type: "spki", format: "pem" }),
  };
  const client = new pg.Client(DATABASE_URL);
  await client.connect();
  await client.query(TABLES);
  await client.end();
  for (let core = 0; core < availableParallelism(); core += 1) cluster.fork(pem);
}

export const open = (pool, user) => {
  const token = newToken();
  const family = crypto.randomUUID();
  return pool
    .query("INSERT INTO refresh_tokens VALUES ($1, $2, $3, false, now() + $4 * interval '1 second')", [
      sha256(token), family, user.id, REFRESH_TTL,
    ])
    .then(() => ({ token, family }));
};

/// One transaction, as tutorials write it. Answers the owner, or null after a reuse.
export async function rotate(pool, token) {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    const { rows } = await client.query(
      `SELECT t.family, t.consumed, u.id, u.role FROM refresh_tokens t JOIN users u ON u.id = t.user_id
       WHERE t.hash = $1 AND t.expires_at > now() FOR UPDATE OF t`, [sha256(token)]);
    const found = rows[0];
    if (!found || found.consumed) {
      if (found) await client.query("DELETE FROM refresh_tokens WHERE family = $1", [found.family]);
      await client.query("COMMIT");
      return null;
    }
    const next = newToken();
    await client.query("UPDATE refresh_tokens SET consumed = true WHERE hash = $1", [sha256(token)]);
    await client.query("INSERT INTO refresh_tokens VALUES ($1, $2, $3, false, now() + $4 * interval '1 second')", [
      sha256(next), found.family, found.id, REFRESH_TTL,
    ]);
    await client.query("COMMIT");
    return { ...found, next };
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  } finally {
    client.release();
  }
}

/// The same in one statement: what a team writes that has measured it.
export async function rotateAtOnce(pool, token) {
  const next = newToken();
  const { rows } = await pool.query({
    name: "rotate",
    text: `WITH spent AS (
        UPDATE refresh_tokens SET consumed = true WHERE hash = $1 AND NOT consumed AND expires_at > now()
        RETURNING family, user_id),
      made AS (
        INSERT INTO refresh_tokens
        SELECT $2, family, user_id, false, now() + $3 * interval '1 second' FROM spent RETURNING family)
      SELECT u.id, u.role, spent.family FROM spent JOIN users u ON u.id = spent.user_id, made`,
    values: [sha256(token), sha256(next), REFRESH_TTL],
  });
  if (rows[0]) return { ...rows[0], next };
  await pool.query(
    "DELETE FROM refresh_tokens WHERE family = (SELECT family FROM refresh_tokens WHERE hash = $1)", [sha256(token)]);
  return null;
}
