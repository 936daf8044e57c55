"use strict";

/* Search with completion over every name, led by keyboard or pointer. */
const Search = (() => {
  const OFFERED = 12;
  const { byId, el, sign, count } = Dom;
  const field = byId("search");
  const found = byId("found");
  let offers = [];
  let active = -1;
  let taken = () => {};

  function offer() {
    offers = Data.search(field.value, OFFERED);
    active = offers.length ? 0 : -1;
    found.replaceChildren(...offers.map(({ node, name }, place) => {
      const item = el("li", { role: "option", id: `found-${place}`, "aria-selected": place === active ? "true" : "false" },
        sign(node.kind), el("bdi", { class: "name" }, Data.short(name, 90)),
        name !== node.label ? el("bdi", { class: "alias" }, Data.short(node.label, 40)) : null,
        el("span", { class: "number" }, node.kind === "Paper" ? node.about.published || "paper" : count(node.papers, "paper")));
      item.addEventListener("pointerdown", (event) => event.preventDefault());
      item.addEventListener("click", () => take(place));
      return item;
    }));
    if (field.value.trim() && !offers.length) found.append(el("li", { class: "none", role: "option", "aria-disabled": "true", "aria-selected": "false" }, "Nothing is called that."));
    show(Boolean(field.value.trim()));
  }

  function show(on) {
    found.hidden = !on;
    field.setAttribute("aria-expanded", String(on));
    if (on && active >= 0) field.setAttribute("aria-activedescendant", `found-${active}`);
    else field.removeAttribute("aria-activedescendant");
  }

  function move(step) {
    if (!offers.length) return;
    active = (active + step + offers.length) % offers.length;
    [...found.children].forEach((item, place) => item.setAttribute("aria-selected", String(place === active)));
    found.children[active].scrollIntoView({ block: "nearest" });
    show(true);
  }

  function take(place) {
    const { node } = offers[place];
    show(false);
    field.value = "";
    field.blur();
    taken(node.id);
    byId("panel").focus({ preventScroll: true });
  }

  field.addEventListener("input", offer);
  field.addEventListener("focus", () => { if (field.value.trim()) offer(); });
  field.addEventListener("blur", () => show(false));
  field.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowUp") move(-1);
    else if (event.key === "Enter" && active >= 0 && !found.hidden) take(active);
    else if (event.key === "Escape") {
      event.stopPropagation();
      if (found.hidden) field.blur();
      field.value = "";
      show(false);
    } else return;
    event.preventDefault();
  });

  return { focus: () => field.focus(), onTake: (listener) => { taken = listener; } };
})();
