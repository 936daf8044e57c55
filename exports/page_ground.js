"use strict";

/* What lies beneath the nodes (regions, and dots for the nodes that are not drawn) and above them (labels), painted by
   us because labels must stay readable at every zoom and must not lie upon one another.

   `view` is what the map shows: scale, middle, wide, high (of the canvas, in CSS pixels), colours, ids (the nodes drawn),
   lit, peopled (the regions with a node in them), pinned, node and hover (or null), focused, and dots (ids). */
const Ground = (() => {
  const FOREMOST = 40;
  const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";

  /* Regions, beneath everything; those of which nothing is drawn are left out. */
  function regions(ctx, view) {
    for (const id of view.peopled) {
      const region = Data.regions[id];
      ctx.beginPath();
      ctx.arc(region.x, region.y, region.radius, 0, 2 * Math.PI);
      ctx.fillStyle = view.colours.region;
      ctx.fill();
      ctx.lineWidth = 1 / view.scale;
      ctx.strokeStyle = view.colours.rim;
      ctx.stroke();
    }
  }

  /* The nodes that are not drawn, as dots: twenty thousand of them are painted as fast as vis-network draws a few hundred. */
  function dots(ctx, view) {
    const half = Math.max(2.2 * Data.scale, 1.1 / view.scale);
    const reach = [view.wide / 2 / view.scale + half, view.high / 2 / view.scale + half];
    ctx.globalAlpha = view.focused ? 0.25 : 0.6;
    for (const kind of Data.kinds) {
      ctx.fillStyle = view.colours[kind];
      for (const id of view.dots) {
        const node = Data.nodes[id];
        if (node.kind === kind && Math.abs(node.x - view.middle.x) < reach[0] && Math.abs(node.y - view.middle.y) < reach[1]) {
          ctx.fillRect(node.x - half, node.y - half, 2 * half, 2 * half);
        }
      }
    }
    ctx.globalAlpha = 1;
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
  function labels(ctx, view) {
    const { scale, middle, wide, high, lit } = view;
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
      ctx.strokeStyle = view.colours.halo;
      ctx.strokeText(text, 0, 0.5);
      ctx.fillStyle = colour;
      ctx.fillText(text, 0, 0.5);
      ctx.restore();
    };
    for (const id of [...view.peopled].sort((a, b) => a - b)) {
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
      write(text, box, font, view.colours.quiet, size, view.focused);
    }
    const rank = (id) => {
      if (id === view.node) return 1e9;
      if (id === view.hover) return 1e8;
      const node = Data.nodes[id];
      return (view.focused && (lit.has(id) || view.pinned.has(id)) ? 1e6 : 0) + (node.kind === "Paper" ? 0 : 1e3) + Data.degree(id);
    };
    const candidates = view.ids.map((id) => [id, rank(id)]).sort((a, b) => b[1] - a[1] || a[0] - b[0]);
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
      if (view.focused && !lit.has(id) && id !== view.hover && !view.pinned.has(id)) continue;
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
      write(text, box, font, view.colours.ink, size, false);
    }
  }

  return { regions, dots, labels };
})();
