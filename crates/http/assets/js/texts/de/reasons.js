// Why a token is refused: by the server's own names, in words.

/** code → [the check that refuses, why]. */
export const REASONS = {
  token_too_long: ["form", "Es ist länger als 8 KiB und wird abgewiesen, bevor auch nur ein Byte dekodiert ist."],
  not_compact_jws: ["form", "Ein kompaktes JWS hat genau drei Segmente, und keines ist leer. Ein Token ohne Signatur ist kein Token."],
  bad_base64url: ["form", "Ein Segment ist kein kanonisches base64url: Padding, Leerzeichen, ein anderes Alphabet oder überzählige Bits am Ende. Ein Token hat nur eine Schreibweise."],
  bad_json: ["form", "Ein Segment ist kein JSON-Objekt oder enthält einen Namen doppelt. Zwei Leser könnten sich uneins sein, welcher gilt."],
  bad_header: ["form", "Im Header fehlt alg, oder eines seiner Felder hat den falschen Typ."],
  critical_extension: ["form", "Der Header verlangt eine Erweiterung (crit, b64). Was ein Prüfer nicht versteht, überliest er nicht, sondern lehnt es ab."],
  embedded_key: ["form", "Der Header bringt einen Schlüssel mit oder verweist auf einen (jwk, jku, x5u, x5c). Ein Prüfer nimmt die Schlüssel, die er hat, und holt nichts, was ein Token nennt."],
  nested_token: ["form", "Das Token enthält ein weiteres Token."],
  unknown_kid: ["key", "Kein Schlüssel hat diese kid. Sie wird mit den Namen der vorhandenen Schlüssel verglichen: Keine Datei wird geöffnet, keine Abfrage gebaut, kein anderer Schlüssel probiert."],
  algorithm_mismatch: ["alg", "Der Algorithmus im Header passt nicht zum Schlüssel. Der Schlüssel entscheidet; ein öffentlicher RSA-Schlüssel geht nie als HMAC-Secret durch."],
  unsupported_algorithm: ["alg", "Diesen Algorithmus gibt es hier nicht. Auch „none“ ist einer, den es nicht gibt."],
  bad_signature: ["signature", "Die Signatur passt nicht: Header oder Payload wurden nach dem Signieren geändert, oder ein anderer Schlüssel hat signiert."],
  wrong_typ: ["typ", "typ ist nicht at+jwt: Eine andere Art von Token darf nicht als Access-Token durchgehen."],
  bad_claims: ["time", "Ein Claim fehlt, hat den falschen Typ, kommt doppelt vor oder gehört nicht hierher."],
  bad_time: ["time", "Eine Zeit ist keine Zahl von Sekunden im gültigen Bereich."],
  wrong_iss: ["iss", "Der Aussteller ist ein anderer."],
  wrong_aud: ["aud", "Das Token ist für einen anderen Empfänger: Ein Pass für die Bibliothek öffnet nicht das Chemielabor."],
  token_expired: ["time", "exp ist vorbei."],
  not_yet_valid: ["time", "nbf oder iat liegt in der Zukunft."],
  lives_too_long: ["time", "Es lebt länger als jedes Token, das dieser Aussteller ausstellt."],
  revoked: ["list", "Signatur und Zeiten sind in Ordnung, aber auf der Sperrliste steht seine Sitzung, sein Nutzer oder seine jti."],
};

/** The reason in words. */
export const reason = (code) => REASONS[code]?.[1] ?? `Es wurde abgelehnt: ${code}.`;

const FINER = {
  no_exp: "exp fehlt: Das Token würde ewig gelten, deshalb lehnt hallpass es ab (bad_claims). RFC 7519 stellt exp frei, RFC 9068 nicht.",
  no_kid: "Der Header hat keine kid, und es gibt mehrere Schlüssel: Nichts sagt, welcher gemeint ist. Füge nur den einen ein, mit dem geprüft werden soll.",
};

/** Why a check failed, as finely as is known. */
export const why = (row) => FINER[row.why] ?? (row.code === "algorithm_mismatch" && row.wanted ? `${reason(row.code)} Dieser Schlüssel ist für ${row.wanted}.` : reason(row.code));
