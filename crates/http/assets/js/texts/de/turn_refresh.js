// Die Aufgabe zu „Erneuern“.

export const TASK = {
  lead: "Diesmal ist der Dieb schneller: Er kopiert Adas Cookie und erneuert zuerst. 11 Sekunden später zeigt Adas Browser dasselbe Token. Es ist verbraucht.",
  questions: [
    {
      id: "reuse",
      ask: "Was soll der Server mit einem verbrauchten Token tun?",
      choices: {
        refuse: "Für dieses Token mit 401 antworten und sonst alles lassen, wie es ist.",
        renew: "Es für eine verlorene Antwort halten und ein neues Paar ausstellen.",
        family: "Die ganze Familie beenden: jedes Token, das aus dieser Anmeldung stammt.",
        remove: "Die Zeile mit dem Hash dieses Tokens löschen und mit 401 antworten.",
      },
    },
  ],
  copies: "kopiert das Cookie",
  copiesSays: "Schadsoftware auf Adas Rechner liest die Cookie-Datei.",
  first: "Der Dieb erneuert vor Ada. An dieser Anfrage sieht nichts verdächtig aus.",
  passes: "11 Sekunden vergehen",
  passesSays: "Die Schonfrist von 10 Sekunden ist vorbei: Das ist keine verlorene Antwort mehr.",
  shows: "Adas Browser. Er kann nicht wissen, dass sein Token verbraucht ist.",
  thiefTries: "Der Dieb erneuert mit dem Token, das er bekommen hat.",
  thiefAgain: "Und noch einmal.",
  thiefAccess: "Das Access-Token des Diebes, das noch nicht abgelaufen ist.",
  simulated: (status) => `${status} (simuliert)`,
  simulatedSays: "Deine Regel ist in deinem Browser simuliert, mit denselben Tokens. hallpass hat keine Einstellung dafür.",
  holds: (statuses) => `seine Anfragen: ${statuses.join(", ")}`,
  holdsSays: "Was der Dieb bekam, nachdem der Diebstahl zu sehen war.",
  because: {
    refuse: "Ada war ausgesperrt, und der Dieb blieb drin. Das verbrauchte Token nützt niemandem mehr; der Dieb hat den Nachfolger und erneuert, solange er will.",
    remove: "Das Token des Diebes hat eine eigene Zeile, also bleibt er drin. Und die Spur ist weg: Kommt das verbrauchte Token noch einmal, ist es nur noch unbekannt.",
    renew: "Jetzt haben beide ein gültiges Token, und beide können weitermachen. In der Schonfrist von 10 Sekunden ist das richtig, danach eine Einladung.",
    family: "Wer von beiden auch der Dieb ist, er hat beide Tokens verloren. Ada hat ihre auch verloren, aber sie hat ein Passwort.",
  },
};
