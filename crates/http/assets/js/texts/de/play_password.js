// Was gesagt wird, während „Passwort“ abläuft.

export const PLAY = {
  nobody: "Eine Adresse ohne Konto.",
  nobodySays: "Dieselbe Antwort nach derselben Arbeit wie bei einem falschen Passwort: Ein Schein-Hash wurde berechnet. So erfährt niemand, wer ein Konto hat.",
  guess: (password) => `Graces Adresse, „${password}“.`,
  left: (count) => `Noch ${count} Versuche für diese Client-Adresse.`,
  grace: "Grace selbst, mit dem richtigen Passwort.",
  locked: "5 Fehlversuche in Folge sperren das Konto für 30 Minuten, auch für das richtige Passwort. So lange wird nichts gehasht.",
  after: "Grace ist jetzt ausgesperrt. Stell die Uhr 30 Minuten vor, und sie kann sich wieder anmelden.",
};
