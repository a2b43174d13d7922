// A replica of what hallpass has revoked, kept by reading its stream.

// Longer than hallpass ever keeps silent: a heartbeat comes every five seconds.
const SILENCE = 15_000;
const FRESH = 60_000;

export class Revocations {
  #heard = -Infinity;
  #cursor;
  #keys;
  #entries = new Map();

  constructor({ url, clientId, clientSecret, keysChanged }) {
    // The kinds that refuse() below knows; hallpass widens the entries of any other.
    this.url = `${url}/revocations/stream?kinds=token,session,user`;
    this.credential = `Basic ${btoa(`${clientId}:${clientSecret}`)}`;
    this.keysChanged = keysChanged;
  }

  // Whether hallpass has been heard of lately.
  areFresh() {
    return performance.now() - this.#heard < FRESH;
  }

  // Whether a verified token has been revoked.
  refuse({ jti, sid, sub, iat }) {
    const user = this.#entries.get(`user ${sub}`);
    return (
      this.#entries.has(`token ${jti}`) || this.#entries.has(`session ${sid}`) || (user && iat < user.issued_before)
    );
  }

  // Reads for ever. A stream that ends is resumed where it ended.
  async follow() {
    for (;;) {
      try {
        await this.#read();
      } catch (error) {
        console.error(`revocations: ${error.message}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 500 + Math.random() * 500));
    }
  }

  async #read() {
    const abort = new AbortController();
    let watchdog = setTimeout(() => abort.abort(), SILENCE);
    try {
      const headers = { authorization: this.credential };
      if (this.#cursor) headers['last-event-id'] = this.#cursor;
      const response = await fetch(this.url, { headers, signal: abort.signal });
      if (!response.ok) throw new Error(`hallpass answers ${response.status}`);
      let text = '';
      for await (const part of response.body.pipeThrough(new TextDecoderStream())) {
        const events = (text + part).split('\n\n');
        text = events.pop();
        for (const event of events) await this.#apply(event);
        clearTimeout(watchdog);
        watchdog = setTimeout(() => abort.abort(), SILENCE);
      }
    } finally {
      clearTimeout(watchdog);
    }
  }

  async #apply(event) {
    const data = event.split('\n').find((line) => line.startsWith('data: '));
    if (!data) return;
    const { cursor, complete, keys, entries } = JSON.parse(data.slice('data: '.length));
    if (complete) this.#entries.clear();
    for (const entry of entries) this.#keep(entry);
    const now = Date.now() / 1000;
    for (const [name, entry] of this.#entries) if (entry.expires_at < now) this.#entries.delete(name);
    if (this.#keys !== keys) await this.keysChanged();
    // Only now: until the keys are new, this version of the ring has not been heard of.
    [this.#cursor, this.#keys, this.#heard] = [cursor, keys, performance.now()];
  }

  #keep(entry) {
    const name = `${entry.kind} ${entry.id}`;
    const known = this.#entries.get(name);
    const latest = (field) => Math.max(entry[field] ?? 0, known?.[field] ?? 0);
    this.#entries.set(name, { issued_before: latest('issued_before'), expires_at: latest('expires_at') });
  }
}
