// What a text on the table is: signed tokens by their type, other kinds of tokens, secrets of other services, and no
// tokens at all; and why something could not be read.

/** What the header's typ says, by its value in small letters. */
export const TYPES = {
  jwt: "Ein JWT",
  "at+jwt": "Ein Access-Token (RFC 9068)",
  "dpop+jwt": "Ein DPoP-Nachweis (RFC 9449)",
  "id+jwt": "Ein ID-Token",
  "logout+jwt": "Ein Logout-Token (OpenID Connect Back-Channel Logout)",
  "secevent+jwt": "Ein Security Event Token (RFC 8417)",
  "token-introspection+jwt": "Eine Introspection-Antwort (RFC 9701)",
  "oauth-authz-req+jwt": "Ein Request-Objekt (RFC 9101)",
  "entity-statement+jwt": "Ein Entity-Statement (OpenID Federation)",
  "dc+sd-jwt": "Ein Verifiable Credential (SD-JWT VC)",
  "vc+sd-jwt": "Ein Verifiable Credential (SD-JWT VC)",
  "kb+jwt": "Eine Schlüsselbindung für ein SD-JWT",
  jose: "Ein JWS",
};

/** Signed tokens. */
export const SIGNED = {
  ofType: (typ) => `Ein Token der Art ${typ}`,
  noType: "Ein JWT, das seine Art nicht nennt",
  badHeader: "Ein Token, dessen Header nicht lesbar ist",
  noAlg: "Sein Header nennt keinen Algorithmus (alg); jeder Prüfer lehnt es ab.",
  unsigned: (title) => `${title}, unsigniert`,
  none: "Sein Algorithmus ist none: Jeder könnte es geschrieben haben. Ein Prüfer lehnt es ab.",
  noneWithSignature: "Sein Algorithmus ist none, und trotzdem steht etwas an der Stelle der Signatur. Ein Prüfer lehnt es ab.",
  byKey: (alg, kid) => `Signiert mit ${alg} vom Schlüssel ${kid}.`,
  withoutKid: (alg) => `Signiert mit ${alg} ohne kid; der Schlüssel muss also anderswoher bekannt sein.`,
  noClaims: "Seine Payload enthält keine Claims.",
  holdsToken: "Es enthält ein weiteres Token (cty).",
  long: "Es ist länger als 8 KiB, und die meisten Server lehnen es ab.",
  encrypts: (alg) => `Diese Seite kann ${alg} nicht prüfen: Das dient zum Verschlüsseln.`,
  unknownAlg: (alg) => `Diese Seite kann ${alg} nicht prüfen: WebCrypto kennt es nicht.`,
};

/** Why a segment or a text cannot be read. */
export const FAULTS = {
  at: (line, column, words) => `Zeile ${line}, Spalte ${column}: ${words}`,
  endsForValue: "Der Text endet, wo ein Wert erwartet wird. Vielleicht fehlt das Ende.",
  endsInQuotes: "Der Text endet innerhalb von Anführungszeichen. Vielleicht fehlt das Ende.",
  endsOpen: (close) => `Der Text endet vor dem schließenden ${close}. Vielleicht fehlt das Ende.`,
  deep: (levels) => `Er ist tiefer verschachtelt als ${levels} Ebenen.`,
  noValue: "Hier wird ein Wert erwartet: ein Objekt, eine Liste, ein Text in doppelten Anführungszeichen, eine Zahl, true, false oder null.",
  notEscaped: "Innerhalb von Anführungszeichen muss ein Steuerzeichen oder dieser Backslash maskiert sein.",
  noName: "Hier wird ein Name in doppelten Anführungszeichen erwartet.",
  noColon: "Nach dem Namen wird ein Doppelpunkt erwartet.",
  noComma: (close) => `Hier wird ein Komma oder ${close} erwartet.`,
  goesOn: "Das JSON ist vor diesem Zeichen zu Ende.",
  notBase64url: "Das ist kein kanonisches base64url.",
  notUtf8: "Die Bytes sind kein UTF-8-Text: Sie sind verschlüsselt, komprimiert oder mittendrin abgeschnitten.",
  notObject: "Das ist JSON, aber kein Objekt in { }.",
  twice: (name) => `„${name}“ kommt doppelt vor. Der eine Leser nimmt das erste, der andere das letzte.`,
};

