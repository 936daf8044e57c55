"use strict";

/* The panel: what is known of what is selected. It writes text nodes only; nothing here is ever parsed as HTML. */
const Panel = (() => {
  const SHOWN = 8;
  const panel = document.getElementById("panel");
  const PLURAL = { Paper: "Papers", Method: "Methods", Dataset: "Datasets", Metric: "Metrics", Task: "Tasks", Result: "Results" };
  /* What each relation is called, seen from its source and from its target. */
  const WORDS = {
    introduces: ["Introduces", "Introduced by"],
    uses: ["Uses", "Used by"],
    comparesWith: ["Compares with", "Compared with by"],
    mentions: ["Mentions", "Mentioned by"],
    evaluatesOn: ["Evaluates on", "Evaluated on by"],
    addresses: ["Addresses", "Addressed by"],
    reports: ["Reports", "Reported by"],
    evaluatedOn: ["Evaluated on", "Methods evaluated on it"],
    outperforms: ["Outperforms", "Outperformed by"],
    variantOf: ["Variant of", "Variants"],
  };
  const ORDER = Object.keys(WORDS);
  let choose = () => {};

  function el(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (name === "click") element.addEventListener("click", value);
      else if (value === true) element.setAttribute(name, "");
      else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
    }
    for (const child of children.flat()) {
      if (child !== null && child !== undefined) element.append(child instanceof Node ? child : String(child));
    }
    return element;
  }

  const SIGNS = { dot: "M8 2a6 6 0 1 0 .01 0z", square: "M2.5 2.5h11v11h-11z", diamond: "M8 1l7 7-7 7-7-7z", triangle: "M8 1.5l7 12.5h-14z" };
  function sign(kind) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 16 16");
    svg.setAttribute("class", `sign ${kind.toLowerCase()}`);
    svg.setAttribute("aria-hidden", "true");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", SIGNS[Data.shapes[Data.kinds.indexOf(kind)]]);
    svg.append(path);
    return svg;
  }

  const count = (number, one, many) => `${number.toLocaleString("en")} ${number === 1 ? one : many}`;

  function link(id, most = 110) {
    const node = Data.nodes[id];
    return el("button", { type: "button", class: "node", "data-key": node.key.slice(0, 300), click: () => choose({ node: id }) },
      sign(node.kind), el("bdi", {}, Data.short(node.label, most)));
  }

  /* A long list shows its beginning, and the rest when asked. */
  function list(items, make, shown = SHOWN, what = "") {
    const box = el("ul", { class: "list" }, items.slice(0, shown).map((item) => el("li", {}, make(item))));
    const label = () => `${(items.length - shown).toLocaleString("en")} more${what && ` ${what}${items.length - shown === 1 ? "" : "s"}`}`;
    if (items.length > shown) {
      const more = el("button", { type: "button", class: "more", click: () => {
        items.slice(shown, shown + 200).forEach((item) => box.insertBefore(el("li", {}, make(item)), more.parentNode));
        shown += 200;
        if (shown >= items.length) more.parentNode.remove();
        else more.textContent = label();
      } }, label());
      box.append(el("li", {}, more));
    }
    return box;
  }

  /* One sentence with the words it was read from marked. */
  function sentence(number, withPaper) {
    const item = Data.evidence[number];
    const { text, paper } = Data.sentences[item.sentence];
    const [before, words, after] = Data.cut(text, [[0, item.start], [item.start, item.end], [item.end, undefined]]);
    return el("blockquote", { class: "evidence", dir: "auto" },
      el("p", {}, before, words ? el("mark", {}, words) : null, after),
      el("footer", {}, withPaper ? link(paper, 60) : null,
        el("span", { class: "rule", title: "the rule that read it, and how sure it is" }, `${item.rule} · ${percent(item.confidence)}`)));
  }

  const percent = (share) => (share === null ? "?" : `${Math.round(share * 100)} %`);

  /* The same sentence can prove several relations of one pair; it is shown once for each place in it. */
  function proof(numbers, withPaper, shown = 1) {
    const unique = [...new Set(numbers)];
    if (!unique.length) return el("p", { class: "none" }, "No sentence is kept for this.");
    return list(unique, (number) => sentence(number, withPaper), shown, "sentence");
  }

  function section(title, number, open, ...children) {
    return el("details", { open, class: "group" },
      el("summary", {}, title, number === null ? null : el("span", { class: "number" }, number.toLocaleString("en"))), children);
  }

  function buttons() {
    return el("span", { class: "buttons" },
      el("button", { type: "button", class: "wider", "aria-label": "Wider or narrower", title: "Wider or narrower", click: () => document.body.classList.toggle("wide") }, "⇔"),
      el("button", { type: "button", class: "close", "aria-label": "Close", title: "Close", click: () => choose({}) }, "×"));
  }

  /* Names that differ in case alone are one name to a reader. */
  function otherNames(node) {
    const seen = new Set([node.label.toLowerCase()]);
    return node.names.filter((name) => !seen.has(name.toLowerCase()) && seen.add(name.toLowerCase())).slice(0, 12);
  }

  function head(node) {
    const names = otherNames(node);
    const hidden = Data.neighbours(node.id).filter((id) => !Chart.isDrawn(id)).length;
    return el("div", { class: "head" },
      el("p", { class: "kind" }, sign(node.kind), node.kind,
        buttons()),
      el("h2", {}, el("bdi", {}, Data.short(node.label, 400))),
      names.length ? el("p", { class: "names" }, "also ", names.flatMap((name, place) =>
        [place ? ", " : null, el("bdi", {}, Data.short(name, 80))])) : null,
      node.kind === "Paper" ? paperFacts(node.about) : el("p", { class: "facts" }, `in ${count(node.papers, "paper", "papers")}`),
      el("p", { class: "actions" },
        hidden ? el("button", { type: "button", class: "act", id: "open", click: () => choose({ open: node.id }) },
          `Show ${hidden === 1 ? "its hidden neighbour" : `its ${hidden.toLocaleString("en")} hidden neighbours`}`) : null,
        el("button", { type: "button", class: "act", click: () => Chart.lookAt([node.id, ...Data.neighbours(node.id).filter(Chart.isDrawn)]) }, "Zoom to it")));
  }

  function paperFacts(about) {
    const facts = [];
    if (about.published) facts.push(about.published.replace(/^--/, ""));
    const authors = about.authors || [];
    if (authors.length) {
      const rest = Math.max(0, (about.author_count || 0) - Math.min(authors.length, 6));
      facts.push(authors.slice(0, 6).map((author) => Data.short(author, 60)).join(", ") + (rest ? ` and ${count(rest, "other", "others")}` : ""));
    } else if (about.author_count) {
      facts.push(count(about.author_count, "author", "authors"));
    }
    if (about.venue) facts.push(Data.short(about.venue, 120));
    const url = about.url ? Data.webAddress(about.url) : null;
    return el("div", { class: "facts" }, facts.map((fact) => el("p", {}, el("bdi", {}, fact))),
      url ? el("p", {}, el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, "Open the paper ↗")) : null);
  }

  /* The results as a table; a row opens the sentence it was read from. */
  const COLUMNS = ["value", "metric", "dataset", "task", "method", "baseline", "paper"];

  function resultsTable(results, own) {
    const columns = COLUMNS.filter((column) => column === "value"
      || (results.some((result) => cell(result, column).text) && !results.every((result) => cell(result, column).id === own)));
    let by = null;
    let down = true;
    const body = el("tbody");
    const table = el("table", { class: "results" },
      el("thead", {}, el("tr", {}, columns.map((column) => el("th", { scope: "col" },
        el("button", { type: "button", click: (event) => sort(column, event.currentTarget.parentNode) }, column[0].toUpperCase() + column.slice(1)))))), body);

    function sort(column, header) {
      down = by === column ? !down : column === "value";
      by = column;
      table.querySelectorAll("th").forEach((other) => other.removeAttribute("aria-sort"));
      header.setAttribute("aria-sort", down ? "descending" : "ascending");
      const worth = (result) => (column === "value" ? result.number ?? -Infinity : cell(result, column).text.toLowerCase());
      fill([...results].sort((a, b) => {
        const [x, y] = [worth(a), worth(b)];
        return (x < y ? -1 : x > y ? 1 : 0) * (down ? -1 : 1);
      }));
    }

    function fill(rows) {
      body.replaceChildren(...rows.slice(0, 300).map((result) => el("tr", {}, columns.map((column) => {
        const { id, text } = cell(result, column);
        if (column === "value") {
          const value = `${result.value}${result.unit ? (result.unit === "%" ? " %" : ` ${result.unit}`) : ""}`;
          return el("th", { scope: "row" }, el("button", { type: "button", class: "value", "aria-expanded": "false", title: "Show the sentence",
            click: (event) => toggle(event.currentTarget, result) }, result.qualifier && result.qualifier !== "exact" ? `${result.qualifier} ` : null, value),
          result.kind && result.kind !== "score" ? el("span", { class: `tag ${result.kind}` }, result.kind) : null);
        }
        return el("td", {}, id === null || id === own ? el("bdi", {}, Data.short(text, 60)) : link(id, 48));
      }))));
    }

    function toggle(button, result) {
      const row = button.closest("tr");
      const isOpen = button.getAttribute("aria-expanded") === "true";
      button.setAttribute("aria-expanded", String(!isOpen));
      if (isOpen) row.nextSibling.remove();
      else row.after(el("tr", { class: "why" }, el("td", { colspan: columns.length }, proof(result.evidence, false, 3))));
    }

    fill(results);
    return el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Table of results" }, table);
  }

  function cell(result, column) {
    if (column === "value") return { id: null, text: result.value };
    if (column === "paper") return { id: result.paper, text: Data.nodes[result.paper].label };
    const id = result.nodes[Data.slots.indexOf(column)];
    return { id, text: result[column] || (id === null ? "" : Data.nodes[id].label) };
  }

  function show(...children) {
    panel.replaceChildren(...children.flat().filter(Boolean));
    panel.scrollTop = 0;
  }

  function showNode(id) {
    const node = Data.nodes[id];
    const groups = new Map();
    for (const edge of Data.edgesOf(id)) {
      const side = edge.source === id ? 0 : 1;
      const key = `${String(ORDER.indexOf(edge.relation) + 100)}|${side}|${edge.relation}`;
      if (!groups.has(key)) groups.set(key, []);
      groups.get(key).push(edge);
    }
    const results = Data.resultsOf[id];
    const sections = [...groups.keys()].sort().map((key) => {
      const edges = groups.get(key).sort((a, b) => Data.degree(other(b, id)) - Data.degree(other(a, id)) || a.id - b.id);
      const [, side, relation] = key.split("|");
      const words = (WORDS[relation] || [relation, `${relation} (of)`])[Number(side)];
      return section(words, edges.length, true, list(edges, (edge) => [link(other(edge, id)), edge.relation === "variantOf" ? null : proof(edge.evidence, node.kind !== "Paper" && Data.nodes[other(edge, id)].kind !== "Paper")]));
    });
    show(head(node),
      results.length ? section("Results", results.length, true, resultsTable(results, id)) : null,
      sections,
      sections.length || results.length ? null : el("p", { class: "none" }, "Nothing is tied to it."));
  }

  const other = (edge, id) => (edge.source === id ? edge.target : edge.source);

  function showPair(pair) {
    const { low, high, edges } = Data.pairs.get(pair);
    show(el("div", { class: "head" },
      el("p", { class: "kind" }, "Tie between", buttons()),
      el("h2", { class: "ends" }, link(low), link(high))),
    edges.map((edge) => section((WORDS[edge.relation] || [edge.relation])[0], null, true,
      el("p", { class: "statement" }, link(edge.source, 60), el("span", { class: "verb" }, (WORDS[edge.relation] || [edge.relation])[0].toLowerCase()), link(edge.target, 60),
        el("span", { class: "rule" }, percent(edge.confidence))),
      edge.relation === "variantOf" ? el("p", { class: "none" }, "As their names say.") : proof(edge.evidence, true, 4),
      edge.results.length ? resultsTable(edge.results.map((number) => Data.results[number]), null) : null,
      paperLinks(edge))));
  }

  /* The papers that an edge's sentences stand in, where they can be opened. */
  function paperLinks(edge) {
    const papers = [...new Set(edge.evidence.map((number) => Data.sentences[Data.evidence[number].sentence].paper))];
    const urls = papers.map((id) => Data.nodes[id].about?.url).map((url) => (url ? Data.webAddress(url) : null)).filter(Boolean);
    return urls.length ? el("p", {}, urls.slice(0, 5).map((url) =>
      el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, "Open the paper ↗ "))) : null;
  }

  const top = (kind, among) => among.filter((node) => node.kind === kind && Data.degree(node.id))
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
    const hidden = members.filter((node) => !Chart.isDrawn(node.id));
    show(el("div", { class: "head" },
      el("p", { class: "kind" }, "Region", buttons()),
      el("h2", {}, el("bdi", {}, Data.regions[number].name || "Without a name")),
      el("p", { class: "facts" }, `${count(members.filter((node) => node.kind === "Paper").length, "paper", "papers")} and ${count(members.filter((node) => node.kind !== "Paper").length, "thing", "things")} that belong together more than with the rest`),
      el("p", { class: "actions" },
        hidden.length ? el("button", { type: "button", class: "act", click: () => choose({ openRegion: number }) }, `Show ${count(Math.min(hidden.length, 150), "more of it", "more of it")}`) : null,
        el("button", { type: "button", class: "act", click: () => Chart.lookAtRegion(number) }, "Zoom to it"))),
    tops(members, 6));
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
    tops(Data.nodes, 6));
  }

  return { el, sign, count, showNode, showPair, showRegion, showOverview, onChoose: (listener) => { choose = listener; } };
})();
