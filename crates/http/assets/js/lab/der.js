// As much DER as it takes to find a key in a PEM: certificates and the older forms are brought into the two that
// WebCrypto reads, SPKI and PKCS#8.

const SEQUENCE = 0x30;
const RSA = [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
const EC_OID = [0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
const VERSION_0 = [0x02, 0x01, 0x00];

/** The element at this place: its tag, where its content begins, and where it ends. */
function element(bytes, at) {
  let [length, content] = [bytes[at + 1], at + 2];
  if (length > 0x7f) {
    const count = length & 0x7f;
    if (count > 4) throw new RangeError("no such length");
    length = 0;
    for (let index = 0; index < count; index += 1) length = length * 256 + bytes[content + index];
    content += count;
  }
  const end = content + length;
  if (!(end <= bytes.length)) throw new RangeError("the DER ends early");
  return { tag: bytes[at], at, content, end };
}

function children(bytes, parent) {
  const found = [];
  for (let at = parent.content; at < parent.end; at = found.at(-1).end) found.push(element(bytes, at));
  return found;
}

function wrap(tag, ...parts) {
  const body = parts.flatMap((part) => Array.from(part));
  const size = body.length;
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return [tag, ...length, ...body];
}

/** The public key (SPKI) of an X.509 certificate. */
export function spkiOfCertificate(bytes) {
  const [body] = children(bytes, element(bytes, 0));
  const fields = children(bytes, body);
  // An explicit version comes first where it is not 1; then serial, algorithm, issuer, validity, subject, and the key.
  const key = fields[fields[0].tag === 0xa0 ? 6 : 5];
  return bytes.slice(key.at, key.end);
}

/** PKCS#1, “RSA PUBLIC KEY”, as SPKI. */
export const spkiOfRsa = (bytes) => new Uint8Array(wrap(SEQUENCE, RSA, wrap(0x03, [0], bytes)));

/** PKCS#1, “RSA PRIVATE KEY”, as PKCS#8. */
export const pkcs8OfRsa = (bytes) => new Uint8Array(wrap(SEQUENCE, VERSION_0, RSA, wrap(0x04, bytes)));

/** SEC 1, “EC PRIVATE KEY”, as PKCS#8: the curve is named in its own optional field. */
export function pkcs8OfEc(bytes) {
  const curve = children(bytes, element(bytes, 0)).find(({ tag }) => tag === 0xa0);
  if (!curve) throw new RangeError("no curve is named");
  return new Uint8Array(wrap(SEQUENCE, VERSION_0, wrap(SEQUENCE, EC_OID, bytes.slice(curve.content, curve.end)), wrap(0x04, bytes)));
}