export const JWE = {
  title: "Ein JWE: ein verschlüsseltes Token",
  parts: "Es hat fünf Segmente: Header, verschlüsselter Schlüssel, Initialisierungsvektor, Chiffrat, Tag (RFC 7516).",
  direct: (enc) => `Der Inhalt ist mit ${enc} verschlüsselt, und zwar mit einem Schlüssel, den beide Seiten kennen.`,
  wrapped: (enc, alg) => `Der Inhalt ist mit ${enc} verschlüsselt, sein Schlüssel mit ${alg}.`,
  compressed: "Er ist außerdem komprimiert.",
  noEnc: "Sein Header nennt keine Verschlüsselung (enc): Es ist beschädigt.",
  end: "Lesbar ist nur der Header; den Rest öffnet der Schlüssel des Empfängers.",
};

export const PASETO = {
  title: (version) => `Ein PASETO, ${version}`,
  about: "Es ist kein JWT: Seine Version legt den Algorithmus fest, kein Header kann einen wählen.",
  local: "Es ist mit einem gemeinsamen Schlüssel verschlüsselt: Ohne ihn ist nichts zu lesen.",
  public: "Es ist mit einem privaten Schlüssel signiert (Version 4: Ed25519): Jeder kann es lesen, wie ein JWT.",
  footer: "Es hat einen Footer, der nicht verschlüsselt ist.",
};

/** JSON in which no token was found: [its name, what it is]. */
export const JSON_KINDS = {
  damaged: "Beschädigtes JSON",
  damagedWhy: (fault) => `Es fängt an wie JSON und lässt sich nicht lesen. ${fault}`,
  discovery: ["Ein Discovery-Dokument", "Es sagt, wo die Schlüssel eines Ausstellers liegen, und enthält keine. Füge es unter „Mit einem Schlüssel prüfen“ ein; dort steht, wie du an sie kommst."],
  jwk: ["Ein Schlüssel oder ein Schlüsselsatz", "Das ist kein Token. Es gehört unter „Mit einem Schlüssel prüfen“; mit der privaten Hälfte (d) gehört es unter „Neu signieren“."],
  jwe: ["Ein JWE in JSON-Serialisierung", "Ein verschlüsseltes Token (RFC 7516 §7.2). Der Schlüssel des Empfängers öffnet es."],
  introspection: ["Eine Introspection-Antwort", "So gibt ein Autorisierungsserver Auskunft über ein Token (RFC 7662). Das Token selbst steht nicht darin."],
  error: "Ein Fehler eines Autorisierungsservers",
  errorSays: (error) => `Er meldet ${error}; ein Token kam nicht mit.`,
  claims: ["Claims ohne Token", "Das gehört in eine Payload, nur ohne Signatur. Setze es in die Payload des Tokens auf dem Tisch und öffne „Neu signieren“: So wird ein Token daraus."],
  header: ["Ein Header ohne Token", "Das gehört in einen Header; Payload und Signatur fehlen."],
  other: ["JSON ohne Token", "Keiner der Texte darin sieht nach einem Token aus."],
};

