"use strict";

/* Elements, made of text alone: nothing here is ever parsed as HTML. */
const Dom = (() => {
  const byId = (id) => document.getElementById(id);

  function el(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (name === "click") element.addEventListener("click", value);
      else if (value === true) element.setAttribute(name, "");
      else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
    }
    for (const child of children.flat(Infinity)) {
      if (child !== null && child !== undefined) element.append(child instanceof Node ? child : String(child));
    }
    return element;
  }

  const button = (attributes, click, ...children) => el("button", { type: "button", ...attributes, click }, ...children);

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

  const count = (number, one, many = `${one}s`) => `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
  const percent = (share) => (share === null ? "?" : `${Math.round(share * 100)} %`);

  /* A long list shows its beginning, and the rest when asked. */
  function list(items, make, shown = 8, what = "") {
    const box = el("ul", { class: "list" }, items.slice(0, shown).map((item) => el("li", {}, make(item))));
    const label = () => `${(items.length - shown).toLocaleString("en")} more${what && ` ${what}${items.length - shown === 1 ? "" : "s"}`}`;
    if (items.length > shown) {
      const more = button({ class: "more" }, () => {
        items.slice(shown, shown + 200).forEach((item) => box.insertBefore(el("li", {}, make(item)), more.parentNode));
        shown += 200;
        if (shown >= items.length) more.parentNode.remove();
        else more.textContent = label();
      }, label());
      box.append(el("li", {}, more));
    }
    return box;
  }

  return { byId, el, button, sign, count, percent, list };
})();
