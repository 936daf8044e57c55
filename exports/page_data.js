"use strict";

/* The tables of the page as objects, the ways through them, and the search over all names. */
const Data = (() => {
  const raw = JSON.parse(document.getElementById("data").textContent);

  const objects = ({ columns, rows }) =>
    rows.map((row, id) => {
      const object = { id };
      columns.forEach((column, place) => { object[column] = row[place]; });
      return object;
    });

  const nodes = objects(raw.nodes);
  const edges = objects(raw.edges);
  const sentences = objects(raw.sentences);
  const evidence = objects(raw.evidence);
  const results = objects(raw.results);
  for (const node of nodes) {
    node.kind = raw.kinds[node.kind];
    const year = /^[0-9]{4}/.exec(node.about?.published || "");
    node.year = year ? Number(year[0]) : null;
  }
  for (const edge of edges) edge.relation = raw.relations[edge.relation];
  for (const item of evidence) item.rule = raw.rules[item.rule];

  const byKey = new Map(nodes.map((node) => [node.key, node.id]));

  /* Two nodes that are tied, however often, are one pair and one line on the map. */
  const pairs = new Map();
  const around = nodes.map(() => new Map());
  for (const edge of edges) {
    const id = edge.source < edge.target ? `${edge.source}-${edge.target}` : `${edge.target}-${edge.source}`;
    if (!pairs.has(id)) {
      pairs.set(id, { id, low: Math.min(edge.source, edge.target), high: Math.max(edge.source, edge.target), edges: [] });
      around[edge.source].set(edge.target, id);
      around[edge.target].set(edge.source, id);
    }
    pairs.get(id).edges.push(edge);
  }

  const resultsOf = nodes.map(() => []);
  for (const result of results) {
    for (const id of new Set([result.paper, ...result.nodes])) {
      if (id !== null) resultsOf[id].push(result);
    }
  }

  const degree = (id) => around[id].size;
  const neighbours = (id) => [...around[id].keys()].sort((a, b) => degree(b) - degree(a) || a - b);
  const paperOf = (item) => sentences[evidence[item].sentence].paper;
  const edgesOf = (id) => [...around[id].values()].flatMap((pair) => pairs.get(pair).edges);

  /* Search: case, accents and signs such as hyphens do not matter. */
  const folded = (text) =>
    text.slice(0, 300).normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase()
      .replace(/[^\p{L}\p{N}+#.]+/gu, " ").trim();
  let index = null;

  function search(query, limit) {
    if (!index) index = nodes.map((node) => [node.label, ...node.names].map(folded));
    const wanted = folded(query);
    if (!wanted) return [];
    const close = wanted.replaceAll(" ", "");
    const found = [];
    for (const node of nodes) {
      let best = 9;
      let name = node.label;
      index[node.id].forEach((text, place) => {
        const at = text.indexOf(wanted);
        let rank = 9;
        if (text === wanted) rank = 0;
        else if (at === 0) rank = 2;
        else if (at > 0) rank = text[at - 1] === " " ? 3 : 5;
        else if (text.replaceAll(" ", "").includes(close)) rank = 4;
        if (rank < 9 && place > 0) rank += 0.5;
        if (rank < best) {
          best = rank;
          name = place === 0 ? node.label : node.names[place - 1];
        }
      });
      if (best < 9) found.push({ node, name, rank: best + (node.kind === "Paper" && best > 0 ? 1.2 : 0) });
    }
    found.sort((a, b) => a.rank - b.rank || degree(b.node.id) - degree(a.node.id) || a.node.id - b.node.id);
    return found.slice(0, limit);
  }

  /* Offsets count code points, which JavaScript's own string indices do not. */
  function cut(text, bounds) {
    const points = Array.from(text);
    return bounds.map(([start, end]) => points.slice(start, end).join(""));
  }

  /* Only web addresses become links, whatever a record calls its url. */
  function webAddress(text) {
    try {
      const url = new URL(text);
      return url.protocol === "http:" || url.protocol === "https:" ? url.href : null;
    } catch {
      return null;
    }
  }

  const short = (text, most) => {
    const points = Array.from(text.slice(0, most * 2 + 2));
    return points.length > most ? `${points.slice(0, most - 1).join("").trimEnd()}…` : points.join("");
  };

  /* "Ren et al.": who wrote a paper, in as few words as will do. */
  function authors(id) {
    const about = nodes[id].about || {};
    const [first] = about.authors || [];
    if (!first) return "";
    const family = first.includes(",") ? first.split(",")[0] : first.trim().split(/\s+/).at(-1) || first;
    const many = about.author_count || about.authors.length;
    return many === 1 ? family : `${family} et al.`;
  }

  /* Where the served explorer, if there is one, has a node's page ("node"), or a map around it ("graph"). */
  function explored(key, place = "node") {
    if (!raw.explorer) return null;
    try {
      return `${raw.explorer}${place}/${encodeURIComponent(key).replaceAll("%2F", "/")}`;
    } catch {
      return null;
    }
  }

  return {
    ...raw, nodes, edges, sentences, evidence, results, byKey, pairs, around, resultsOf,
    degree, neighbours, edgesOf, paperOf, search, cut, webAddress, short, authors, explored,
  };
})();
