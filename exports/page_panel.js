"use strict";

/* The panel: what is known of what is selected. It writes text nodes only; nothing here is ever parsed as HTML. */
const Panel = (() => {
  const { el, button, sign, count, percent, list } = Dom;
  const { link, proof, table } = Results;
  const MOST_RESULTS = 2000;
  const panel = Dom.byId("panel");
  const PLURAL = { Paper: "Papers", Method: "Methods", Dataset: "Datasets", Metric: "Metrics", Task: "Tasks", Result: "Results" };
  /* What each relation is called, seen from its source and from its target. */
  const WORDS = {
    evaluatedOn: ["Evaluated on", "Methods evaluated on it"],
    outperforms: ["Outperforms", "Outperformed by"],
    introduces: ["Introduces", "Introduced by"],
    uses: ["Uses", "Used by"],
    comparesWith: ["Compares with", "Compared with by"],
    evaluatesOn: ["Evaluates on", "Evaluated on by"],
    addresses: ["Addresses", "Addressed by"],
    reports: ["Reports", "Reported by"],
    mentions: ["Mentions", "Mentioned by"],
    variantOf: ["Variant of", "Variants"],
  };
  const [METHOD, BASELINE] = ["method", "baseline"].map((slot) => Data.slots.indexOf(slot));
  const ORDER = Object.keys(WORDS);
  let choose = () => {};

  function section(title, number, open, ...children) {
    return el("details", { open, class: "group" },
      el("summary", {}, title, number === null ? null : el("span", { class: "number" }, number.toLocaleString("en"))), children);
  }

  function buttons() {
    return el("span", { class: "buttons" },
      button({ class: "wider", "aria-label": "Wider or narrower", title: "Wider or narrower" }, () => document.body.classList.toggle("wide"), "⇔"),
      button({ class: "close", "aria-label": "Close", title: "Close (Esc)" }, () => choose({}), "×"));
  }

  const act = (wish, title, ...words) => button({ class: "act", title }, () => choose(wish), ...words);

  /* Names that differ in case alone are one name to a reader. */
  function otherNames(node) {
    const seen = new Set([node.label.toLowerCase()]);
    return node.names.filter((name) => !seen.has(name.toLowerCase()) && seen.add(name.toLowerCase())).slice(0, 12);
  }

  function head(node) {
    const names = otherNames(node);
    const { id } = node;
    const more = Chart.openable(id).length;
    const there = Data.explored(node.key);
    return el("div", { class: "head" },
      el("p", { class: "kind" }, sign(node.kind), node.kind, buttons()),
      el("h2", {}, el("bdi", {}, Data.short(node.label, 400))),
      names.length ? el("p", { class: "names" }, "also ", names.flatMap((name, place) =>
        [place ? ", " : null, el("bdi", {}, Data.short(name, 80))])) : null,
      node.kind === "Paper" ? paperFacts(node.about) : el("p", { class: "facts" }, `in ${count(node.papers, "paper")}`),
      el("p", { class: "actions" },
        more ? button({ class: "act", id: "open", title: "Draw them on the map (Enter)" }, () => choose({ open: id }),
          `Show ${count(more, "more neighbour")}`) : null,
        Chart.isHidden(id) ? act({ show: id }, "Bring it back to the map", "Show on the map") : [
          act({ pin: id }, "Keep it on the map, whatever is filtered (p)", Chart.isPinned(id) ? "Unpin" : "Pin"),
          act({ hide: id }, "Take it off the map (h)", "Hide"),
          button({ class: "act" }, () => Chart.lookAt([id, ...Chart.neighbours(id).filter(Chart.isDrawn)]), "Zoom to it")],
        there === null ? null : [
          el("a", { class: "act", href: there, target: "_top" }, "In the explorer ↗"),
          el("a", { class: "act", href: Data.explored(node.key, "graph"), target: "_top" }, "Map around it ↗")]));
  }

  function paperFacts(about) {
    const facts = [];
    if (about.published) facts.push(about.published.replace(/^--/, ""));
    const authors = about.authors || [];
    if (authors.length) {
      const rest = Math.max(0, (about.author_count || 0) - Math.min(authors.length, 6));
      facts.push(authors.slice(0, 6).map((author) => Data.short(author, 60)).join(", ") + (rest ? ` and ${count(rest, "other")}` : ""));
    } else if (about.author_count) {
      facts.push(count(about.author_count, "author"));
    }
    if (about.venue) facts.push(Data.short(about.venue, 120));
    const url = about.url ? Data.webAddress(about.url) : null;
    return el("div", { class: "facts" }, facts.map((fact) => el("p", {}, el("bdi", {}, fact))),
      url ? el("p", {}, el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, "Open the paper ↗")) : null);
  }

  function show(...children) {
    panel.replaceChildren(...children.flat(Infinity).filter(Boolean));
    panel.scrollTop = 0;
  }

  /* The results that the filters leave, the newest first; what others got when they compared with it comes last. */
  function resultsSection(results, own, open) {
    const asBaseline = (result) => Number(own !== null && result.nodes[BASELINE] === own && result.nodes[METHOD] !== own);
    const left = results.filter(Filters.result).sort((a, b) => asBaseline(a) - asBaseline(b)
      || (Data.nodes[b.paper].year ?? 0) - (Data.nodes[a.paper].year ?? 0) || a.id - b.id);
    if (!left.length) return null;
    return section("Results", left.length, open, table(left.slice(0, MOST_RESULTS), own),
      left.length > MOST_RESULTS ? el("p", { class: "none" }, `The first ${MOST_RESULTS.toLocaleString("en")} are shown.`) : null);
  }

  function leftOut(number) {
    return number ? el("p", { class: "none" }, `${count(number, "tie is", "ties are")} left out by the filters. `,
      button({ class: "more" }, () => choose({ clear: true }), "Clear the filters")) : null;
  }

  function showNode(id) {
    const node = Data.nodes[id];
    const groups = new Map();
    const all = Data.edgesOf(id);
    const edgesLeft = all.filter(Filters.edge);
    for (const edge of edgesLeft) {
      const side = edge.source === id ? 0 : 1;
      const key = `${String(ORDER.indexOf(edge.relation) + 100)}|${side}|${edge.relation}`;
      if (!groups.has(key)) groups.set(key, []);
      groups.get(key).push(edge);
    }
    const sections = [...groups.keys()].sort().map((key) => {
      const edges = groups.get(key).sort((a, b) => Data.degree(other(b, id)) - Data.degree(other(a, id)) || a.id - b.id);
      const [, side, relation] = key.split("|");
      const words = (WORDS[relation] || [relation, `${relation} (of)`])[Number(side)];
      return section(words, edges.length, true, list(edges, (edge) => [tied(edge, id),
        edge.relation === "variantOf" ? null : proof(edge.evidence, node.kind !== "Paper" && Data.nodes[other(edge, id)].kind !== "Paper")]));
    });
    const results = resultsSection(Data.resultsOf[id], id, true);
    show(head(node), results, sections, leftOut(all.length - edgesLeft.length),
      all.length || results ? null : el("p", { class: "none" }, "Nothing is tied to it."));
  }

  const other = (edge, id) => (edge.source === id ? edge.target : edge.source);

  function tied(edge, id) {
    const there = other(edge, id);
    const by = Data.nodes[there].kind === "Paper" ? Results.by(there) : null;
    return by ? el("span", { class: "tied" }, link(there), by) : link(there);
  }

  function showPair(pair) {
    const { low, high, edges } = Data.pairs.get(pair);
    const edgesLeft = edges.filter(Filters.edge);
    show(el("div", { class: "head" },
      el("p", { class: "kind" }, "Tie between", buttons()),
      el("h2", { class: "ends" }, link(low), link(high))),
    edgesLeft.map((edge) => section((WORDS[edge.relation] || [edge.relation])[0], null, true,
      el("p", { class: "statement" }, link(edge.source, 60), el("span", { class: "verb" }, (WORDS[edge.relation] || [edge.relation])[0].toLowerCase()), link(edge.target, 60),
        el("span", { class: "rule" }, percent(edge.confidence))),
      edge.relation === "variantOf" ? el("p", { class: "none" }, "As their names say.") : proof(edge.evidence, true, 4),
      edge.results.length ? table(edge.results.map((number) => Data.results[number]).filter(Filters.result), null) : null,
      paperLinks(edge))),
    leftOut(edges.length - edgesLeft.length));
  }

  /* The papers that an edge's sentences stand in, where they can be opened. */
  function paperLinks(edge) {
    const papers = [...new Set(edge.evidence.map((number) => Data.paperOf(number)))];
    const urls = papers.map((id) => Data.nodes[id].about?.url).map((url) => (url ? Data.webAddress(url) : null)).filter(Boolean);
    return urls.length ? el("p", {}, urls.slice(0, 5).map((url) =>
      el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, "Open the paper ↗ "))) : null;
  }

  const top = (kind, among) => among.filter((node) => node.kind === kind && Data.degree(node.id) && Filters.node(node.id))
    .sort((a, b) => b.papers - a.papers || Data.degree(b.id) - Data.degree(a.id) || a.id - b.id);

  function tops(among, shown) {
    return ["Task", "Method", "Dataset", "Metric", "Paper"].map((kind) => {
      const nodes = top(kind, among);
      return nodes.length ? section(kind === "Paper" ? "Papers" : `Most named ${PLURAL[kind].toLowerCase()}`, kind === "Paper" ? nodes.length : null, kind !== "Paper",
        list(nodes, (node) => el("span", { class: "ranked" }, link(node.id), kind === "Paper" ? null : el("span", { class: "number" }, node.papers)), shown)) : null;
    });
  }

  function showRegion(number) {
    const members = Data.nodes.filter((node) => node.region === number);
    const more = members.filter((node) => Chart.canOpen(node.id)).length;
    const papers = new Set(members.filter((node) => node.kind === "Paper").map((node) => node.id));
    show(el("div", { class: "head" },
      el("p", { class: "kind" }, "Region", buttons()),
      el("h2", {}, el("bdi", {}, Data.regions[number].name || "Without a name")),
      el("p", { class: "facts" }, `${count(members.filter((node) => node.kind === "Paper").length, "paper")} and ${count(members.filter((node) => node.kind !== "Paper").length, "thing")} that belong together more than with the rest`),
      el("p", { class: "actions" },
        more ? act({ openRegion: number }, "Draw more of it on the map", `Show ${Math.min(more, 150).toLocaleString("en")} more of it`) : null,
        button({ class: "act" }, () => Chart.lookAtRegion(number), "Zoom to it"))),
    tops(members, 6), resultsSection(Data.results.filter((result) => papers.has(result.paper)), null, false));
  }

  function showOverview() {
    const { counts } = Data;
    const drawn = Data.first.nodes.length;
    show(el("div", { class: "head" },
      el("h2", {}, "What these papers are about"),
      el("p", { class: "counts" }, Object.entries(counts).map(([kind, number]) =>
        el("span", {}, el("b", {}, number.toLocaleString("en")), ` ${number === 1 ? kind.toLowerCase() : PLURAL[kind].toLowerCase()}`))),
      el("p", { class: "facts" }, drawn < Data.nodes.length
        ? `Drawn are the ${drawn.toLocaleString("en")} most connected; search finds the rest. Discs are regions of what belongs together.`
        : "Discs are regions of what belongs together."),
      Data.left_out ? el("p", { class: "facts" }, `${Data.left_out.toLocaleString("en")} less connected nodes are left out of this page; the other exports hold them.`) : null,
      el("p", { class: "facts" }, "Click a thing to see who used it, on what, with what number, and the sentence that says so; double-click to open it up.")),
    kept("Pinned", Chart.pinned()),
    kept("Hidden", Chart.hidden(), (id) => button({ class: "more" }, () => choose({ show: id }), "show")),
    tops(Data.nodes, 6),
    resultsSection(Data.results, null, false));
  }

  /* What the reader pinned or hid. */
  function kept(title, ids, extra = () => null) {
    return ids.length ? section(title, ids.length, true,
      list([...ids].sort((a, b) => a - b), (id) => el("span", { class: "ranked" }, link(id), extra(id)))) : null;
  }

  return { showNode, showPair, showRegion, showOverview, onChoose: (listener) => {
    choose = listener;
    Results.onChoose(listener);
  } };
})();
