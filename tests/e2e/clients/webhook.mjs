// Verifies deliveries of webhooks with the library of Standard Webhooks: a line of JSON in, a line out.
import { createInterface } from 'node:readline';
import { Webhook } from 'standardwebhooks';

for await (const line of createInterface({ input: process.stdin })) {
  const { secret, headers, body, now } = JSON.parse(line);
  // The clock of the test.
  Date.now = () => now * 1000;
  let said = { ok: false };
  try {
    said = { ok: true, type: new Webhook(secret).verify(body, headers).type };
  } catch {
    // Refused.
  }
  process.stdout.write(`${JSON.stringify(said)}\n`);
}
