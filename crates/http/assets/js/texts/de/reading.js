// What there is to read: plain data, which reading.js shows.

export const WALKTHROUGH = {
  title: "JWT-Authentifizierung in fünf Minuten",
  lead: "Du hast hier einen ganzen Auth-Server für dich: echter Code, erfundene Nutzer und eine Uhr, die du vordrehen kannst. Nichts davon berührt ein echtes Konto. Der Rundgang gibt dir an jeder Station eine Sache zu tun. Du kannst jederzeit aussteigen und später dort weitermachen.",
  /** What is said of a stop, by its place. */
  steps: {
    anatomy: "Ein JWT besteht aus drei Textstücken mit Punkten dazwischen. Die ersten beiden sind JSON, das jeder lesen kann. Das dritte ist eine Signatur über beide. Ändert sich ein einziger Buchstabe, passt sie nicht mehr. Mehr Zauberei ist nicht dabei.",
    "patterns/sign": "Mit einem gemeinsamen Secret kann jeder, der ein Token prüfen kann, auch eines fälschen. Mit einem Schlüsselpaar kann nur der Aussteller signieren, und alle anderen können prüfen. Dieser Unterschied entscheidet, ob ein Einbruch bei deinem kleinsten Dienst ein Ärgernis oder eine Katastrophe ist.",
    "patterns/verify": "Die Signatur wird geprüft, bevor auch nur einem Claim geglaubt wird. Ohne gültiges Token heißt es 401: melde dich an. Mit gültigem Token, aber ohne die nötigen Rechte heißt es 403. Dann hilft auch eine neue Anmeldung nicht.",
    "patterns/refresh": "Ein Access-Token gilt 15 Minuten. Ein Refresh-Token holt das nächste, ohne nach dem Passwort zu fragen, und es funktioniert nur einmal. Deshalb stößt eine gestohlene Kopie früher oder später mit dem Original zusammen, und das beendet beide.",
    "patterns/revoke": "Abmelden macht eine Signatur nicht ungültig. Also kommt die Sitzung auf eine Liste, in die jede Prüfung schaut. Dort bleibt sie nur, bis ihre Tokens ohnehin abgelaufen wären. Kurze Laufzeiten halten die Liste kurz.",
    "patterns/password": "Ein Hash dauert eine Drittelsekunde. Für eine Anmeldung ist das nichts, für eine Milliarde Versuche sehr viel. Zähle den Versuch, bevor du hashst. Antworte bei unbekannter Adresse genauso wie bei falschem Passwort. Sperre ein Konto, das angegriffen wird.",
  },
  end: "Spiel jetzt das Gedächtnisspiel, bis du zehn richtige Antworten in Folge hast. Was du erklären kannst, das weißt du.",
  after: "Lass danach Zeit vergehen. Tokens, Sperren, Sitzungen und Einträge der Sperrliste laufen von selbst ab. Dreh die Uhr vor und sieh zu, wie eines nach dem anderen verschwindet.",
};

