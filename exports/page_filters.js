"use strict";

/* Filters: which nodes, edges and results are asked for, and the box in which that is said.

   A node is kept by its type, by its year (papers) or the number of papers that name it (things), and, once edges are
   filtered too, by having an edge left. An edge is kept by its ends, its role, its confidence, the number of its
   sentences, and, where years are asked for, by a sentence in a paper of these years. */
const Filters = (() => {
  const { byId, el, count, percent } = Dom;
  const ROLES = { introduces: "introduces", uses: "uses", comparesWith: "compares with", mentions: "mentions" };
  const years = Data.nodes.map((node) => node.year).filter((year) => year !== null);
  const first = years.reduce((a, b) => Math.min(a, b), Infinity);
  const last = years.reduce((a, b) => Math.max(a, b), -Infinity);
  const everything = () => ({ kinds: [...Data.kinds], roles: Object.keys(ROLES), from: null, to: null, confidence: 0, papers: 0, sentences: 0 });
  let state = everything();
  let changed = () => {};
  let ownPass = [];
  let nodePass = [];
  let edgePass = [];

  const number = (value, least, most) => (Number.isFinite(value) ? Math.max(least, Math.min(most, value)) : null);
  const among = (wanted, all) => (Array.isArray(wanted) ? all.filter((one) => wanted.includes(one)) : all);
  const byYear = () => state.from !== null || state.to !== null;
  const inYears = (id) => {
    const { year } = Data.nodes[id];
    return !byYear() || (year !== null && year >= (state.from ?? -Infinity) && year <= (state.to ?? Infinity));
  };
  const edgesAsked = () => byYear() || state.roles.length < Object.keys(ROLES).length || state.confidence > 0 || state.sentences > 1;

  function work() {
    ownPass = Data.nodes.map((node) => (node.kind === "Paper" ? inYears(node.id) : node.papers >= state.papers));
    edgePass = new Array(Data.edges.length).fill(false);
    const tied = new Array(Data.nodes.length).fill(!edgesAsked());
    for (const pair of Data.pairs.values()) {
      if (!ownPass[pair.low] || !ownPass[pair.high]) continue;
      // A paper's role towards a thing decides about all that it does with it.
      const role = pair.edges.find((edge) => edge.relation in ROLES);
      if (role && !state.roles.includes(role.relation)) continue;
      for (const edge of pair.edges) {
        edgePass[edge.id] = (edge.confidence ?? 0) >= state.confidence
          && (state.sentences < 2 || edge.evidence.length >= state.sentences)
          && (!byYear() || role || edge.evidence.some((item) => inYears(Data.paperOf(item))));
        if (edgePass[edge.id]) tied[pair.low] = tied[pair.high] = true;
      }
    }
    nodePass = Data.nodes.map((node) => ownPass[node.id] && tied[node.id] && state.kinds.includes(node.kind));
  }

  /* Takes what is given and known, and leaves out what is not. */
  function set(wanted) {
    state = {
      kinds: among(wanted.kinds, Data.kinds),
      roles: among(wanted.roles, Object.keys(ROLES)),
      from: number(wanted.from ?? NaN, 0, 9999),
      to: number(wanted.to ?? NaN, 0, 9999),
      confidence: number(wanted.confidence, 0, 1) ?? 0,
      papers: number(wanted.papers, 0, 1e6) ?? 0,
      sentences: number(wanted.sentences, 0, 1e6) ?? 0,
    };
    work();
    fill();
  }

  const change = (part) => {
    set({ ...state, ...part });
    changed();
  };

  function active() {
    return [state.kinds.length < Data.kinds.length, state.roles.length < Object.keys(ROLES).length, byYear(),
      state.confidence > 0, state.papers > 1, state.sentences > 1].filter(Boolean).length;
  }

  /* The box; types stand in the legend. */
  const tick = (name, value, label) => {
    const box = el("input", { type: "checkbox", name, value, checked: true });
    box.addEventListener("change", () => change({ [`${name}s`]: [...document.querySelectorAll(`input[name=${name}]`)].filter((one) => one.checked).map((one) => one.value) }));
    return el("label", {}, box, label);
  };
  const given = (name, label, attributes) => {
    const field = el("input", { id: `filter-${name}`, type: "number", inputmode: "numeric", ...attributes });
    field.addEventListener("change", () => change({ [name]: field.value === "" ? null : Number(field.value) }));
    return el("label", {}, label, field);
  };

  function build() {
    byId("legend").append(...Data.kinds.map((kind) => tick("kind", kind, [Dom.sign(kind), kind])));
    const slider = el("input", { id: "filter-confidence", type: "range", min: 0, max: 1, step: 0.05, value: 0 });
    slider.addEventListener("input", () => change({ confidence: Number(slider.value) }));
    byId("filters").append(
      el("fieldset", {}, el("legend", {}, "What a paper does with a thing"), Object.entries(ROLES).map(([role, words]) => tick("role", role, words))),
      ...(years.length ? [el("fieldset", { class: "years" }, el("legend", {}, "Papers of the years"),
        given("from", "from ", { min: first, max: last, placeholder: first }), given("to", "to ", { min: first, max: last, placeholder: last }))] : []),
      el("fieldset", {}, el("legend", {}, "Confidence"), el("label", {}, "at least ", slider, el("output", { for: "filter-confidence" }))),
      el("fieldset", {}, el("legend", {}, "Support"),
        given("papers", "things named in at least this many papers ", { min: 0, placeholder: 1 }),
        given("sentences", "ties with at least this many sentences ", { min: 0, placeholder: 1 })),
      el("p", { id: "matching" }),
      el("p", { class: "actions" },
        Dom.button({ class: "act", id: "draw-matching" }, () => document.dispatchEvent(new Event("kg-draw-matching")), "Draw more that match"),
        Dom.button({ class: "act", id: "clear-filters" }, () => change(everything()), "Clear the filters")),
    );
  }

  function fill() {
    document.querySelectorAll("input[name=kind]").forEach((box) => { box.checked = state.kinds.includes(box.value); });
    document.querySelectorAll("input[name=role]").forEach((box) => { box.checked = state.roles.includes(box.value); });
    for (const name of ["from", "to"]) if (byId(`filter-${name}`)) byId(`filter-${name}`).value = state[name] ?? "";
    for (const name of ["papers", "sentences"]) byId(`filter-${name}`).value = state[name] || "";
    byId("filter-confidence").value = state.confidence;
    byId("filters").querySelector("output").textContent = percent(state.confidence);
    const asked = active();
    byId("filter").textContent = asked ? `Filters (${asked})` : "Filters";
    byId("matching").textContent = asked ? `${count(nodePass.filter(Boolean).length, "node matches", "nodes match")}.` : "Everything matches.";
  }

  build();
  set(everything());
  return {
    set, active,
    get: () => state,
    clear: () => set(everything()),
    node: (id) => nodePass[id],
    edge: (edge) => edgePass[edge.id],
    pair: (id) => Data.pairs.get(id).edges.some((edge) => edgePass[edge.id]),
    result: (result) => ownPass[result.paper] && (result.confidence ?? 0) >= state.confidence,
    onChange: (listener) => { changed = listener; },
  };
})();
