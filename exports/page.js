"use strict";

/* The page: selection, search, filters, address. What others may call is at the end, as `window.kg`. */
(() => {
  const OPENED_AT_ONCE = 60;
  const REGION_OPENED_AT_ONCE = 150;
  const OFFERED = 12;
  const { el, sign, count } = Panel;
  const byId = (id) => document.getElementById(id);
  const field = byId("search");
  const found = byId("found");
  const status = byId("status");
  let selected = null;

  const say = (text) => { status.textContent = text; };

  /* Selection. The address keeps it, so that a link leads to it and "back" goes back. */
  function selectNode(id, { look = true } = {}) {
    selected = id;
    const isNew = !Chart.isDrawn(id);
    if (isNew) {
      Chart.open([id]);
      Chart.open(Data.neighbours(id).slice(0, 12));
    }
    document.body.classList.add("selected");
    Chart.select({ node: id });
    Panel.showNode(id);
    if (look || isNew) Chart.lookAt([id, ...Data.neighbours(id).filter(Chart.isDrawn)]);
    remember(Data.nodes[id].key);
  }

  function clear() {
    selected = null;
    Chart.select({});
    Panel.showOverview();
    remember("");
    document.body.classList.remove("selected");
  }

  function open(id) {
    const hidden = Data.neighbours(id).filter((other) => !Chart.isDrawn(other));
    const { added } = Chart.open(hidden.slice(0, OPENED_AT_ONCE));
    selectNode(id);
    const left = hidden.length - added;
    say(left ? `${count(added, "neighbour", "neighbours")} added, the most connected; ${left} more are in the list.` : `${count(added, "neighbour", "neighbours")} added.`);
  }

  function selectRegion(number) {
    selected = null;
    Chart.select({});
    Panel.showRegion(number);
    remember("");
    document.body.classList.add("selected");
  }

  function openRegion(number) {
    const hidden = Data.nodes.filter((node) => node.region === number && !Chart.isDrawn(node.id))
      .sort((a, b) => Data.degree(b.id) - Data.degree(a.id) || a.id - b.id).map((node) => node.id);
    const { added } = Chart.open(hidden.slice(0, REGION_OPENED_AT_ONCE));
    selectRegion(number);
    Chart.lookAtRegion(number);
    say(`${count(added, "node", "nodes")} added.`);
  }

  function remember(key) {
    // Half a character cannot stand in an address.
    const hash = key && !/\p{Surrogate}/u.test(key) ? `#${encodeURIComponent(key)}` : "";
    if (hash.length > 2000 || location.hash === hash) return;
    history.pushState(null, "", hash || location.pathname + location.search);
  }

  function follow() {
    let key = "";
    try {
      key = decodeURIComponent(location.hash.slice(1));
    } catch {
      key = "";
    }
    if (Data.byKey.has(key)) {
      if (Data.byKey.get(key) !== selected) selectNode(Data.byKey.get(key));
    } else {
      clear();
    }
  }

  Panel.onChoose((wish) => {
    say("");
    if (wish.node !== undefined) selectNode(wish.node);
    else if (wish.open !== undefined) open(wish.open);
    else if (wish.openRegion !== undefined) openRegion(wish.openRegion);
    else clear();
  });
  Chart.on("node", (id) => selectNode(id, { look: false }));
  Chart.on("open", open);
  Chart.on("pair", (pair) => {
    selected = null;
    Chart.select({ pair });
    Panel.showPair(pair);
    document.body.classList.add("selected");
  });
  Chart.on("region", (number) => {
    if (number === null) clear();
    else selectRegion(number);
  });

  /* Search with completion. */
  let offers = [];
  let active = -1;

  function offer() {
    offers = Data.search(field.value, OFFERED);
    active = offers.length ? 0 : -1;
    found.replaceChildren(...offers.map(({ node, name }, place) => {
      const item = el("li", { role: "option", id: `found-${place}`, "aria-selected": place === active ? "true" : "false" },
        sign(node.kind), el("bdi", { class: "name" }, Data.short(name, 90)),
        name !== node.label ? el("bdi", { class: "alias" }, Data.short(node.label, 40)) : null,
        el("span", { class: "number" }, node.kind === "Paper" ? node.about.published || "paper" : count(node.papers, "paper", "papers")));
      item.addEventListener("pointerdown", (event) => event.preventDefault());
      item.addEventListener("click", () => take(place));
      return item;
    }));
    if (field.value.trim() && !offers.length) found.append(el("li", { class: "none", role: "option", "aria-disabled": "true", "aria-selected": "false" }, "Nothing is called that."));
    show(Boolean(field.value.trim()));
  }

  function show(on) {
    found.hidden = !on;
    field.setAttribute("aria-expanded", String(on));
    if (on && active >= 0) field.setAttribute("aria-activedescendant", `found-${active}`);
    else field.removeAttribute("aria-activedescendant");
  }

  function move(step) {
    if (!offers.length) return;
    active = (active + step + offers.length) % offers.length;
    [...found.children].forEach((item, place) => item.setAttribute("aria-selected", String(place === active)));
    found.children[active].scrollIntoView({ block: "nearest" });
    show(true);
  }

  function take(place) {
    const { node } = offers[place];
    show(false);
    field.value = "";
    field.blur();
    say("");
    selectNode(node.id);
    byId("panel").focus({ preventScroll: true });
  }

  field.addEventListener("input", offer);
  field.addEventListener("focus", () => { if (field.value.trim()) offer(); });
  field.addEventListener("blur", () => show(false));
  field.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowUp") move(-1);
    else if (event.key === "Enter" && active >= 0 && !found.hidden) take(active);
    else if (event.key === "Escape") {
      event.stopPropagation();
      if (found.hidden) field.blur();
      field.value = "";
      show(false);
    } else return;
    event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if (event.target instanceof HTMLInputElement || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/") {
      event.preventDefault();
      field.focus();
    } else if (event.key === "Escape") clear();
  });

  /* The legend is the filter. */
  for (const kind of Data.kinds) {
    const box = el("input", { type: "checkbox", checked: true, value: kind });
    box.addEventListener("change", () => Chart.setKind(kind, box.checked));
    byId("legend").append(el("label", {}, box, sign(kind), kind));
  }

  byId("fit").addEventListener("click", () => Chart.fit());
  byId("closer").addEventListener("click", () => Chart.zoom(1.4));
  byId("farther").addEventListener("click", () => Chart.zoom(1 / 1.4));
  byId("reset").addEventListener("click", () => {
    document.querySelectorAll("#legend input").forEach((box) => {
      box.checked = true;
      Chart.setKind(box.value, true);
    });
    Chart.reset();
    clear();
    Chart.fit();
    say("");
  });

  Chart.start();
  follow();
  addEventListener("popstate", follow);
  addEventListener("hashchange", follow);

  /* For pages that embed this one, and for tests, since a canvas cannot be asked:
     kg.select(key) selects a node and says whether there is one; kg.drawn() and kg.lines() list what is on the map (keys; pairs of keys);
     kg.where(key) is a node's place on the screen in CSS pixels. */
  const number = (key) => Data.byKey.get(key);
  window.kg = Object.freeze({
    select(key) {
      if (Data.byKey.has(key)) selectNode(number(key));
      return Data.byKey.has(key);
    },
    selected: () => (selected === null ? null : Data.nodes[selected].key),
    drawn: () => Chart.drawn().map((id) => Data.nodes[id].key),
    lines: () => Chart.lines().map((id) => [Data.pairs.get(id).low, Data.pairs.get(id).high].map((end) => Data.nodes[end].key)),
    where: (key) => Chart.where(number(key)),
  });
})();
