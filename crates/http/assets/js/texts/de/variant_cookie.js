// Die Flags des Refresh-Cookies: wer was versucht, was dabei herauskommt und warum.

export const COOKIE = {
  flags: "Attribute des Cookies",
  name: "Name",
  without: (flag) => `ohne ${flag}`,
  tries: "Wer was versucht",
  result: "Ergebnis",
  because: "Warum",
  caption: "Was dieses Cookie anderen erlaubt",
  who: {
    script: "Ein Skript auf der Seite liest document.cookie",
    form: "Eine andere Site sendet ein Formular (POST)",
    link: "Eine andere Site verlinkt hierher (GET)",
    wire: "Jemand hört bei unverschlüsseltem http mit",
    own: "Deine eigene Seite erneuert",
    other: "Deine eigene Seite fragt /api/orders",
    restart: "Der Browser wird geschlossen und wieder geöffnet",
  },
  results: {
    script: {
      hidden: { short: "sieht nichts", long: "HttpOnly verbirgt das Cookie vor Skripten. Ein eingeschleustes Skript kann es nicht mitnehmen, aber immer noch Anfragen senden, solange die Seite offen ist." },
      read: { short: "liest es", long: "Jedes Skript auf der Seite, auch ein eingeschleustes, kann das Token lesen und anderswohin senden." },
      read_by_frame: { short: "liest es", long: "Wegen Path nicht von dieser Seite aus. Aber das Skript öffnet einen Frame unter /auth, der denselben Origin hat, und liest es dort: Vor Skripten schützt Path nicht." },
    },
    form: {
      cross_site: { short: "nicht gesendet", long: "Strict und Lax halten das Cookie aus einem POST heraus, den eine andere Site ausgelöst hat. Das verhindert CSRF." },
      sent: { short: "gesendet", long: "SameSite=None sendet es bei jeder Anfrage mit, egal woher sie kommt. Ohne weitere Prüfung handelt das Formular im Namen des Nutzers: CSRF." },
      depends: { short: "kommt darauf an", long: "Ohne SameSite behandelt Chrome das Cookie wie Lax, sendet es aber in den ersten 2 Minuten noch mit einem POST. Firefox und Safari senden es." },
    },
    link: {
      cross_site: { short: "nicht gesendet", long: "Strict lässt es sogar weg, wenn der Nutzer einem Link von einer anderen Site folgt." },
      sent: { short: "gesendet", long: "Folgt der Nutzer dem Link, geht das Cookie mit. Das ist harmlos, solange ein GET nichts ändert." },
    },
    wire: {
      insecure: { short: "nicht gesendet", long: "Mit Secure geht es nur über https." },
      sent: { short: "im Klartext", long: "Eine einzige Anfrage über http genügt, und wer im Netz mithört, hat das Token." },
    },
    own: {
      sent: { short: "gesendet", long: "POST /auth/refresh trägt es in jedem Fall: Die Flags dürfen deiner eigenen Seite nicht im Weg stehen." },
    },
    other: {
      other_path: { short: "nicht gesendet", long: "Der Pfad ist /auth, und nur Adressen darunter bekommen das Token. Ohne Path nimmt der Browser das Verzeichnis der Adresse, die es gesetzt hat, /auth/login: dasselbe, bis die Anmeldung umzieht." },
      sent: { short: "gesendet", long: "Das Token reist mit jeder Anfrage an die Site, in mehr Logs und mehr Programme, als es brauchen." },
    },
    restart: {
      kept: { short: "bleibt", long: "Max-Age ist 604.800 s, also 7 Tage. Der Nutzer bleibt angemeldet." },
      gone: { short: "weg", long: "Ohne Max-Age ist es ein Sitzungs-Cookie und endet mit dem Browser, außer dieser stellt die letzte Sitzung wieder her." },
    },
  },
  refused: {
    none_insecure: "Der Browser verwirft die ganze Zeile: SameSite=None braucht Secure.",
    secure_prefix: "Der Browser verwirft die ganze Zeile: Ein Name mit __Secure- braucht Secure.",
    host_prefix: "Der Browser verwirft die ganze Zeile: Ein Name mit __Host- braucht Secure, Path=/ und kein Domain.",
  },
  notes: "Das sind die Regeln von RFC 6265bis. Die Präfixe __Secure- und __Host- gehören zum Namen und garantieren dem Server, dass das Cookie mit diesen Attributen gesetzt wurde: Weder eine Geschwister-Domain noch unverschlüsseltes http kann ein anderes unterschieben. __Host- verlangt Path=/ und schließt Path=/auth damit aus.",
  realTitle: "In diesem Browser, ganz echt",
  logIn: "Anmelden und document.cookie lesen",
  tryIt: "Diese Zeile per Skript setzen",
  start: "Noch ist nichts gesetzt.",
  set: "Set-Cookie der Sandbox",
  read: "document.cookie jetzt",
  sent: (request) => `Cookie-Header von ${request}`,
  nothing: "keiner",
  unseen: "Die Skripte dieser Seite können das Cookie nicht lesen; der Browser hat es trotzdem gesendet, und nur dorthin, wohin sein Pfad führt.",
  seen: "Die Skripte dieser Seite können das Cookie lesen.",
  found: "document.cookie danach",
  there: "enthält es",
  notThere: "enthält es nicht",
  here: {
    read: "Der Browser hat die Zeile angenommen, und das Skript liest das Cookie. Es ist schon wieder gelöscht.",
    read_by_frame: "Der Browser hat die Zeile angenommen, aber diese Seite liegt außerhalb des Pfads, darum sieht das Skript es hier nicht. Es ist schon wieder gelöscht.",
    script_http_only: "Ein Skript kann HttpOnly nicht setzen: Der Browser verwirft die Zeile. Das kann nur ein Server.",
    insecure_origin: "Diese Seite kam über unverschlüsseltes http: Der Browser verwirft eine Zeile mit Secure.",
    none_insecure: "Der Browser verwirft die Zeile: SameSite=None braucht Secure.",
    secure_prefix: "Der Browser verwirft die Zeile: Ein Name mit __Secure- braucht Secure.",
    host_prefix: "Der Browser verwirft die Zeile: Ein Name mit __Host- braucht Secure, Path=/ und kein Domain.",
  },
};
