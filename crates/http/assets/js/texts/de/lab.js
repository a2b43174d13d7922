// What the lab's frame says: its parts, its sandbox, what there is to try, and the units of time.

export const SECTIONS = {
  walkthrough: "Fünf Minuten",
  anatomy: "Anatomie",
  patterns: "Sechs Muster",
  clock: "Uhr",
  metaphor: "Der Flurpass",
  why: "Warum das zählt",
  deep: "Im Detail",
  interview: "Interviewfragen",
  quiz: "Gedächtnisspiel",
};

export const LAB = {
  title: (section) => `${section} · Labor · hallpass`,
  trouble: "Gerade nicht verfügbar",
  broken: "Dieser Teil des Labors konnte nicht angezeigt werden.",
  again: "Noch einmal versuchen",
  nobody: "niemand",
  replaced: "Deine Sandbox ist abgelaufen. Das ist eine neue.",
  renewed: "Eine neue Sandbox ist bereit.",
};

export const CHALLENGES = {
  "look-header": "Den Header dekodieren",
  "look-payload": "Die Payload dekodieren",
  "look-signature": "Die Signatur ansehen",
  edit: "Einen Claim ändern",
  break: "Die Signatur ungültig machen",
  paste: "Ein eigenes Token einfügen",
  "attack-none": "alg: none ausprobieren",
  "attack-confusion": "RS256 → HS256 ausprobieren",
  "attack-all": "Jeden Angriff ausprobieren",
  "play-sign": "„Signieren“ bis zum Ende abspielen",
  "play-verify": "„Prüfen“ bis zum Ende abspielen",
  "play-refresh": "Sehen, wie ein Diebstahl die Familie beendet",
  "play-revoke": "Sehen, wie eine gültige Signatur abgelehnt wird",
  "play-password": "Ein Konto sperren",
  "play-prove": "Ein Konto dem abnehmen, der es angelegt hat",
  "turn-sign": "Finde die Zeile, die Fälscher hereinlässt",
  "turn-verify": "Gib vier Anfragen den richtigen Status",
  "turn-refresh": "Reagiere auf ein verbrauchtes Refresh-Token",
  "turn-revoke": "Wähle, wie lange ein Eintrag bleibt",
  "turn-password": "Halte 40 Versuche auf einmal auf",
  "turn-prove": "Entscheiden, was ein Link in einer Mail tut",
  hash: "Mit drei verschiedenen Kosten hashen",
  inbox: "Einen Code aus dem Posteingang verbrauchen",
  expire: "Ein Access-Token ablaufen lassen",
  silent: "Eine stille Erneuerung sehen",
  unlock: "Eine Sperre enden lassen",
  "fall-away": "Einen Sperrlisteneintrag ablaufen lassen",
  quiz: "Zehn richtige Antworten in Folge",
};

export const TO_TRY = {
  count: (done, all) => `${done} von ${all}`,
  achieved: (name) => `Erledigt: ${name}.`,
  done: "(erledigt)",
};

/** A count of a unit; `digits` is how the language writes it. Symbols, for they are the same after every preposition. */
export const UNITS = {
  day: (count, digits) => `${digits} d`,
  hour: (count, digits) => `${digits} h`,
  minute: (count, digits) => `${digits} min`,
  second: (count, digits) => `${digits} s`,
};
