// A verifier's checks, and the verdict in a sentence.

/** What each is called, and what it says when it passes. */
export const CHECKS = {
  form: ["Form", "drei Segmente in kanonischem base64url, zwei davon JSON-Objekte ohne doppelte Namen"],
  typ: ["Art", "typ im Header ist die Art von Token, die hier erwartet wird"],
  key: ["Schlüssel", "kid im Header nennt einen Schlüssel, den dieser Prüfer hat"],
  alg: ["Algorithmus", "alg im Header ist einer, für den der Schlüssel gedacht ist"],
  signature: ["Signatur", "sie passt zu Header und Payload, Byte für Byte"],
  iss: ["Aussteller", "das Token kommt vom erwarteten Aussteller"],
  aud: ["Empfänger", "das Token ist für diesen Prüfer bestimmt"],
  time: ["Zeiten", "exp liegt in der Zukunft, iat und nbf nicht"],
};

export const STATUS = { pass: "bestanden", fail: "gescheitert", unreached: "nicht erreicht", unasked: "nicht gefragt" };

export const WOULD = { pass: "Sie würde bestehen.", fail: "Sie würde scheitern:" };

/** What the signature says; what the claims say is put after it. */
export const SIGNATURE = {
  holds: "Die Signatur stimmt",
  broken: "Die Signatur stimmt nicht: Nichts im Token zählt",
  unchecked: "Die Signatur ist ungeprüft, weil ein Schlüssel fehlt",
};

export const CLAIMS_SAY = {
  good: (left) => `das Token ist noch ${left} gültig`,
  proof: "ein Nachweis hat kein exp und gilt nur Augenblicke nach seinem iat",
  noExp: "exp fehlt",
  expired: (ago) => `das Token ist vor ${ago} abgelaufen`,
  notYet: (name, left) => `das Token gilt erst in ${left}, ab ${name}`,
  badTime: (name) => `${name} ist keine Zahl von Sekunden im gültigen Bereich`,
  issuer: "erwartet wurde ein anderer Aussteller",
  audience: "das Token ist für einen anderen Empfänger",
};

export const VERDICT = {
  refused: (code) => `Abgelehnt, noch vor der Signatur: ${code}.`,
  none: "Hier ist keine Signatur, die sich prüfen ließe.",
  noKey: "Kein Schlüssel zum Prüfen",
  skipped: (count) => (count === 1 ? "1 Schlüssel dieses Satzes wird übergangen." : `${count} Schlüssel dieses Satzes werden übergangen.`),
};
