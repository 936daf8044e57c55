"use strict";

/* The keyboard. Letters work everywhere but in fields; arrows and Enter where nothing else wants them. */
const Keys = (() => {
  const { byId } = Dom;
  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const help = byId("help");

  const showHelp = () => { if (!help.open) help.showModal(); };

  /* `doing` has a function for each thing that a key asks for. */
  function start(doing) {
    const letters = {
      "/": doing.search, "?": showHelp, Escape: doing.clear, h: doing.hide, p: doing.pin, f: doing.filter, m: () => byId("canvas").focus(),
      "+": () => doing.zoom(1.4), "-": () => doing.zoom(1 / 1.4), 0: doing.fit,
    };
    document.addEventListener("keydown", (event) => {
      const { target, key } = event;
      if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
      const typing = target instanceof HTMLInputElement && target.type !== "checkbox" && target.type !== "range";
      const inMap = target === document.body || byId("canvas").contains(target);
      if (key === "Escape" && target instanceof HTMLInputElement) target.blur();
      else if (typing) return;
      else if (key in letters) letters[key]();
      else if (inMap && key in ARROWS) doing.walk(ARROWS[key]);
      else if (inMap && key === "Enter") doing.open();
      else return;
      event.preventDefault();
    });
    byId("keys").addEventListener("click", showHelp);
    byId("help-close").addEventListener("click", () => help.close());
  }

  return { start };
})();