/** Damaged tokens, and texts that are none. */
export const OTHER = {
  oneSegment: ["Ein Segment eines Tokens", "Das ist ein Header oder eine Payload allein: Die Punkte und was danach kommt, fehlen."],
  twoSegments: ["Zwei Segmente", "Header und Payload sind da, die Signatur fehlt. Was niemand signiert hat, dafür steht niemand ein."],
  base64: ["Base64 der anderen Art", "Ein JWT benutzt base64url: - und _ statt + und /, und kein = am Ende. Die andere Schreibweise lehnt ein Prüfer ab."],
  cut: "Ein abgeschnittenes Token",
  ellipsis: "Jemand hat es gekürzt: Es enthält Auslassungspunkte. Kopiere das ganze Token.",
  breaksOff: (fault) => `Die Payload bricht ab. ${fault}`,
  short: (length, alg, sizes) => `Die Signatur hat ${length} Bytes, eine von ${alg} hat ${sizes}: Wahrscheinlich fehlt das Ende des Tokens.`,
  noHeader: (count) => `${count} Segmente, und das erste ist kein JSON`,
  noHeaderWhy: "In einem JWT ist das erste Segment ein JSON-Objekt in base64url und beginnt deshalb mit eyJ. Das hier kann eine andere Art von Token sein oder ein Text mit Punkten.",
  segments: (count) => `${count} Segmente`,
  segmentsWhy: "Ein signiertes Token (JWS) hat drei, ein verschlüsseltes (JWE) fünf. Steht nach dem letzten Segment noch etwas, wird das Token abgelehnt.",
  detached: ["Eine Signatur ohne ihre Payload", "Die Payload ist abgetrennt (RFC 7515, Anhang F): Sie reist getrennt und muss zum Prüfen wieder zwischen die Punkte."],
  sdJwt: "Ein SD-JWT: Claims, die sich zurückhalten lassen",
  sdJwtWhy: (count) => `Ein signiertes Token, dem ${count === 1 ? "1 Offenlegung folgt" : `${count} Offenlegungen folgen`} (RFC 9901). In der Payload stehen Hashes; jede Offenlegung zeigt einen Claim. Um die Signatur zu prüfen, füge ein, was vor dem ersten ~ steht.`,
  text: ["Text ohne Token", "Nichts darin sieht nach einem Token aus. Ein JWT beginnt mit eyJ und hat zwei Punkte."],
  opaque: ["Ein opakes Token oder ein Schlüssel", "Es enthält keine Punkte und kein JSON. Was es bedeutet, weiß nur der Aussteller; ein Dienst fragt ihn per Introspection (RFC 7662)."],
  none: ["Kein Token", "Ein JWT hat drei Segmente aus Buchstaben, Ziffern, - und _ mit je einem Punkt dazwischen; das erste beginnt mit eyJ."],
};

const SECRET = "Ist es in Gebrauch, dann ist es geheim: Wer es hat, kann es benutzen. Von hier wurde nichts gesendet; hast du es noch irgendwo anders eingefügt, ersetze es.";

