// Was das Labor sagt, wenn sein Server nicht tut, worum er gebeten wurde: nach dem Code des Problems.

export const PROBLEMS = {
  unreachable: "Der Server ist nicht erreichbar. Läuft er noch?",
  unavailable: "Der Server kann das gerade nicht. Bitte versuch es noch einmal.",
  lab_full: "Alle Sandboxen des Labors sind belegt. Bitte versuch es in ein paar Minuten noch einmal.",
  lab_busy: "Das war zu schnell für das Labor. Warte eine Sekunde und versuch es noch einmal.",
  lab_gone: "Diese Sandbox ist beendet. Bitte versuch es in einer neuen noch einmal.",
  lab_limit: "Diese Sandbox ist voll. Fang mit einer leeren neu an.",
  no_server: "Dafür braucht es eine Sandbox, also einen ganzen Auth-Server. Diese Kopie des Labors besteht nur aus Dateien. `hallpass lab` liefert alles aus.",
};
