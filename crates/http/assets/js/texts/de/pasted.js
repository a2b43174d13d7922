// What is said about a token that was pasted: what was left out around it, what is remarkable in it, and what it takes to check it.

/** What was left out, each after “Left out:”. */
export const LEFT_OUT = {
  invisible: "unsichtbare Zeichen (ohne Breite oder solche, die die Schreibrichtung ändern)",
  space: "Leerraum drumherum",
  quotes: "die Anführungszeichen drumherum",
  punctuation: "Anführungs- oder Satzzeichen drumherum",
  header: (name) => `der Header-Name ${name} und was drumherum stand`,
  scheme: (name) => `das Schema ${name}`,
  jwsJson: "das JSON drumherum (ein JWS in JSON-Serialisierung; hier steht es in kompakter Form)",
  json: "das JSON drumherum: Das hier ist der Text darin",
  jsonNamed: (name) => `das JSON drumherum: Das hier ist ${name} daraus`,
  more: (count) => `und ${count === 1 ? "1 weiteres Token" : `${count} weitere Tokens`}`,
  nameless: "ohne Namen",
  cookie: (name) => `das Cookie ${name} drumherum und seine Attribute`,
  parameter: (name) => `die Adresse drumherum: Das hier ist ihr Parameter ${name}`,
  address: "die Adresse drumherum",
  percent: "die Prozentkodierung",
  wrapped: "Zeilenumbrüche oder Leerzeichen darin (ein Prüfer würde das Token damit ablehnen)",
  text: "der Text drumherum",
  after: (count) => `alles nach ${count} Zeichen`,
};

export const REMARKS = {
  isText: (name) => `${name} ist Text, muss aber eine Zahl von Sekunden sein.`,
  outOfRange: (name) => `${name} liegt außerhalb des Bereichs: So weit reicht kein Kalender.`,
  millis: (name, seconds) => `${name} zählt Millisekunden. JWT zählt Sekunden seit 1970: ${name} müsste ${seconds} sein.`,
  proof: (request) => `Ein DPoP-Nachweis zeigt, dass der Client einen Schlüssel hat, und zwar für eine Anfrage: ${request}. Sein Schlüssel steht im eigenen Header (jwk); das Access-Token nennt denselben in cnf.jkt.`,
  bound: "cnf bindet das Token an einen Schlüssel oder ein Zertifikat: Ohne Nachweis dieses Schlüssels reicht das Token nicht.",
  bringsKey: "Der Header bringt seinen Schlüssel mit oder sagt, wo er liegt. Ein Prüfer, der das glaubt, glaubt jedem, der Tokens schreibt.",
  readable: (name) => `${name} steht in der Payload, und die kann jeder lesen, der das Token hat.`,
};

/** What it takes to check a token of another issuer. */
export const FOREIGN = {
  from: (issuer) => `Das Token kommt von ${issuer}.`,
  secret: "Um die Signatur zu prüfen, füge unter „Mit einem Schlüssel prüfen“ das Secret ein.",
  key: "Um die Signatur zu prüfen, füge unter „Mit einem Schlüssel prüfen“ den öffentlichen Schlüssel oder den Schlüsselsatz des Ausstellers ein.",
  discovery: "Wo die Schlüssel liegen, steht im Discovery-Dokument des Ausstellers, meist unter /.well-known/openid-configuration.",
};

/** What stands below the token. */
export const ASIDE = {
  leftOut: "Weggelassen: ",
  payloadIsToken: "Die Payload ist selbst ein Token. ",
  claimIsToken: (name) => `Der Claim ${name} ist selbst ein Token. `,
  lookInto: "Hineinsehen",
  hidden: (count) => `Die letzten ${count} Zeichen sind nicht zu sehen; sie zählen trotzdem.`,
  overCookie: (bytes, cookie, percent) => `${bytes} Bytes: zu lang für ein Cookie (${cookie}); ${percent} % der 8 KiB, die viele Server für alle Header zusammen erlauben.`,
  overHeaders: (bytes, cookie) => `${bytes} Bytes: zu lang für ein Cookie (${cookie}) und für die 8 KiB, die viele Server für alle Header zusammen erlauben.`,
};
