"use strict";

/* The map: what is drawn, how it looks, and where it is. vis-network draws nodes and lines; regions and labels
   are drawn here, because labels must stay readable at every zoom and must not lie upon one another. */
const Chart = (() => {
  const MOST_DRAWN = 1500;
  const FOREMOST = 40;
  const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";
  const container = document.getElementById("canvas");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const first = Data.first.nodes.map((node) => node.id);
  const prepared = new Map(Data.first.nodes.map((node) => [node.id, node]));
  const state = { drawn: new Set(first), kinds: new Set(Data.kinds), node: null, pair: null, hover: null };
  const nodeSet = new vis.DataSet();
  const edgeSet = new vis.DataSet();
  const listeners = { node: [], pair: [], region: [], open: [] };
  let colours = readColours();
  let network = null;
  let lit = new Set();
  let peopled = new Set();
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

  const isShown = (id) => state.drawn.has(id) && (state.kinds.has(Data.nodes[id].kind) || id === state.node);
  const hasFocus = () => state.node !== null || state.pair !== null;

  function dress(id) {
    const node = Data.nodes[id];
    const base = prepared.get(id) || { id, x: node.x, y: node.y, size: node.size, shape: Data.shapes[Data.kinds.indexOf(node.kind)] };
    const dim = hasFocus() && !lit.has(id);
    const selected = id === state.node;
    return {
      id, x: base.x, y: base.y, shape: base.shape, size: base.size, label: undefined,
      opacity: dim ? 0.16 : 1,
      borderWidth: selected ? 4 : 1.5,
      color: { background: colours[node.kind], border: selected ? colours.ink : colours.back },
    };
  }

  /* What a line says is shown by its look; of several relations the most telling one counts. */
  function dressPair(pair) {
    const relations = new Map(pair.edges.map((edge) => [edge.relation, edge]));
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
    if (state.node !== null) lit = new Set([state.node, ...Data.around[state.node].keys()]);
    if (state.pair !== null) lit = new Set([Data.pairs.get(state.pair).low, Data.pairs.get(state.pair).high]);
    const visible = new Set([...state.drawn].filter(isShown));
    const lines = new Map();
    for (const id of visible) {
      for (const [other, pair] of Data.around[id]) {
        if (id < other && visible.has(other)) lines.set(pair, Data.pairs.get(pair));
      }
    }
    peopled = new Set([...visible].map((id) => Data.nodes[id].region));
    edgeSet.remove(edgeSet.getIds().filter((id) => !lines.has(id)));
    nodeSet.remove(nodeSet.getIds().filter((id) => !visible.has(id)));
    nodeSet.update([...visible].map(dress));
    edgeSet.update([...lines.values()].map(dressPair));
  }

  function open(ids) {
    const news = ids.filter((id) => !state.drawn.has(id));
    const room = Math.max(0, MOST_DRAWN - state.drawn.size);
    news.slice(0, room).forEach((id) => state.drawn.add(id));
    return { added: Math.min(news.length, room), left: Math.max(0, news.length - room) };
  }

  /* Lines are as thin on the screen at every zoom: vis-network would thicken them. In steps, since each step
     touches every line. */
  function thinLines() {
    const wanted = 0.9 * 2 ** (Math.round(2 * Math.log2(1 / network.getScale())) / 2);
    if (wanted === thin) return;
    thin = wanted;
    edgeSet.update(edgeSet.getIds().map((id) => dressPair(Data.pairs.get(id))));
  }

  /* Regions, beneath everything; those of which nothing is drawn are left out. */
  function drawRegions(ctx) {
    for (const id of peopled) {
      const region = Data.regions[id];
      ctx.beginPath();
      ctx.arc(region.x, region.y, region.radius, 0, 2 * Math.PI);
      ctx.fillStyle = colours.region;
      ctx.fill();
      ctx.lineWidth = 1 / network.getScale();
      ctx.strokeStyle = colours.rim;
      ctx.stroke();
    }
  }

  const widths = new Map();
  function widthOf(ctx, text, font) {
    const key = `${font}|${text}`;
    if (!widths.has(key)) {
      ctx.font = font;
      widths.set(key, ctx.measureText(text).width);
    }
    return widths.get(key);
  }

  /* Signs that turn the direction of writing would turn it for the rest of the label too. */
  const plain = (text) => text.replace(/[\u0000-\u001f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, " ");

  /* Labels, above everything, of constant size on the screen: the most important first, and only where there is room. */
  function drawLabels(ctx) {
    const scale = network.getScale();
    const middle = network.getViewPosition();
    const wide = container.clientWidth;
    const high = container.clientHeight;
    const taken = [];
    const onScreen = (x, y) => [(x - middle.x) * scale + wide / 2, (y - middle.y) * scale + high / 2];
    const free = (box) => taken.every((other) => box[0] > other[2] || box[2] < other[0] || box[1] > other[3] || box[3] < other[1]);
    const write = (text, box, font, colour, size, faint) => {
      const x = ((box[0] + box[2]) / 2 - wide / 2) / scale + middle.x;
      const y = ((box[1] + box[3]) / 2 - high / 2) / scale + middle.y;
      ctx.save();
      ctx.translate(x, y);
      ctx.scale(1 / scale, 1 / scale);
      ctx.globalAlpha = faint ? 0.35 : 1;
      ctx.font = font;
      ctx.textAlign = "center";
      ctx.textBaseline = "middle";
      ctx.lineJoin = "round";
      ctx.lineWidth = 3.5;
      ctx.strokeStyle = colours.halo;
      ctx.strokeText(text, 0, 0.5);
      ctx.fillStyle = colour;
      ctx.fillText(text, 0, 0.5);
      ctx.restore();
    };
    for (const id of [...peopled].sort((a, b) => a - b)) {
      const region = Data.regions[id];
      if (!region.name || region.radius * scale < 34) continue;
      const size = Math.max(11, Math.min(17, 9 + region.radius * scale * 0.05));
      const font = `600 ${size}px ${FONT}`;
      const [x, y] = onScreen(region.x, region.y - region.radius);
      const room = region.radius * scale * 1.9;
      let text = plain(region.name);
      if (widthOf(ctx, text, font) > room && text.includes(" · ")) text = text.split(" · ")[0];
      const half = widthOf(ctx, text, font) / 2;
      // The name of a region at the rim of the view moves in rather than being cut.
      const inside = x > 0 && x < wide && wide > 2 * half ? Math.max(half + 3, Math.min(wide - half - 3, x)) : x;
      const box = [inside - half, y - size * 0.65, inside + half, y + size * 0.65];
      if (!free(box)) continue;
      taken.push(box);
      write(text, box, font, colours.quiet, size, hasFocus());
    }
    const rank = (id) => {
      if (id === state.node) return 1e9;
      if (id === state.hover) return 1e8;
      const node = Data.nodes[id];
      return (hasFocus() && lit.has(id) ? 1e6 : 0) + (node.kind === "Paper" ? 0 : 1e3) + Data.degree(id);
    };
    const candidates = nodeSet.getIds().map((id) => [id, rank(id)]).sort((a, b) => b[1] - a[1] || a[0] - b[0]);
    // Nodes that are large on the screen keep labels of others off themselves.
    const discs = [];
    for (const [id] of candidates) {
      const node = Data.nodes[id];
      const [x, y] = onScreen(node.x, node.y);
      const radius = node.size * scale;
      if (radius > 3.5 && x > -50 && x < wide + 50 && y > -50 && y < high + 50) discs.push([id, x, y, radius]);
    }
    const covers = (box, own) => discs.some(([id, x, y, radius]) => id !== own
      && x + radius * 0.8 > box[0] && x - radius * 0.8 < box[2] && y + radius * 0.8 > box[1] && y - radius * 0.8 < box[3]);
    let room = (wide * high) / 5500;
    for (const [order, [id, worth]] of candidates.entries()) {
      if (room <= 0) break;
      const node = Data.nodes[id];
      const chosen = worth >= 1e6;
      if (node.kind === "Paper" && !chosen && scale * Data.scale < 1.1) continue;
      if (hasFocus() && !lit.has(id) && id !== state.hover) continue;
      const [x, y] = onScreen(node.x, node.y);
      if (x < -40 || x > wide + 40 || y < -20 || y > high + 20) continue;
      const radius = node.size * scale;
      const size = worth >= 1e8 ? 14 : Math.max(11, Math.min(14, 9 + radius * 0.35));
      const font = `${worth >= 1e8 ? 700 : node.kind === "Paper" ? 400 : 500} ${size}px ${FONT}`;
      const text = plain(Data.short(node.label, worth >= 1e8 ? 60 : node.kind === "Paper" ? 34 : 28));
      const half = widthOf(ctx, text, font) / 2 + 1;
      const tall = size * 0.62;
      const places = [
        [x, y + radius + tall + 1], [x + radius + half + 3, y], [x, y - radius - tall - 1], [x - radius - half - 3, y],
        [x + radius * 0.7 + half, y + radius * 0.7 + tall], [x - radius * 0.7 - half, y + radius * 0.7 + tall],
        [x + radius * 0.7 + half, y - radius * 0.7 - tall], [x - radius * 0.7 - half, y - radius * 0.7 - tall],
      ];
      const boxes = places.map(([cx, cy]) => [cx - half, cy - tall, cx + half, cy + tall]);
      const inView = (place) => place[0] > 2 && place[2] < wide - 2 && place[1] > 2 && place[3] < high - 2;
      // The foremost names are worth covering a neighbour for.
      const box = worth >= 1e8 ? boxes[0]
        : boxes.find((place) => free(place) && inView(place) && !covers(place, id))
          || (order < FOREMOST || chosen ? boxes.find((place) => free(place) && inView(place)) : null);
      if (!box) continue;
      taken.push(box);
      room -= 1;
      write(text, box, font, colours.ink, size, false);
    }
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

  function regionAt(point) {
    const found = Data.regions.findIndex((region) => Math.hypot(point.x - region.x, point.y - region.y) < region.radius);
    return found < 0 ? null : found;
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

  function start() {
    sync();
    network = new vis.Network(container, { nodes: nodeSet, edges: edgeSet }, Data.first.options);
    network.on("beforeDrawing", drawRegions);
    network.on("afterDrawing", (ctx) => {
      drawLabels(ctx);
      if (!drawnOnce) performance.mark("kg-drawn");
      drawnOnce = true;
    });
    fit();
    thinLines();
    network.on("zoom", thinLines);
    network.on("animationFinished", thinLines);
    network.on("click", ({ nodes, edges, pointer }) => {
      const pair = pairAt(pointer.canvas, edges[0] ?? null);
      if (nodes.length) tell("node", nodes[0]);
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
    start, fit, lookAt, lookAtRegion, open,
    on: (event, listener) => listeners[event].push(listener),
    zoom: (factor) => network.moveTo({ scale: network.getScale() * factor, animation: motion() }),
    isDrawn: (id) => state.drawn.has(id),
    drawn: () => nodeSet.getIds(),
    lines: () => edgeSet.getIds(),
    setKind(kind, on) {
      if (on) state.kinds.add(kind);
      else state.kinds.delete(kind);
      sync();
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
