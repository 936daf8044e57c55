"use strict";

/* Sentences with the words they were read for marked, and the table of results, each row of which leads to its
   sentence. */
const Results = (() => {
  const { el, button, sign, percent, list } = Dom;
  const COLUMNS = ["value", "metric", "dataset", "method", "year", "paper", "task", "baseline"];
  const AT_ONCE = 100;
  const OPENED = 8;
  let choose = () => {};

  /* A name that leads to its node, and, where there is an explorer, to its page there. */
  function link(id, most = 110) {
    const node = Data.nodes[id];
    const there = Data.explored(node.key);
    const name = button({ class: "node", "data-key": node.key.slice(0, 300) }, () => choose({ node: id }),
      sign(node.kind), el("bdi", {}, Data.short(node.label, most)));
    return there === null ? name : el("span", { class: "linked" }, name,
      el("a", { class: "there", href: there, target: "_top", "aria-label": `${Data.short(node.label, 80)} in the explorer`, title: "In the explorer" }, "↗"));
  }

  /* One sentence with the words it was read from marked. */
  function sentence(number, withPaper) {
    const item = Data.evidence[number];
    const { text, paper } = Data.sentences[item.sentence];
    const [before, words, after] = Data.cut(text, [[0, item.start], [item.start, item.end], [item.end, undefined]]);
    return el("blockquote", { class: "evidence", dir: "auto" },
      el("p", {}, before, words ? el("mark", {}, words) : null, after),
      el("footer", {}, withPaper ? [link(paper, 60), by(paper)] : null,
        el("span", { class: "rule", title: "the rule that read it, and how sure it is" }, `${item.rule} · ${percent(item.confidence)}`)));
  }

  const by = (paper) => {
    const words = [Data.authors(paper), Data.nodes[paper].year].filter(Boolean).join(", ");
    return words ? el("bdi", { class: "by" }, Data.short(words, 60)) : null;
  };

  /* The same sentence can prove several relations of one pair; it is shown once for each place in it. */
  function proof(numbers, withPaper, shown = 1) {
    const unique = [...new Set(numbers)];
    if (!unique.length) return el("p", { class: "none" }, "No sentence is kept for this.");
    return list(unique, (number) => sentence(number, withPaper), shown, "sentence");
  }

  function cell(result, column) {
    if (column === "value") return { id: null, text: result.value, worth: result.number ?? -Infinity };
    if (column === "year") {
      const { year } = Data.nodes[result.paper];
      return { id: null, text: year === null ? "" : String(year), worth: year ?? -Infinity };
    }
    const id = column === "paper" ? result.paper : result.nodes[Data.slots.indexOf(column)];
    const text = (column === "paper" ? null : result[column]) || (id === null ? "" : Data.nodes[id].label);
    return { id, text, worth: text.toLowerCase() };
  }

  /* "92.3 %", "1.8×", "45 frames per second"; "twice" has said its unit. */
  function withUnit({ value, unit }) {
    if (!unit) return value;
    if (unit === "x") return /[0-9]$/.test(value) ? `${value}×` : value;
    return unit === "%" ? `${value}\u00a0%` : `${value} ${unit}`;
  }

  function value(result, click) {
    const written = withUnit(result);
    return el("th", { scope: "row" },
      button({ class: "value", "aria-expanded": "false", title: "Show the sentence" }, click,
        result.qualifier && result.qualifier !== "exact" ? `${result.qualifier} ` : null, Data.short(written, 60)),
      result.kind && result.kind !== "score" ? el("span", { class: "tag" }, Data.short(result.kind, 20)) : null);
  }

  /* The table; columns that say nothing, or only what is selected (`own`), are left out. */
  function table(results, own) {
    const columns = COLUMNS.filter((column) => column === "value"
      || (results.some((result) => cell(result, column).text) && !results.every((result) => cell(result, column).id === own && own !== null)));
    let rows = results;
    let by_ = null;
    let down = true;
    let shown = AT_ONCE;
    const body = el("tbody");
    const more = button({ class: "more" }, () => {
      shown += AT_ONCE;
      fill();
    });
    const heads = new Map(columns.map((column) => [column, el("th", { scope: "col" },
      button({}, () => sort(column), column[0].toUpperCase() + column.slice(1)))]));

    function sort(column) {
      down = by_ === column ? !down : column === "value" || column === "year";
      by_ = column;
      heads.forEach((head) => head.removeAttribute("aria-sort"));
      heads.get(column).setAttribute("aria-sort", down ? "descending" : "ascending");
      const worth = new Map(results.map((result) => [result.id, cell(result, column).worth]));
      // What has no worth stays at the end, whichever way.
      const none = (one) => one === -Infinity || one === "";
      rows = [...results].sort((a, b) => {
        const [x, y] = [worth.get(a.id), worth.get(b.id)];
        if (none(x) || none(y)) return Number(none(x)) - Number(none(y));
        return (x < y ? -1 : x > y ? 1 : 0) * (down ? -1 : 1);
      });
      fill();
    }

    function fill() {
      body.replaceChildren(...rows.slice(0, shown).map((result) => el("tr", {}, columns.map((column) => {
        if (column === "value") return value(result, (event) => toggle(event.currentTarget, result));
        const { id, text } = cell(result, column);
        const name = id === null || id === own ? el("bdi", {}, Data.short(text, 60)) : link(id, column === "paper" ? 110 : 42);
        return el("td", { class: column }, name, column === "paper" ? el("bdi", { class: "by" }, Data.short(Data.authors(id), 40)) : null);
      }))));
      more.hidden = rows.length <= shown;
      more.textContent = `${(rows.length - shown).toLocaleString("en")} more`;
    }

    function toggle(pressed, result) {
      const row = pressed.closest("tr");
      const isOpen = pressed.getAttribute("aria-expanded") === "true";
      pressed.setAttribute("aria-expanded", String(!isOpen));
      if (isOpen) row.nextSibling.remove();
      else row.after(el("tr", { class: "why" }, el("td", { colspan: columns.length }, proof(result.evidence, false, 3))));
    }

    fill();
    // A short table shows at once where a row leads.
    if (results.length && results.length <= OPENED) body.querySelector(".value").click();
    return [el("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": "Table of results" },
      el("table", { class: "results" }, el("thead", {}, el("tr", {}, [...heads.values()])), body)), more];
  }

  return { table, link, proof, by, onChoose: (listener) => { choose = listener; } };
})();
