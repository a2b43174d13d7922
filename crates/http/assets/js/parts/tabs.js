// Tabs, by mouse, by arrow keys, and by the fragment of the address.

/** Shows the panel of the tab that is chosen; `opened(name)` is told each time. */
export function tabs(opened) {
  const all = [...document.querySelectorAll("[role=tablist] [role=tab]")];
  const nameOf = (tab) => tab.id.replace("tab-", "");
  function choose(tab, { focus = false, keep = true } = {}) {
    for (const one of all) {
      const isChosen = one === tab;
      one.setAttribute("aria-selected", String(isChosen));
      one.tabIndex = isChosen ? 0 : -1;
      document.getElementById(one.getAttribute("aria-controls")).hidden = !isChosen;
    }
    if (keep) history.replaceState(null, "", `#${nameOf(tab)}`);
    if (focus) tab.focus();
    tab.scrollIntoView({ block: "nearest", inline: "nearest" });
    opened(nameOf(tab));
  }
  const step = { ArrowRight: 1, ArrowLeft: -1 };
  for (const tab of all) {
    tab.addEventListener("click", () => choose(tab));
    tab.addEventListener("keydown", (event) => {
      const at = all.indexOf(tab);
      const to = { Home: 0, End: all.length - 1 }[event.key] ?? (event.key in step ? at + step[event.key] : null);
      if (to === null) return;
      event.preventDefault();
      choose(all[(to + all.length) % all.length], { focus: true });
    });
  }
  const named = () => all.find((tab) => `#${nameOf(tab)}` === location.hash);
  addEventListener("hashchange", () => named() && choose(named(), { keep: false }));
  choose(named() ?? all[0], { keep: false });
}