/** Texts without segments, by what kinds_other.js takes them for: [their name, what they are]. */
export const OPAQUE = {
  nothing: ["Noch nichts", "Füge ein Token ein oder irgendetwas, in dem eines steckt: einen Header, ein Cookie, eine Adresse, eine JSON-Antwort."],
  refresh: ["Ein Refresh-Token von hallpass", "Es ist opak: Nur der Aussteller kann es lesen. Es gilt für eine Verwendung bei /auth/refresh und wird dort rotiert. Das Access-Token ist das, das mit eyJ beginnt."],
  refreshDamaged: ["Ein beschädigtes Refresh-Token von hallpass", "Es fängt so an, enthält aber Zeichen, die keines hat. Ein Refresh-Token ist opak und gilt für eine Verwendung bei /auth/refresh."],
  github: ["Ein Token von GitHub", `Es ist opak: Nur GitHub weiß, was es darf. ${SECRET}`],
  gitlab: ["Ein Token von GitLab", `Es ist opak: Nur GitLab weiß, was es darf. ${SECRET}`],
  slack: ["Ein Token von Slack", `Es ist opak: Nur Slack weiß, was es darf. ${SECRET}`],
  stripe: ["Ein Stripe-Schlüssel", `Er ist opak. ${SECRET}`],
  aws: ["Die ID eines Zugriffsschlüssels von AWS", `Das ist ein Name, zu dem ein Secret gehört. Damit werden Anfragen signiert; ein Token ist es nicht. ${SECRET}`],
  googleKey: ["Ein API-Schlüssel von Google", `Er nennt ein Projekt und ist kein Token. ${SECRET}`],
  googleAccess: ["Ein Access-Token von Google", `Es ist trotz seines Punktes opak: Was es darf, sagt die Adresse tokeninfo von Google. Lesen lassen sich hier die ID-Tokens von Google. ${SECRET}`],
  googleRefresh: ["Ein Refresh-Token von Google", `Es ist opak. ${SECRET}`],
  npm: ["Ein npm-Token", `Es ist opak. ${SECRET}`],
  huggingFace: ["Ein Token von Hugging Face", `Es ist opak. ${SECRET}`],
  apiKey: ["Ein API-Schlüssel", `Er ist opak. ${SECRET}`],
  sendGrid: ["Ein SendGrid-Schlüssel", `Er hat drei Teile wie ein JWT, aber keiner davon ist JSON. ${SECRET}`],
  fernet: ["Ein Fernet-Token", "Es ist mit einem gemeinsamen Schlüssel verschlüsselt (AES-CBC und HMAC) und kein JWT. In den ersten Bytes stehen eine Version und der Zeitpunkt, zu dem es erzeugt wurde."],
  iron: ["Ein iron-Cookie", "Es ist mit einem Passwort verschlüsselt und gesichert (hapi, iron-session) und kein JWT."],
  express: ["Ein signiertes Cookie von Express", "Eine Sitzungs-ID und ein HMAC darüber. Für sich allein sagt es nichts: Was dazugehört, steht im Sitzungsspeicher des Servers."],
  paserk: ["Ein PASERK", "Ein Schlüssel für PASETO-Tokens in Textform. Ein Token ist es nicht."],
  bcrypt: ["Ein bcrypt-Hash eines Passworts", "Das ist kein Token. Darin stehen Kosten, Salt und Hash; wie er entsteht, zeigt das Muster „Passwort“."],
  passwordHash: ["Ein Passwort-Hash", "Das ist kein Token. Parameter, Salt und Hash stehen darin nebeneinander."],
  privateKey: ["Ein privater Schlüssel", "Das ist kein Token; damit werden welche signiert. Er gehört unter „Neu signieren“. Von hier wurde nichts gesendet; hast du diesen Schlüssel noch irgendwo anders eingefügt, ersetze ihn."],
  publicKey: ["Ein öffentlicher Schlüssel", "Das ist kein Token. Er gehört unter „Mit einem Schlüssel prüfen“ und das Token hierher."],
  pem: ["Ein PEM", "Das ist kein Token. Zum Prüfen taugt ein öffentlicher Schlüssel oder ein Zertifikat."],
  basic: ["Benutzername und Passwort", "HTTP-Basic-Authentifizierung: Name und Passwort in base64, lesbar für jeden, der es sieht. Ein Token ist das nicht."],
  kerberos: ["Ein Kerberos- oder NTLM-Ticket", "Das ist kein JWT; nur die Server der Domäne können es lesen."],
  digest: ["HTTP-Digest-Authentifizierung", "Ein Hash über Passwort, Methode und Adresse. Ein Token ist das nicht."],
  uuid: ["Eine UUID", "Eine opake ID. Für sich allein sagt sie nichts: Wer sie ausgestellt hat, schlägt sie nach. Als Bearer-Token muss sie aus Zufallsbits bestehen (Version 4), sonst lässt sie sich erraten."],
  hexadecimal: ["Hexadezimalziffern", "Ein opakes Token, ein Hash oder ein Schlüssel. Für sich allein sagen sie nichts: Wer sie ausgestellt hat, schlägt sie nach (RFC 7662 gibt der Frage eine Form)."],
  saml: ["Eine SAML-Nachricht", "Das ist XML in base64, auf andere Weise signiert (XML Signature). Ein JWT ist es nicht."],
  xml: ["XML", "Eine SAML-Assertion ist signiertes XML, ein JWT ist signiertes JSON. Diese Seite liest nur JWTs."],
  markup: ["Markup", "Das ist kein Token und wird hier nur als Text gezeigt. Füge das Token allein ein."],
  keysAddress: ["Eine Adresse von Schlüsseln", "Diese Seite fragt keinen anderen Server. Öffne die Adresse selbst und füge unter „Mit einem Schlüssel prüfen“ ein, was sie antwortet."],
  address: ["Eine Adresse ohne Token", "Kein Parameter und kein Teil von ihr sieht nach einem Token aus. Ein Code (?code=…) ist noch kein Token: Der Client tauscht ihn gegen eines ein."],
};
