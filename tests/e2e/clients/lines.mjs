// What every client here has in common: it is told where hallpass is, reads a line of JSON with a token, and answers
// with a line that says whose token it is or why it is refused.
import { createInterface } from 'node:readline';

export const { issuer, audience, jwks, algorithm } = JSON.parse(process.argv[2]);

// As long as `Cache-Control` of the key set says.
export const MAX_AGE = 300_000;

export async function answer(verify) {
  for await (const line of createInterface({ input: process.stdin })) {
    const { token } = JSON.parse(line);
    let said;
    try {
      said = { ok: true, sub: await verify(token) };
    } catch (error) {
      said = { ok: false, error: String(error.message || error) };
    }
    process.stdout.write(`${JSON.stringify(said)}\n`);
  }
}
