// Was jede Aufgabe unter einem Ablauf sagt.

export const FRAME = {
  hint: "Wähl eine Antwort und spiel sie ab. Dann siehst du, wohin sie führt.",
  play: "Meine Antwort abspielen",
  choose: "Wähl zuerst eine Antwort.",
  chooseAll: "Wähl zuerst für jede Situation eine Antwort.",
  playing: "Deine Antwort wird abgespielt …",
  played: "Deine Antwort wurde abgespielt. Öffne eine Zeile der Liste, um zu sehen, was über die Leitung ging.",
  drawing: (name) => `Du bist dran: ${name}`,
  right: "Richtig.",
  wrong: "Noch nicht richtig.",
  again: "Wähl eine andere Antwort und spiel sie ab.",
};