export const METAPHOR = {
  title: "Der Flurpass",
  lead: "Auf dieser Seite gibt es keine Fachwörter. Nur eine Schule, ein Sekretariat und ein Stück Papier.",
  parts: [
    ["Das Sekretariat gibt Pässe aus", "Du nennst im Sekretariat deinen Namen und ein Geheimwort, das nur du kennst. Das Sekretariat schreibt dir einen Pass. Darauf steht, wer du bist, ob du Schülerin oder Fluraufsicht bist und wann der Pass abläuft. Dann setzt das Sekretariat sein Siegel darauf. Dieses Siegel gibt es nur einmal, und es verlässt das Sekretariat nie."],
    ["Jede Lehrkraft kann ihn prüfen", "Auf dem Flur sieht sich eine Lehrkraft das Siegel, den Namen und die Uhrzeit an. Sie muss nicht ins Sekretariat gehen, nicht dort anrufen und keine Schülerliste führen. Hundert Lehrkräfte können im selben Moment Pässe prüfen. Genau dafür ist ein Siegel da: Jeder kann es prüfen, und nur das Sekretariat kann es setzen."],
    ["Jeder kann ihn lesen", "Der Pass steckt nicht in einem Umschlag. Wer ihn findet, kann ihn lesen, also schreibt niemand ein Geheimnis darauf. Aber niemand kann auch nur einen Buchstaben ändern, ohne das Siegel zu brechen."],
    ["Er läuft bald ab", "Ein Pass gilt 15 Minuten. Wenn du ihn verlierst und ein Fremder ihn aufhebt, hat der Fremde höchstens ein paar Minuten. Niemand muss dem Pass hinterherlaufen. Die Uhr an der Wand beendet ihn."],
    ["Die Dauerkarte bleibt unter Verschluss", "Du willst dein Geheimwort nicht alle paar Minuten sagen. Deshalb bekommst du vom Sekretariat auch eine Dauerkarte. Sie liegt in einer verschlossenen Kassette, die du tragen, aber nicht öffnen kannst. Ist dein Pass abgelaufen, zeigst du die Kassette im Sekretariat vor. Dort wird sie geöffnet, du bekommst einen frischen Pass, und eine neue Karte kommt hinein. Die alte Karte wird gelocht und gilt nie wieder."],
    ["Wie das Sekretariat einen Dieb erwischt", "Jemand kopiert deine Karte und benutzt die Kopie. Jetzt haben zwei Leute dieselbe Karte. Wer als Zweiter kommt, zeigt eine Karte vor, die schon gelocht ist. Das Sekretariat kann nicht wissen, wer von wem kopiert hat, also zerreißt es beide. Du sagst dein Geheimwort und fängst neu an. Der Dieb kann das nicht."],
    ["Der Zettel an der Wand", "Du verlierst deinen Pass und meldest das im Sekretariat. Das Siegel darauf ist immer noch einwandfrei, also würde jede Lehrkraft ihn akzeptieren. Das Sekretariat schreibt die Nummer des Passes auf einen Zettel und hängt ihn an die Wand, auf die jede Lehrkraft schaut. Ein paar Minuten später nimmt es den Zettel ab, denn dann ist der Pass ohnehin abgelaufen. Die Wand wird nie voll."],
    ["Zwei Arten, Nein zu sagen", "„Ich kenne dich nicht. Hol dir einen Pass.“ ist die eine Antwort. „Ich kenne dich, aber Schüler dürfen hier nicht hinein.“ ist die andere. Eine gute Lehrkraft verwechselt die beiden nie. Ein Gang ins Sekretariat hilft nur bei der ersten."],
  ],
  insight: ["Das Wichtigste", "Um einen Pass zu prüfen, braucht es keinen Anruf, also geht es überall gleichzeitig. Der Preis: Ein Siegel lässt sich nicht zurücknehmen. Kurze Zeiten und ein kleiner Zettel an der Wand gleichen das aus."],
};

/** The words in the picture above it. */
export const DRAWING = {
  whole: "Das Sekretariat siegelt einen Flurpass. Jede Lehrkraft prüft das Siegel, ohne im Sekretariat nachzufragen. Die Dauerkarte bleibt in einer verschlossenen Kassette. Die Nummer eines verlorenen Passes steht auf einem Zettel an der Wand.",
  office: "Sekretariat",
  pass: "FLURPASS",
  who: "Ada, Schülerin",
  until: "bis 10:15",
  sealed: "gesiegelt",
  teacher: "jede Lehrkraft",
  ticket: ["die Dauerkarte bleibt", "in verschlossener Kassette"],
  number: "Nr. 4711",
  note: "Zettel an der Wand",
};

