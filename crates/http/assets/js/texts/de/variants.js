// Die anderen Formen der Muster: worum es in jeder Karte geht, bevor sie geöffnet wird.

export const VARIANTS = {
  sign: {
    title: "HS256 neben RS256",
    lead: "HS256 signiert und prüft mit einem gemeinsamen Secret. RS256 signiert mit einem privaten Schlüssel und prüft mit einem öffentlichen. Hier signiert dein Browser denselben Payload auf beide Arten.",
    open: "Vergleichen und fälschen",
  },
  revoke: {
    title: "Die Sperrliste in Redis",
    lead: "Mehrere Server teilen sich eine Sperrliste in Redis. Jeder Eintrag hat eine Lebensdauer: Sobald sein Token ohnehin abgelaufen wäre, löscht er sich selbst.",
    open: "Einem Eintrag beim Ablaufen zusehen",
  },
  password: {
    title: "Das Anfragelimit, Header für Header",
    lead: "Jede Antwort auf einen Anmeldeversuch sagt, wie viele Versuche diese Client-Adresse noch hat und wann das Zeitfenster endet. Ist keiner mehr übrig, lautet die Antwort 429.",
    open: "Das Limit aufbrauchen",
  },
  refresh: {
    title: "Das Cookie, Flag für Flag",
    lead: "Fünf Attribute schützen das Refresh-Cookie, jedes vor etwas anderem. Schalte eines ab und sieh nach, wer das Cookie lesen oder den Browser dazu bringen kann, es zu senden.",
    open: "Flags umschalten",
  },
  prove: {
    title: "Der Posteingang",
    lead: "Alle Postfächer deiner Sandbox an einem Ort. Fordere eine Mail an, lies sie wie ihr Besitzer und benutze, was darin steht: einmal, zweimal oder wie ein Programm, das Links öffnet.",
    open: "In den Posteingang sehen",
  },
};

export const FAILED = "Dieser Teil ließ sich nicht laden. Schließ ihn und öffne ihn noch einmal.";
