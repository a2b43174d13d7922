// Keys: to check with, to sign with, and why one cannot be used.

/** Why a key cannot be used. */
export const FAULTS = {
  noEd25519: "Dieser Browser kann noch kein Ed25519.",
  notFor: (alg) => `Das ist kein Schlüssel für ${alg}.`,
  forOther: (alg, algs) => `Ein Schlüssel dieser Art ist nicht für ${alg}, sondern für ${algs}.`,
  badSecret: "Das ist kein Schlüssel für HS256: k ist kein Text in base64url.",
  noObject: "In einem Schlüsselsatz ist jeder Schlüssel ein Objekt.",
  encrypts: "Er dient zum Verschlüsseln (use: enc) und signiert nichts.",
  unknownType: (type, alg) => `Ein Schlüssel der Art ${type} für ${alg} ist hier nicht bekannt.`,
  typeWithoutAlg: (type) => `Ein Schlüssel der Art ${type} ohne Algorithmus ist hier nicht bekannt.`,
  jwkIsPrivate: "Dieses JWK enthält die private Hälfte (d). Füge die öffentliche ein; zum Signieren ist „Neu signieren“ da.",
  emptySet: "Der Schlüsselsatz ist leer.",
  noneOf: (count, keys) => `Keiner dieser ${count} Schlüssel lässt sich benutzen. ${keys}`,
  notJson: "Das fängt an wie JSON und ist keines.",
  encrypted: "Dieser private Schlüssel ist mit einem Passwort verschlüsselt. Entschlüssle ihn zuerst: openssl pkcs8 -in key.pem -nocrypt -topk8",
  otherPem: (label, labels) => `Ein PEM mit „${label}“ wird hier nicht gelesen, nur: ${labels}.`,
  pemNotBase64: "Das PEM ist beschädigt: Sein Inhalt ist kein base64.",
  pemDamaged: "Das PEM ist beschädigt: Sein Inhalt endet zu früh oder ist nicht das, was die erste Zeile sagt.",
  pemOfUnknown: "Das PEM enthält einen Schlüssel von einer Art, die hier nicht bekannt ist.",
  isPrivate: "Das ist ein privater Schlüssel: Er signiert. Zum Prüfen dient nur seine öffentliche Hälfte, und nur sie darf aus der Hand. Zum Signieren ist „Neu signieren“ da.",
  discovery: (address) => `Das ist ein Discovery-Dokument. Es enthält keine Schlüssel, nur ihre Adresse. Diese Seite fragt keinen anderen Server; hol sie selbst und füge ein, was kommt: curl -s '${address}'`,
  address: (address) => `Das ist eine Adresse. Diese Seite fragt keinen anderen Server; hol die Schlüssel selbst und füge ein, was kommt: curl -s '${address}'`,
  notBase64: "Das ist kein base64.",
  notHex: "Das ist nicht hexadezimal: zwei Ziffern für jedes Byte.",
  pasteKey: "Füge ein Secret, ein PEM, ein JWK oder ein JWKS ein.",
  needsPublic: (alg) => `Ein Secret ist nicht für ${alg}: Dafür braucht es einen öffentlichen Schlüssel, als PEM oder JWK.`,
  noSuchKeyYet: (alg) => `Dieser Browser kann noch keinen Schlüssel für ${alg} erzeugen.`,
  pastePrivate: "Füge ein Secret, einen privaten Schlüssel als PEM oder ein privates JWK ein.",
  isPublic: "Das ist ein öffentlicher Schlüssel: Er prüft. Zum Signieren braucht es den privaten.",
  signsNothing: "Ein Schlüssel dieser Art signiert nichts, was hier bekannt ist.",
  signsOther: (alg, algs) => `Ein Schlüssel dieser Art signiert nicht ${alg}, sondern ${algs}.`,
  needsPrivate: (alg) => `${alg} wird mit einem privaten Schlüssel signiert, als PEM oder JWK; das hier ist keines von beiden.`,
  jwkSignsNothing: "Dieses JWK signiert nichts, was hier bekannt ist.",
  jwkSignsOther: (alg, algs) => `Dieses JWK signiert nicht ${alg}, sondern ${algs}.`,
  jwkIsPublic: "Dieses JWK ist ein öffentlicher Schlüssel: Er prüft. Zum Signieren braucht es den privaten, mit d darin.",
};

/** What a key of a set is called that has no name. */
export const number = (index) => `Nummer ${index}`;

/** How a secret is written down. */
export const WRITTEN = { text: "als Text", base64: "in base64", hex: "hexadezimal" };

/** The key to check with. */
export const CHECKING = {
  keys: "Ein Secret, ein PEM (Schlüssel oder Zertifikat), ein JWK, ein JWKS oder ein Discovery-Dokument; alles bleibt in diesem Browser",
  bound: "Der Schlüssel ist für",
  anything: "was seine Art erlaubt",
  written: "Das Secret ist angegeben",
  hint: "Ein echter Prüfer bindet seinen Schlüssel an einen Algorithmus. Bleibt das offen, wählt der Header des Tokens unter denen, die zur Art des Schlüssels passen, aber nie zwischen einem Secret und einem öffentlichen Schlüssel.",
  issuer: "Erwarteter Aussteller (optional)",
  audience: "Erwarteter Empfänger (optional)",
  copy: "Schlüssel kopieren",
  again: "Schlüssel der Sandbox",
};

/** Where the token is signed again. */
export const SIGNING = {
  lead: "Ändere Header und Payload, wie du willst, und signiere sie dann. Geprüft wird danach mit der öffentlichen Hälfte, das Urteil gilt also deinem Token.",
  algorithm: "Algorithmus",
  key: "Schlüssel",
  made: "in diesem Browser erzeugt",
  own: "mein eigener",
  ownKey: "Ein Secret, ein privater Schlüssel (PEM) oder ein privates JWK; alles bleibt in diesem Browser",
  sign: "Signieren",
  another: "Anderer Schlüssel",
  copy: "Privaten Schlüssel kopieren",
  auto: "bei jeder Änderung",
  signed: (alg) => `Mit ${alg} signiert.`,
};
