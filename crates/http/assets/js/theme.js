// Runs before the first paint, so that nothing flashes: the chosen theme and language, and the hints from which the page
// keeps its place. They are hints and nothing more; what may be seen is decided by the server.
(() => {
  const root = document.documentElement;
  // What needs scripts is shown only where they run; without, a page says so instead of waiting for ever.
  root.dataset.scripted = "";
  // A script that did not load, as when the server went away in between: the page offers to be loaded again.
  addEventListener("error", (event) => {
    if (event.target instanceof HTMLScriptElement) root.dataset.unloaded = "";
  }, true);
  const kept = (name) => {
    try {
      return localStorage.getItem(name);
    } catch {
      return null; // Storage may be forbidden; then the system's theme it is.
    }
  };
  const theme = kept("hallpass.theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  // A page that exists in other languages names them, its own among them: the visitor's choice decides, then the browser's.
  const written = root.dataset.languages?.split(" ") ?? [];
  const wanted = [kept("hallpass.language"), ...navigator.languages.map((tag) => tag.split("-")[0])];
  root.lang = wanted.find((language) => written.includes(language)) ?? root.lang;
  if (kept("hallpass.hint")) {
    root.dataset.signedIn = "";
    if (kept("hallpass.hint") === "admin") root.dataset.role = "admin";
  }
  // Why a session ended is said by the sign-in page a moment later.
  const why = new URLSearchParams(location.search).get("why");
  if (why) root.dataset.why = why;
  // What the link of a mail carries, the page shows in place of what it shows otherwise.
  const carried = /^#(link|verify|unlock)=hpm_/.exec(location.hash);
  if (carried) root.dataset.carried = carried[1];
})();
