"use strict";

/* Completion for the search boxes, after the combobox pattern of the ARIA Authoring Practices Guide. The pages do
   without it; it writes text nodes only. */
for (const form of document.querySelectorAll("form[data-suggest]")) {
  const input = form.querySelector("input[name=q]");
  const kind = form.querySelector("input[name=type]");
  const list = document.createElement("ul");
  const WAIT = 120;
  let timer = 0;
  let asked = 0;
  let active = -1;

  list.id = `${input.id}-found`;
  list.className = "found";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Found");
  form.append(list);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");

  const el = (tag, name, text) => {
    const element = document.createElement(tag);
    element.className = name;
    element.textContent = text;
    return element;
  };

  function close() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    choose(-1);
  }

  function choose(place) {
    active = place;
    [...list.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === place)));
    if (place < 0) input.removeAttribute("aria-activedescendant");
    else {
      input.setAttribute("aria-activedescendant", list.children[place].id);
      list.children[place].scrollIntoView({ block: "nearest" });
    }
  }

  function show(hits) {
    list.replaceChildren(...hits.map((hit, place) => {
      const option = el("li", `option ${hit.kind.toLowerCase()}`, "");
      const name = document.createElement("bdi");
      name.textContent = hit.label;
      option.id = `${list.id}-${place}`;
      option.setAttribute("role", "option");
      option.dataset.url = hit.url;
      option.append(el("span", "kind", hit.kind), name);
      if (hit.name !== hit.label) option.append(el("span", "quiet", `also ${hit.name}`));
      option.append(el("span", "quiet count", hit.papers ? hit.papers.toLocaleString("en") : hit.year || ""));
      return option;
    }));
    list.hidden = hits.length === 0;
    input.setAttribute("aria-expanded", String(hits.length > 0));
    choose(-1);
  }

  async function ask() {
    const number = ++asked;
    const text = input.value.trim();
    if (!text) return close();
    const parameters = new URLSearchParams({ q: text });
    if (kind) parameters.set("type", kind.value);
    try {
      const answer = await fetch(`${form.dataset.suggest}?${parameters}`);
      const hits = answer.ok ? await answer.json() : [];
      if (number === asked) show(hits);
    } catch {
      close();
    }
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  input.addEventListener("keydown", (event) => {
    const count = list.hidden ? 0 : list.children.length;
    if (event.key === "Escape" && count) {
      event.preventDefault();
      close();
    } else if (count && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      choose(active < 0 && step < 0 ? count - 1 : (active + step + count) % count);
    } else if (event.key === "Enter" && count && active >= 0) {
      event.preventDefault();
      location.assign(list.children[active].dataset.url);
    }
  });
  list.addEventListener("mousedown", (event) => {
    const option = event.target.closest(".option");
    event.preventDefault();
    if (option) location.assign(option.dataset.url);
  });
  input.addEventListener("blur", close);
}

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const input = document.querySelector("form[data-suggest] input[name=q]");
  if (input) {
    event.preventDefault();
    input.focus();
  }
});
