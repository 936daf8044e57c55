"use strict";

/* The map: what is drawn, how it looks, and where it is. vis-network draws nodes and lines, Ground the rest. */
const Chart = (() => {
  const MOST_DRAWN = 1500;
  const NEAR_DOT = 9;
  const container = document.getElementById("canvas");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const first = Data.first.nodes.map((node) => node.id);
  const prepared = new Map(Data.first.nodes.map((node) => [node.id, node]));
  const state = { drawn: new Set(first), pinned: new Set(), hidden: new Set(), node: null, pair: null, hover: null, all: false };
  const nodeSet = new vis.DataSet();
  const edgeSet = new vis.DataSet();
  const listeners = { node: [], pair: [], region: [], open: [] };
  let colours = readColours();
  let network = null;
  let lit = new Set();
  let peopled = new Set();
  let dots = [];
  let thin = 1;

  function readColours() {
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(`--${name}`).trim();
    const found = {};
    for (const name of ["back", "ink", "quiet", "region", "rim", "halo", "line", "strong", "evaluated", "outperforms", "lit"]) {
      found[name] = colour(name);
    }
    for (const kind of Data.kinds) found[kind] = colour(kind.toLowerCase());
    return found;
  }

  const isShown = (id) => !state.hidden.has(id) && (state.pinned.has(id) || id === state.node || Filters.node(id));
  const hasFocus = () => state.node !== null || state.pair !== null;

  function dress(id) {
    const node = Data.nodes[id];
    const base = prepared.get(id) || { id, x: node.x, y: node.y, size: node.size, shape: Data.shapes[Data.kinds.indexOf(node.kind)] };
    const dim = hasFocus() && !lit.has(id);
    const selected = id === state.node;
    const pinned = state.pinned.has(id);
    return {
      id, x: base.x, y: base.y, shape: base.shape, size: base.size, label: undefined,
      opacity: dim ? (pinned ? 0.7 : 0.16) : 1,
      borderWidth: selected ? 4 : pinned ? 3 : 1.5,
      shapeProperties: { borderDashes: pinned && !selected ? [3, 2] : false },
      color: { background: colours[node.kind], border: selected || pinned ? colours.ink : colours.back },
    };
  }

  /* What a line says is shown by its look; of several relations the most telling one counts. */
  function dressPair(pair) {
    const relations = new Map(pair.edges.filter(Filters.edge).map((edge) => [edge.relation, edge]));
    const strong = pair.id === state.pair || pair.low === state.node || pair.high === state.node;
    const within = Data.nodes[pair.low].region === Data.nodes[pair.high].region;
    let colour = colours.line;
    let width = 1;
    let opacity = within ? 0.6 : 0.1;
    const line = { id: pair.id, from: pair.low, to: pair.high, dashes: false, arrows: "" };
    const won = relations.get("outperforms");
    if (won) {
      colour = colours.outperforms;
      width = 1.5;
      opacity = within ? 0.9 : 0.3;
      Object.assign(line, { from: won.source, to: won.target, arrows: { to: { enabled: true, scaleFactor: 0.4 * thin } } });
    } else if (relations.has("evaluatedOn")) {
      colour = colours.evaluated;
      width = 1.2;
      opacity = within ? 0.85 : 0.22;
      line.dashes = [5 * thin, 4 * thin];
    } else if (relations.has("introduces")) {
      colour = colours.strong;
      width = 1.5;
      opacity = within ? 0.75 : 0.22;
    }
    if (hasFocus()) {
      opacity = strong ? 0.95 : 0.04;
      if (strong && colour === colours.line) colour = colours.lit;
      width = strong ? width + 0.3 : width;
    }
    return { ...line, width: width * thin, color: { color: colour, hover: colour, highlight: colour, opacity, inherit: false } };
  }

  /* Brings vis-network's data to what the state says, touching only what differs. */
  function sync() {
    lit = new Set();
    if (state.node !== null) lit = new Set([state.node, ...neighbours(state.node)]);
    if (state.pair !== null) lit = new Set([Data.pairs.get(state.pair).low, Data.pairs.get(state.pair).high]);
    const visible = new Set([...state.drawn, ...state.pinned].filter(isShown));
    const lines = new Map();
    for (const id of visible) {
      for (const [other, pair] of Data.around[id]) {
        if (id < other && visible.has(other) && Filters.pair(pair)) lines.set(pair, Data.pairs.get(pair));
      }
    }
    dots = state.all ? Data.nodes.filter((node) => !visible.has(node.id) && isShown(node.id)).map((node) => node.id) : [];
    peopled = new Set([...visible, ...dots].map((id) => Data.nodes[id].region));
    edgeSet.remove(edgeSet.getIds().filter((id) => !lines.has(id)));
    nodeSet.remove(nodeSet.getIds().filter((id) => !visible.has(id)));
    nodeSet.update([...visible].map(dress));
    edgeSet.update([...lines.values()].map(dressPair));
    if (network) network.redraw();
  }

  const canOpen = (id) => nodeSet.get(id) === null && isShown(id);

  /* The neighbours that the filters leave, the most connected first. */
  const neighbours = (id) => Data.neighbours(id).filter((other) => Filters.pair(Data.around[id].get(other)));

  /* Draws nodes; says how many were not drawn before, or null where the map is full. */
  function open(ids) {
    const news = ids.filter((id) => !state.drawn.has(id));
    const room = Math.max(0, MOST_DRAWN - state.drawn.size);
    if (news.length && !room) return null;
    news.slice(0, room).forEach((id) => state.drawn.add(id));
    return Math.min(news.length, room);
  }

  /* Lines are as thin on the screen at every zoom: vis-network would thicken them. In steps, since each step
     touches every line. */
  function thinLines() {
    const wanted = 0.9 * 2 ** (Math.round(2 * Math.log2(1 / network.getScale())) / 2);
    if (wanted === thin) return;
    thin = wanted;
    edgeSet.update(edgeSet.getIds().map((id) => dressPair(Data.pairs.get(id))));
  }

  /* The pair whose line is at a point. Once something is selected its own lines are asked first, and lines that
     have stepped back behind it do not catch clicks. */
  function pairAt(point, found) {
    if (!hasFocus()) return found;
    const own = state.node === null ? [state.pair] : [...Data.around[state.node].values()];
    let best = null;
    let nearest = 7 / network.getScale();
    for (const pair of own.filter((id) => edgeSet.get(id))) {
      const [a, b] = [Data.nodes[Data.pairs.get(pair).low], Data.nodes[Data.pairs.get(pair).high]];
      const [dx, dy] = [b.x - a.x, b.y - a.y];
      const along = Math.max(0, Math.min(1, ((point.x - a.x) * dx + (point.y - a.y) * dy) / (dx * dx + dy * dy || 1)));
      const distance = Math.hypot(point.x - a.x - along * dx, point.y - a.y - along * dy);
      if (distance < nearest) [best, nearest] = [pair, distance];
    }
    return best;
  }

  function dotAt(point) {
    let best = null;
    let nearest = NEAR_DOT / network.getScale();
    for (const id of dots) {
      const distance = Math.hypot(point.x - Data.nodes[id].x, point.y - Data.nodes[id].y);
      if (distance < nearest) [best, nearest] = [id, distance];
    }
    return best;
  }

  /* The drawn node that a step in a direction leads to: a neighbour of the selected one, or, with nothing selected,
     the most connected that is in view. Directions are unit vectors, y downwards; null where there is none. */
  function toward([dx, dy]) {
    if (state.node === null || !nodeSet.get(state.node)) {
      return nodeSet.getIds().sort((a, b) => Data.degree(b) - Data.degree(a) || a - b)[0] ?? null;
    }
    const here = Data.nodes[state.node];
    let best = null;
    let least = Infinity;
    for (const id of neighbours(state.node).filter((other) => nodeSet.get(other))) {
      const [x, y] = [Data.nodes[id].x - here.x, Data.nodes[id].y - here.y];
      const along = x * dx + y * dy;
      const aside = Math.abs(x * dy - y * dx);
      // Within 60 degrees of the direction; what is aside counts twice.
      if (along > 0 && aside <= along * 1.74 && along + 2 * aside < least) [best, least] = [id, along + 2 * aside];
    }
    return best;
  }

  function regionAt(point) {
    const found = Data.regions.findIndex((region) => Math.hypot(point.x - region.x, point.y - region.y) < region.radius);
    return found < 0 ? null : found;
  }

  /* Brings a node into view if it is not, without changing the scale. */
  function follow(id) {
    const { x, y } = network.canvasToDOM({ x: Data.nodes[id].x, y: Data.nodes[id].y });
    const margin = 60;
    if (x > margin && y > margin && x < container.clientWidth - margin && y < container.clientHeight - margin) return;
    network.moveTo({ position: { x: Data.nodes[id].x, y: Data.nodes[id].y }, animation: motion() });
  }

  const motion = () => (still.matches ? false : { duration: 350, easingFunction: "easeInOutQuad" });

  /* Shows a box of the map, in the map's own units, as large as fits between the legend and the tools. */
  function showBox(left, top, right, bottom, most) {
    const [above, below, beside] = [52, 48, 8];
    const wide = Math.max(container.clientWidth - 2 * beside, 50);
    const high = Math.max(container.clientHeight - above - below, 50);
    const scale = Math.min(wide / Math.max(right - left, 1), high / Math.max(bottom - top, 1), most);
    const position = { x: (left + right) / 2, y: (top + bottom) / 2 + (below - above) / 2 / scale };
    network.moveTo({ position, scale, animation: drawnOnce ? motion() : false });
  }

  let drawnOnce = false;

  function fit() {
    const shown = Data.regions.length ? Data.regions : [{ x: 0, y: 0, radius: 100 }];
    const box = (value, sign) => shown.map((region) => region[value] + sign * region.radius);
    showBox(Math.min(...box("x", -1)), Math.min(...box("y", -1)), Math.max(...box("x", 1)), Math.max(...box("y", 1)), 1.6);
  }

  function lookAt(ids) {
    const places = ids.map((id) => Data.nodes[id]);
    const margin = 60 * Data.scale;
    showBox(
      Math.min(...places.map((node) => node.x)) - margin, Math.min(...places.map((node) => node.y)) - margin,
      Math.max(...places.map((node) => node.x)) + margin, Math.max(...places.map((node) => node.y)) + margin, 1.3 / Data.scale,
    );
  }

  function lookAtRegion(number) {
    const { x, y, radius } = Data.regions[number];
    showBox(x - radius, y - radius * 1.06, x + radius, y + radius, 2);
  }

  const view = () => ({
    scale: network.getScale(), middle: network.getViewPosition(), wide: container.clientWidth, high: container.clientHeight,
    ids: nodeSet.getIds(), colours, lit, peopled, dots, pinned: state.pinned, node: state.node, hover: state.hover, focused: hasFocus(),
  });

  function start() {
    sync();
    network = new vis.Network(container, { nodes: nodeSet, edges: edgeSet }, Data.first.options);
    network.on("beforeDrawing", (ctx) => {
      const seen = view();
      Ground.regions(ctx, seen);
      if (dots.length) Ground.dots(ctx, seen);
    });
    network.on("afterDrawing", (ctx) => {
      Ground.labels(ctx, view());
      if (!drawnOnce) performance.mark("kg-drawn");
      drawnOnce = true;
    });
    // The whole map is one thing to reach with the keyboard; the element around it says how it is led.
    container.querySelector(".vis-network").tabIndex = -1;
    fit();
    thinLines();
    network.on("zoom", thinLines);
    network.on("animationFinished", thinLines);
    network.on("click", ({ nodes, edges, pointer }) => {
      const pair = pairAt(pointer.canvas, edges[0] ?? null);
      const dot = dotAt(pointer.canvas);
      if (nodes.length) tell("node", nodes[0]);
      else if (dot !== null) tell("node", dot);
      else if (pair !== null) tell("pair", pair);
      else tell("region", regionAt(pointer.canvas));
    });
    network.on("doubleClick", ({ nodes, pointer }) => {
      if (nodes.length) tell("open", nodes[0]);
      else if (regionAt(pointer.canvas) !== null) lookAtRegion(regionAt(pointer.canvas));
    });
    const hover = (id) => {
      state.hover = id;
      container.classList.toggle("pointing", id !== null);
      network.redraw();
    };
    network.on("hoverNode", ({ node }) => hover(node));
    network.on("blurNode", () => hover(null));
    network.on("hoverEdge", () => container.classList.add("pointing"));
    network.on("blurEdge", () => container.classList.remove("pointing"));
    dark.addEventListener("change", () => {
      colours = readColours();
      sync();
    });
  }

  const tell = (event, value) => listeners[event].forEach((listener) => listener(value));

  return {
    start, fit, lookAt, lookAtRegion, follow, open, neighbours, toward, sync,
    on: (event, listener) => listeners[event].push(listener),
    zoom: (factor) => network.moveTo({ scale: network.getScale() * factor, animation: motion() }),
    isDrawn: (id) => nodeSet.get(id) !== null,
    isFirst: (id) => prepared.has(id),
    canOpen,
    openable: (id) => neighbours(id).filter(canOpen),
    drawn: () => nodeSet.getIds(),
    lines: () => edgeSet.getIds(),
    isHidden: (id) => state.hidden.has(id),
    isPinned: (id) => state.pinned.has(id),
    hidden: () => [...state.hidden],
    pinned: () => [...state.pinned],
    showsAll: () => state.all,
    /* What the reader decided, of node ids; sync() must follow. */
    keep({ pinned = state.pinned, hidden = state.hidden, all = state.all }) {
      Object.assign(state, { pinned: new Set(pinned), hidden: new Set(hidden), all });
    },
    select({ node = null, pair = null }) {
      Object.assign(state, { node, pair });
      sync();
    },
    reset() {
      state.drawn = new Set(first);
      sync();
    },
    where(id) {
      const { x, y } = network.canvasToDOM({ x: Data.nodes[id].x, y: Data.nodes[id].y });
      const { left, top } = container.getBoundingClientRect();
      return { x: x + left, y: y + top };
    },
  };
})();
