// Was gesagt wird, während „Bestätigen“ abläuft.

export const PLAY = {
  registers: "Der Dieb registriert Milas Adresse, mit einem eigenen Passwort. Mila hat niemand gefragt.",
  unproved: "Konto, unbestätigt",
  registersSays: "Er ist angemeldet, und email_verified_at ist null. Jetzt wartet er darauf, dass Mila einzieht.",
  uninvited: "Die Mail geht an Mila, und der Dieb kann sie nicht lesen. Sie hat sie nicht angefordert und lässt sie liegen.",
  forgot: "Später will Mila ein Konto und erfährt, dass ihre Adresse vergeben ist. Sie fordert ein neues Passwort an.",
  forgotSays: "Für jede Adresse dieselbe Antwort, ob sie ein Konto hat oder nicht.",
  reset: "Ein Link und ein Code, gültig für 30 Minuten und für nichts anderes. Der Server behält nur ihre Hashes.",
  types: "Mila tippt den Code ein und wählt ein Passwort. Das kann nur, wer ihr Postfach liest.",
  hers: "das Konto gehört ihr",
  hersSays: "Die Adresse ist zum ersten Mal bestätigt. Was vorher eingerichtet wurde, endet: das Passwort und jede Sitzung.",
  hisToken: "Das Access-Token des Diebes, das noch nicht abgelaufen ist.",
  hisPassword: "Das Passwort des Diebes.",
  enters: "Mila, mit ihrem eigenen Passwort.",
  proved: "Seit der Code benutzt wurde. /auth/me sagt es ihr.",
  again: "Derselbe Code noch einmal.",
  againSays: "Er galt einmal. Ein falscher, ein ersetzter und ein abgelaufener Code bekommen dieselbe Antwort.",
};