export const WHY = {
  title: "Warum das zählt",
  lead: "Die Fragen, die man dir stellen wird, die Antworten und der Fehler, den jede Antwort verhindert.",
  bug: "Der Fehler, den das verhindert:",
  items: [
    ["Warum ein kurzlebiges Access-Token und ein langlebiges Refresh-Token?", "Dienste prüfen das Access-Token, ohne jemanden zu fragen. Deshalb lässt es sich schwer widerrufen und muss bald ablaufen. Das Refresh-Token bekommt nur der Aussteller zu sehen, und der schlägt es jedes Mal in seiner Datenbank nach. Es darf lange leben, weil man es jederzeit widerrufen kann.", "Ein einziges Token für dreißig Tage. Es landet in einem Log, und dreißig Tage lang kann niemand etwas dagegen tun."],
    ["Warum Refresh-Tokens in der Datenbank hashen?", "Eine Tabelle voller Refresh-Tokens ist ein Schlüsselbund für alle Konten. Stehen nur SHA-256-Hashes darin, öffnet ein gestohlenes Backup nichts. Ein langsamer Hash ist nicht nötig, denn 256 zufällige Bits kann niemand erraten.", "Eine SQL-Injection mit reinem Lesezugriff, mit der sich der Angreifer als jeder Nutzer anmelden kann."],
    ["Woran merkst du, dass ein Refresh-Token gestohlen wurde?", "Rotiere es bei jeder Benutzung und merke dir, dass das alte verbraucht ist. Kommt ein verbrauchtes Token wieder, haben es zwei. Widerrufe die ganze Familie, lehne auch ihre Access-Tokens ab und protokolliere den Vorfall.", "Bei der Rotation die alte Zeile löschen. Die Wiederverwendung sieht dann aus wie ein Tippfehler, und der Dieb behält das neueste Token."],
    ["Warum bcrypt-Kosten 12 und nicht 8 oder 20?", "Jede Stufe verdoppelt die Arbeit. Bei Kosten 12 dauert eine Prüfung auf heutigen Rechnern etwa 300 ms. Für eine Anmeldung ist das in Ordnung, und ein Dieb braucht für eine Million Wörter auf einem Kern 3,5 Tage. Das bremst das Raten, rettet aber kein schwaches Passwort. Miss auf deiner eigenen Hardware und geh nie unter 10.", "Kosten 4 „für die Tests“, die in Produktion landen. Oder Kosten 16, bei denen zehn Anmeldungen pro Minute einen Kern auslasten."],
    ["Wozu dient das Salt in einem Passwort-Hash?", "In jeden Hash geht ein eigener Zufallswert ein. Gleiche Passwörter haben dann verschiedene Hashes, und vorberechnete Tabellen sind nutzlos. Das Salt ist nicht geheim. Es steht im Hash selbst, zwischen Kosten und Ergebnis, und braucht keine eigene Spalte.", "Einfaches SHA-256. Eine Liste gängiger Passwörter, einmal gehasht, öffnet die Hälfte der Konten, und man sieht auf einen Blick, wer dasselbe Passwort hat."],
    ["HS256 oder RS256?", "Wenn ein und dasselbe Programm signiert und prüft, reicht HS256. Sobald ein anderes Programm prüft, nimm ein Schlüsselpaar. Sonst kann jeder, der prüft, auch fälschen.", "Das gemeinsame Secret in zwölf Repositorys und ein Token für „admin“, signiert mit der Kopie aus den Testdaten."],
    ["401 oder 403?", "401 heißt: Ich weiß nicht, wer du bist, und so kannst du es mir sagen. 403 heißt: Ich weiß, wer du bist, und die Antwort ist nein. Clients richten sich danach. Nach 401 erneuern sie das Token. Nach 403 dürfen sie das nicht.", "Eine Seite, die endlos erneuert und wiederholt, weil der Server eine falsche Rolle mit 401 beantwortet."],
    ["Wie meldest du jemanden ab, der ein JWT hat?", "Beende die Sitzung in der Datenbank, damit sie nicht mehr erneuert werden kann. Setz die Sitzungs-ID auf eine Sperrliste, bis ihr letztes Access-Token abgelaufen ist. Jede Prüfung schaut in die Liste.", "Ein Abmelden-Knopf, der nur das Cookie löscht. Wer das Token kopiert hat, ist immer noch drin."],
    ["Wo bewahrt ein Browser seine Tokens auf?", "Das Access-Token im Arbeitsspeicher. Das Refresh-Token in einem Cookie mit HttpOnly, Secure, SameSite=Strict und engem Pfad. Kein Skript bekommt das Refresh-Token je zu sehen.", "localStorage, ein verseuchtes npm-Paket, und die Tokens aller Besucher landen in einem fremden Postfach."],
    ["Warum antwortet die Anmeldung bei einer unbekannten Adresse genauso?", "Gleicher Text, gleicher Status, gleiche Dauer, gleiche Sperre. Sonst verrät das Formular, wer ein Konto hat, und diese Liste ist der halbe Einbruch.", "Eine unbekannte Adresse dauert 2 ms, ein falsches Passwort 300 ms. Über Nacht sind zehntausend Adressen sortiert."],
    ["Was gehört in ein Token?", "Nur was ein Dienst für seine Entscheidung braucht: ID, Rolle, Sitzung, Zeiten. Keine E-Mail-Adresse, kein Name, keine Liste von Rechten. Jeder kann ein Token lesen, und bis zum Ablauf lässt es sich nicht korrigieren.", "Ein herabgestufter Admin, der bis zum Ablauf des Tokens Admin bleibt, und die E-Mail-Adresse eines Kunden in jedem Proxy-Log."],
    ["Warum darf der Header den Algorithmus nicht bestimmen?", "Weil der Angreifer den Header schreibt. Binde jeden Schlüssel an einen Algorithmus. Lehne ein Token, das einen anderen nennt, vor jeder Kryptografie ab.", "Der öffentliche Schlüssel als HMAC-Secret. Jeder im Internet könnte signieren."],
  ],
};
