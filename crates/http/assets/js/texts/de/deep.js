// The deep dive: how it is done here, and the documents that say so.

const named = (name, section) => `${name}${section ? ` §${section}` : ""}`;
const rfc = (number, section = "") => ({ name: named(`RFC ${number}`, section), href: `https://www.rfc-editor.org/rfc/rfc${number}${section ? `#section-${section}` : ""}` });
/** An Internet-Draft: no RFC says what SameSite is. */
const draft = (name, document, section) => ({ name: named(name, section), href: `https://datatracker.ietf.org/doc/html/${document}#section-${section}` });

export const DEEP = {
  title: "Im Detail",
  lead: "Die Einzelheiten und die Dokumente, die sie festlegen.",
  further: "Zum Weiterlesen:",
  items: [
    {
      title: "Die Signatur, Byte für Byte",
      text: [
        "Die Signatur deckt den ASCII-Text der ersten beiden Segmente mit dem Punkt dazwischen ab, nicht das JSON. Deshalb muss sich niemand auf eine Schreibweise von JSON einigen, und Leerraum in der Payload ist genauso signiert wie jeder Claim.",
        "base64url hat eigene Fallen: Padding, Zeilenumbrüche und ungenutzte Bits im letzten Zeichen. Ein nachsichtiger Decoder akzeptiert viele Schreibweisen eines Tokens, eine Sperrliste kennt aber nur eine. hallpass akzeptiert die kanonische Schreibweise und lehnt alle anderen ab.",
        "Eine ES256-Signatur ist genau 64 Bytes lang, erst R, dann S. Eine DER-Struktur ist keine JWS-Signatur. Eine RS256-Signatur ist so lang wie der Modulus des Schlüssels. Wer Ed25519 prüft, prüft auch, dass S kleiner ist als die Gruppenordnung. Sonst könnte jeder aus einer gültigen Signatur eine zweite machen.",
      ],
      refs: [rfc(7515, "5.1"), rfc(4648, "3.5"), rfc(7518, "3.4"), rfc(8032, "5.1.7")],
    },
    {
      title: "Die Reihenfolge der Prüfungen",
      text: [
        "Länge vor Dekodieren, Form vor Parsen, Schlüssel vor Algorithmus, Algorithmus vor Kryptografie, Signatur vor Claims, Claims vor Sperrliste. Jede Prüfung schafft die Grundlage für die nächste, und die billigen kommen zuerst.",
        "Ein doppelter Membername wird abgelehnt, weil zwei Parser verschiedene Werte nehmen könnten: einen für die Prüfung, den anderen für die Entscheidung. crit bedeutet „verstehen oder ablehnen“, also wird eine unbekannte Erweiterung abgelehnt.",
      ],
      refs: [rfc(7515, "5.2"), rfc(7519, "7.2"), rfc(8725, "3")],
    },
    {
      title: "HS256 oder RS256, ES256, EdDSA",
      text: [
        "HMAC ist schnell, und ein Schlüssel macht beides. Ein HS256-Secret braucht 256 zufällige Bits. Ein Wort aus dem Wörterbuch lässt sich offline aus einem einzigen Token ermitteln, denn nichts bremst das Raten.",
        "RSA signiert langsam und prüft schnell, das passt zu einem Aussteller mit vielen Prüfern. Die Signaturen sind lang. ES256-Signaturen sind kurz, aber jede braucht guten Zufall, sonst verrät sie den privaten Schlüssel. Ed25519 braucht zum Signieren keinen Zufall und ist die einfachste Wahl, wenn alle Prüfer es unterstützen.",
        "Ein Schlüssel wird beim Laden an einen Algorithmus gebunden. Das alg im Header wird damit verglichen, nie befolgt.",
      ],
      refs: [rfc(7518, "3.2"), rfc(8037, "3.1"), rfc(8725, "3.1")],
    },
    {
      title: "Refresh-Tokens, die rotieren",
      text: [
        "Ein Refresh-Token enthält hier die ID seiner Sitzung, eine Generation und ein Secret, geschützt durch ein Tag, das nur der Server berechnen kann. Ein gefälschtes wird ohne Blick in die Datenbank abgelehnt. Ein verbrauchtes erkennt der Server allein an der Generation, also wächst der Speicher mit den Sitzungen und nicht mit den Rotationen.",
        "Eine Rotation ist ein einziges bedingtes UPDATE. Kommen mehrere Anfragen gleichzeitig, findet nur eine die Zeile so vor, wie sie es erwartet. Antworten können verloren gehen, deshalb darf das zuletzt benutzte Token 10 Sekunden lang noch einmal kommen. Es bekommt denselben Nachfolger, der abgeleitet und nicht gespeichert wird. Sobald der Nachfolger benutzt wurde, gilt jede Benutzung des alten Tokens als Wiederverwendung.",
        "Der Widerruf steht in derselben Transaktion, die die Wiederverwendung erkennt. Ein Absturz dazwischen kann dem Dieb kein funktionierendes Token lassen.",
      ],
      refs: [rfc(6749, "10.4"), rfc(9700, "4.14")],
    },
    {
      title: "Widerrufen ohne Rückfrage bei jeder Anfrage",
      text: [
        "Ein Eintrag nennt ein Token (jti), eine Sitzung (sid) oder einen Nutzer (alles, was vor einem Zeitpunkt ausgestellt wurde) und sein eigenes Ende. Er wird in der Transaktion geschrieben, die ihn auslöst. Dienste halten eine Replik, die ein Stream auf dem Laufenden hält. Sie prüfen offline und erfahren trotzdem sofort von einer Abmeldung.",
        "In Redis heißt der Schlüssel blacklist:<jti>, und seine TTL ist die Restlaufzeit des Tokens, also verschwindet der Eintrag von selbst. Was ein Dienst tut, wenn seine Replik zu alt ist, entscheidet er selbst. hallpass-verify zwingt ihn zu dieser Entscheidung.",
      ],
      refs: [rfc(7009), rfc(7662), rfc(9068, "4")],
    },
    {
      title: "Limits für die Anmeldung",
      text: [
        "Es gibt zwei Zähler, weil keiner allein genügt. Pro Client-Adresse: 10 Versuche in 15 Minuten, angekündigt in RateLimit-Headern. Das bremst einen einzelnen Rechner. Pro Konto: 5 Fehlschläge in Folge sperren es für 30 Minuten. Das stoppt ein Botnetz, das ein einziges Opfer angreift. Ein IPv6-Client wird nach seinem /64 gezählt, denn so viel bekommt ein Anschluss.",
        "Ein Versuch wird vor dem Hashen in beiden Zählern reserviert und bei Erfolg zurückgegeben. Beide zählen auch Versuche mit Adressen ohne Konto. Das Hashen hat einen eigenen, begrenzten Pool, damit eine Flut von Anmeldungen keinen Refresh bremst.",
      ],
      refs: [rfc(6585, "4"), rfc(9110, "10.2.3")],
    },
    {
      title: "Das Cookie, Attribut für Attribut",
      text: [
        "HttpOnly: Kein Skript kann es lesen. Secure: Es geht nie über unverschlüsseltes http. SameSite=Strict: Anfragen von anderen Sites schicken es nicht mit. Path=/auth: Keine andere Route bekommt es. Kein Domain: Kein anderer Host bekommt es.",
        "Eine Nachbar-Subdomain gilt als dieselbe Site, deshalb werden auch Sec-Fetch-Site und Origin geprüft. Nur eine echte Ablehnung löscht das Cookie: Ein 429 oder ein 503 darf niemanden abmelden.",
      ],
      refs: [rfc(6265, "4.1.2"), draft("RFC 6265bis", "draft-ietf-httpbis-rfc6265bis", "4.1.2.7"), rfc(6454, "7")],
    },
    {
      title: "401, 403 und die Challenge",
      text: [
        "Eine Anfrage ohne Token bekommt 401 mit WWW-Authenticate: Bearer. Ein Token, das die Prüfung nicht besteht, bekommt 401 mit error=\"invalid_token\". Ein gültiges Token ohne die nötigen Rechte bekommt 403 mit error=\"insufficient_scope\". Der genaue Grund steht nur im Log, denn er würde dem helfen, der Tokens fälscht.",
      ],
      refs: [rfc(6750, "3"), rfc(9110, "15.5"), rfc(9457)],
    },
    {
      title: "Schlüsselwechsel ohne Ausfall",
      text: [
        "angekündigt → aktiv → abgelöst → entfernt. Bevor ein neuer Schlüssel signiert, steht er länger im JWKS, als das JWKS im Cache bleiben darf. Ein abgelöster Schlüssel bleibt, bis sein letztes Token abgelaufen ist. So lässt sich jedes gültige Token jederzeit mit jedem Schlüsselsatz prüfen, der noch in einem Cache liegen kann.",
        "Die kid ist der Thumbprint des Schlüssels, also haben nie zwei Schlüssel dieselbe. Sie wird nie als Pfad oder in einer Abfrage benutzt.",
      ],
      refs: [rfc(7517), rfc(7638), rfc(8414)],
    },
  ],
};
