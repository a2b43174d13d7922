// The words of the Anatomy's first view: one file, since each costs a request. What other tokens and what stands further
// down take is in files of their own, which are loaded when they are needed.

const JWS = "RFC 7515";
const JWT = "RFC 7519";
const AT = "RFC 9068";

export const HEADER = {
  alg: ["Der Algorithmus der Signatur. Nur ein Hinweis: Der Prüfer richtet sich nach seinem Schlüssel, und der ist an genau einen Algorithmus gebunden.", JWS],
  typ: ["Die Art des Tokens. at+jwt ist ein Access-Token; so geht kein anderes als eines durch.", `${JWS}, ${AT}`],
  kid: ["Der Name des Schlüssels, mit dem signiert wurde; bei hallpass der Thumbprint seiner öffentlichen Hälfte nach RFC 7638.", JWS],
};

/** What the sandbox's tokens hold; claims_more.js has the rest. */
export const CLAIMS = {
  iss: ["Wer das Token ausgestellt hat. Ein Prüfer erwartet genau einen Aussteller.", JWT],
  sub: ["Wem es gehört: die ID des Nutzers und nichts, was wie eine E-Mail-Adresse den Besitzer wechseln kann.", JWT],
  aud: ["Für wen es bestimmt ist. Ein Token für den einen Dienst darf keinen anderen öffnen.", JWT],
  exp: ["Wann es abläuft. Von da an ist es ungültig, ohne dass jemand nachfragen muss.", JWT],
  iat: ["Wann es ausgestellt wurde.", JWT],
  jti: ["Seine eigene ID, bei hallpass 128 Zufallsbits: Damit kommt ein einzelnes Token auf die Sperrliste.", JWT],
  client_id: ["Der Client, für den es ausgestellt wurde.", AT],
  sid: ["Die Sitzung; bei hallpass die Refresh-Familie: Endet sie, enden auch ihre Tokens.", "OpenID Connect Logout"],
  role: ["Was der Inhaber darf. Ändert sich die Rolle, ist die Angabe veraltet; hallpass lehnt alte Tokens danach ab.", "hallpass; bei Supabase die Rolle in der Datenbank"],
};

export const unknown = "Kein registrierter Claim, den diese Seite kennt. Was er bedeutet, weiß der Aussteller.";

export const SEGMENTS = {
  header: ["Header", "Sagt, wie das Token signiert ist. Kodiert, nicht verschlüsselt: Jeder kann ihn lesen."],
  payload: ["Payload", "Sagt, wer, was und wie lange. Jeder kann sie lesen: Geheimnisse gehören nicht hinein. Ändere etwas und beobachte die Signatur."],
  signature: ["Signatur", "Gilt für die beiden Segmente davor, Byte für Byte. Sie verbirgt nichts und zeigt, wer signiert hat."],
};

/** What is said about a segment. */
export const SEGMENT = {
  name: "Segment",
  decoded: "Das Segment, dekodiert",
  header: "Der Header als JSON, zum Ändern",
  payload: "Die Payload als JSON, zum Ändern",
  hex: "Die Signatur in Hexadezimalziffern",
  bytes: (count) => `${count} Bytes, berechnet über Header und Payload, wie sie im Token stehen.`,
  noSignature: "Es gibt keine.",
  notBase64url: "Kein base64url",
  stray: " Padding, Leerzeichen, ein anderes Alphabet oder überzählige Bits am Ende.",
  characters: (count) => `${count} Zeichen`,
  more: (count) => `und ${count} weitere, oben im Feld.`,
  noTime: "kein Zeitpunkt",
  now: "jetzt",
  ahead: (span) => `in ${span}`,
  ago: (span) => `vor ${span}`,
  millis: (time) => `in Millisekunden: ${time}`,
};

/** The token of the sandbox. */
export const OWN = {
  title: "Ein Access-Token (RFC 9068)",
  signed: (alg, kid) => `Signiert mit ${alg} vom Schlüssel ${kid}.`,
  verdict: (left) => `Die Signatur stimmt; das Token ist noch ${left} gültig.`,
  size: (bytes, ofCookie, cookie, ofHeaders) => `${bytes} Bytes: ${ofCookie} % eines Cookies (${cookie}), ${ofHeaders} % der 8 KiB, die viele Server für alle Header zusammen erlauben.`,
  shown: "Ein Token der Sandbox liegt auf dem Tisch.",
  given: "Das Token aus der Adresse liegt auf dem Tisch.",
};

export const PARTS = {
  title: "Anatomie",
  field: "Das Token. Füge irgendetwas ein, in dem ein Token steckt; nichts davon wird gesendet.",
  paste: "Token einfügen",
  fresh: "Adas Token",
  samples: "Beispiele",
  choose: "Beispiele …",
  checks: "Die Prüfungen",
  order: "in der Reihenfolge eines Prüfers",
  checkWith: "Mit einem Schlüssel prüfen",
  signAgain: "Neu signieren",
  attacks: "Die klassischen Angriffe",
};

export const COPY = {
  copy: "Kopieren",
  copied: "Kopiert",
  refused: "Nicht erlaubt",
  done: (name) => `${name}: erledigt.`,
  notAllowed: "Der Browser erlaubt das Kopieren hier nicht.",
  share: "Teilen",
};

/** Groups of samples, and those whose names are no proper names. */
export const GROUPS = { algorithms: "Nach Algorithmus", issuers: "Wie Aussteller sie machen", odd: "Seltsame" };
export const SAMPLES = {
  google: "Google (ID-Token)",
  "no-exp": "Ohne exp (Beispiel von jwt.io)",
  millis: "Zeiten in Millisekunden",
  numbers: "Zahlen, die in kein Double passen",
  twice: "Ein Name doppelt",
  nested: "Ein Token im Token",
  dpop: "Ein DPoP-Nachweis",
  jwe: "Verschlüsselt (JWE)",
};
