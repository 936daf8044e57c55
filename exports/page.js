"use strict";

/* The page: what is selected, pinned, hidden and filtered, and the address that keeps it. What others may call is at
   the end, as `window.kg`. */
(() => {
  const OPENED_AT_ONCE = 60;
  const REGION_OPENED_AT_ONCE = 150;
  const WITH_A_NEW_ONE = 12;
  const { byId, count } = Dom;
  // What frames the page says already whose it is.
  document.body.classList.toggle("framed", window !== window.top);
  const keyOf = (id) => Data.nodes[id].key;
  /* One of node, pair, region or nothing, and the nodes that were opened, in order, as often as they were. */
  let selected = {};
  let opened = [];

  const say = (text) => { byId("status").textContent = text; };

  function state() {
    const pair = selected.pair === undefined ? null : Data.pairs.get(selected.pair);
    return {
      node: selected.node === undefined ? null : keyOf(selected.node),
      tie: pair && [keyOf(pair.low), keyOf(pair.high)],
      region: selected.region ?? null,
      filters: Filters.get(),
      pin: Chart.pinned().map(keyOf), hide: Chart.hidden().map(keyOf), open: opened.map(keyOf),
      all: Chart.showsAll(),
    };
  }

  const remember = (isNew = false) => Address.keep(state(), isNew);

  /* Shows in the panel what is selected; the map must have been brought up to date before. */
  function showSelected() {
    document.body.classList.toggle("selected", Object.keys(selected).length > 0);
    if (selected.node !== undefined) Panel.showNode(selected.node);
    else if (selected.pair !== undefined) Panel.showPair(selected.pair);
    else if (selected.region !== undefined) Panel.showRegion(selected.region);
    else Panel.showOverview();
    const hidden = Chart.hidden().length;
    byId("hidden").hidden = !hidden;
    byId("hidden").textContent = `Show hidden (${hidden})`;
    byId("all").setAttribute("aria-pressed", String(Chart.showsAll()));
  }

  function refresh() {
    Chart.select(selected);
    showSelected();
  }

  function select(what, { look = true } = {}) {
    selected = what;
    const { node } = what;
    const isNew = node !== undefined && !Chart.isDrawn(node) && !Chart.isHidden(node);
    if (isNew) Chart.open([node, ...Chart.openable(node).slice(0, WITH_A_NEW_ONE)]);
    refresh();
    if (node !== undefined && !Chart.isHidden(node) && (look || isNew)) Chart.lookAt([node, ...Chart.neighbours(node).filter(Chart.isDrawn)]);
  }

  function choose(what, options) {
    say("");
    select(what, options);
    remember(true);
  }

  const clear = () => choose({});

  function open(id) {
    const before = Chart.openable(id).length;
    let left = before;
    // A step of which nothing passes the filters is no step to a reader.
    while (left === before && expand(id)) left = Chart.openable(id).length;
    choose({ node: id });
    const added = `${count(before - left, "neighbour")} added`;
    say(left === 0 ? `${added}.` : left < before ? `${added}, the most connected; ${left} more are in the list.`
      : "The map is full: reset it to open more.");
  }

  /* Opens the next neighbours of a node, whatever the filters, so that an address leads to the same; false where it has no more. */
  function expand(id) {
    const times = opened.filter((one) => one === id).length;
    const next = Data.neighbours(id).filter((other) => !Chart.isFirst(other)).slice(times * OPENED_AT_ONCE, (times + 1) * OPENED_AT_ONCE);
    if (!next.length || Chart.open(next) === null) return false;
    opened.push(id);
    Chart.sync();
    return true;
  }

  /* Draws the most connected of some nodes that are not drawn; says how many. */
  function draw(ids, most) {
    const added = Chart.open(ids.filter(Chart.canOpen).sort((a, b) => Data.degree(b) - Data.degree(a) || a - b).slice(0, most));
    refresh();
    say(added === null ? "The map is full: reset it to draw more." : `${count(added, "node")} added.`);
  }

  function openRegion(number) {
    draw(Data.nodes.filter((node) => node.region === number).map((node) => node.id), REGION_OPENED_AT_ONCE);
    Chart.lookAtRegion(number);
  }

  function keep(what, words) {
    Chart.keep(what);
    refresh();
    remember();
    say(words);
  }

  const without = (ids, id) => ids.filter((one) => one !== id);
  const nameOf = (id) => Data.short(Data.nodes[id].label, 40);

  function pin(id) {
    if (Chart.isPinned(id)) keep({ pinned: without(Chart.pinned(), id) }, `${nameOf(id)} is no longer pinned.`);
    else keep({ pinned: [...Chart.pinned(), id], hidden: without(Chart.hidden(), id) }, `${nameOf(id)} is pinned: it stays, whatever is filtered.`);
  }

  function hide(id) {
    if (selected.node === id) selected = {};
    keep({ hidden: [...without(Chart.hidden(), id), id], pinned: without(Chart.pinned(), id) }, `${nameOf(id)} is hidden.`);
  }

  function unhide(ids, words) {
    const back = new Set(ids);
    Chart.open(ids);
    keep({ hidden: Chart.hidden().filter((id) => !back.has(id)) }, words);
  }

  function walk(direction) {
    const id = Chart.toward(direction);
    if (id === null) {
      say("No neighbour that way.");
      return;
    }
    choose({ node: id }, { look: false });
    Chart.follow(id);
    say(`${Data.nodes[id].kind} ${nameOf(id)}, ${count(Chart.neighbours(id).length, "neighbour")}`);
  }

  function reset() {
    Filters.clear();
    opened = [];
    Chart.keep({ hidden: [], all: false });
    Chart.reset();
    clear();
    Chart.fit();
  }

  /* Brings the page to what an address says; keys that this graph does not have are passed over. */
  function follow() {
    const wanted = Address.current();
    const known = (keys) => keys.filter((key) => Data.byKey.has(key)).map((key) => Data.byKey.get(key));
    Filters.set(wanted.filters);
    Chart.keep({ pinned: known(wanted.pin), hidden: known(wanted.hide), all: wanted.all });
    Chart.sync();
    opened = [];
    for (const id of known(wanted.open)) {
      Chart.open([id]);
      expand(id);
    }
    const [node] = known([wanted.node]);
    const tie = known(wanted.tie || []);
    const pair = tie.length === 2 ? Data.around[tie[0]].get(tie[1]) : undefined;
    if (node !== undefined) select({ node }, { look: node !== selected.node });
    else if (pair !== undefined) {
      Chart.open(tie);
      select({ pair });
    } else if (wanted.region !== null && wanted.region < Data.regions.length) select({ region: wanted.region });
    else select({});
  }

  Panel.onChoose((wish) => {
    if (wish.node !== undefined) choose({ node: wish.node });
    else if (wish.open !== undefined) open(wish.open);
    else if (wish.openRegion !== undefined) openRegion(wish.openRegion);
    else if (wish.pin !== undefined) pin(wish.pin);
    else if (wish.hide !== undefined) hide(wish.hide);
    else if (wish.show !== undefined) unhide([wish.show], `${nameOf(wish.show)} is back.`);
    else if (wish.clear) {
      Filters.clear();
      refresh();
      remember();
    } else clear();
  });
  Chart.on("node", (id) => choose({ node: id }, { look: false }));
  Chart.on("open", open);
  Chart.on("pair", (pair) => choose({ pair }));
  Chart.on("region", (region) => choose(region === null ? {} : { region }));
  Search.onTake((id) => choose({ node: id }));
  Filters.onChange(() => {
    refresh();
    remember();
  });

  const shownFilters = (on) => {
    byId("filters").hidden = !on;
    byId("filter").setAttribute("aria-expanded", String(on));
  };
  const toggleFilters = () => {
    shownFilters(byId("filters").hidden);
    if (!byId("filters").hidden) byId("filters").querySelector("input").focus();
  };
  byId("filter").addEventListener("click", toggleFilters);
  byId("filters").addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    shownFilters(false);
    byId("filter").focus();
  });
  document.addEventListener("kg-draw-matching", () => draw(Data.nodes.map((node) => node.id), REGION_OPENED_AT_ONCE));
  byId("hidden").addEventListener("click", () => unhide(Chart.hidden(), "All is shown again."));
  byId("all").addEventListener("click", () => keep({ all: !Chart.showsAll() }, ""));
  byId("fit").addEventListener("click", () => Chart.fit());
  byId("closer").addEventListener("click", () => Chart.zoom(1.4));
  byId("farther").addEventListener("click", () => Chart.zoom(1 / 1.4));
  byId("reset").addEventListener("click", reset);
  const withNode = (action) => () => { if (selected.node !== undefined) action(selected.node); };
  Keys.start({
    search: Search.focus, clear, filter: toggleFilters, zoom: Chart.zoom, fit: Chart.fit, walk,
    hide: withNode(hide), pin: withNode(pin), open: withNode(open),
  });

  Chart.start();
  byId("all").hidden = Data.first.nodes.length === Data.nodes.length;
  follow();
  if (!location.hash && Data.byKey.has(Data.focus)) select({ node: Data.byKey.get(Data.focus) });
  addEventListener("popstate", follow);
  addEventListener("hashchange", follow);

  /* For pages that embed this one, and for tests, since a canvas cannot be asked:
     kg.select(key) selects a node and says whether there is one; kg.drawn() and kg.lines() list what is on the map (keys;
     pairs of keys); kg.where(key) is a node's place on the screen in CSS pixels; kg.address() is the hash that leads back. */
  const number = (key) => Data.byKey.get(key);
  window.kg = Object.freeze({
    select(key) {
      if (Data.byKey.has(key)) choose({ node: number(key) });
      return Data.byKey.has(key);
    },
    selected: () => (selected.node === undefined ? null : keyOf(selected.node)),
    drawn: () => Chart.drawn().map(keyOf),
    lines: () => Chart.lines().map((id) => [Data.pairs.get(id).low, Data.pairs.get(id).high].map(keyOf)),
    where: (key) => Chart.where(number(key)),
    address: () => Address.encode(state()),
    reset,
  });
})();
