"use strict";

/* Completion for the editor of queries. Options stand below it in a listbox, of which the editor names the active one
   (aria-activedescendant). The page does without it; it writes text nodes only. */
{
  const form = document.querySelector("form.editor");
  const editor = form.querySelector("textarea");
  const list = document.createElement("ul");
  const status = document.createElement("p");
  const MOST = 12;
  const SHORTEST = 2;
  const INDENT = "  ";
  const WORD = /(?:[?$]\w*|[A-Za-z][\w-]*:?[\w-]*|:[\w-]*)$/;
  let words = null;
  let found = [];
  let active = -1;
  let touched = false;

  list.id = "words";
  list.className = "words";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Completions");
  status.className = "unseen";
  status.setAttribute("role", "status");
  editor.after(list, status);
  editor.setAttribute("aria-autocomplete", "list");
  editor.setAttribute("aria-controls", list.id);
  editor.setAttribute("aria-haspopup", "listbox");
  for (const hint of document.querySelectorAll(".scripted")) hint.hidden = false;

  async function load() {
    if (words) return;
    words = [];
    try {
      const answer = await fetch(form.dataset.words);
      const told = answer.ok ? await answer.json() : { prefixes: {}, terms: [], keywords: [] };
      words = [
        ...told.terms.map((term) => ({ name: term.name, about: term.about || term.kind })),
        ...Object.entries(told.prefixes).map(([prefix, iri]) => ({ name: `${prefix}:`, about: iri })),
        ...told.keywords.map((word) => ({ name: word, about: "" })),
      ];
    } catch {
      words = null;
    }
  }

  const before = () => editor.value.slice(0, editor.selectionStart);

  function variables() {
    const here = (before().match(WORD) || [""])[0];
    const all = new Set((editor.value.match(/[?$]\w+/g) || []).map((name) => `?${name.slice(1)}`));
    if (editor.value.split(here).length < 3) all.delete(`?${here.slice(1)}`);
    return [...all].sort().map((name) => ({ name, about: "variable" }));
  }

  function matching(typed) {
    const low = typed.toLowerCase();
    const all = "?$".includes(typed[0]) && typed ? variables() : words || [];
    const local = (name) => name.slice(name.indexOf(":") + 1).toLowerCase();
    const begin = all.filter((word) => word.name.toLowerCase().startsWith(low));
    const inside = typed.includes(":") || low.length < SHORTEST ? [] : all.filter((word) => !begin.includes(word) && word.name.includes(":") && local(word.name).startsWith(low));
    return [...begin, ...inside].filter((word) => word.name !== typed).slice(0, MOST);
  }

  function close() {
    list.hidden = true;
    found = [];
    choose(-1);
  }

  function choose(place) {
    active = place;
    [...list.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === place)));
    if (place < 0) editor.removeAttribute("aria-activedescendant");
    else {
      editor.setAttribute("aria-activedescendant", list.children[place].id);
      list.children[place].scrollIntoView({ block: "nearest" });
    }
  }

  function show(typed) {
    found = matching(typed);
    list.replaceChildren(...found.map((word, place) => {
      const option = document.createElement("li");
      const name = document.createElement("code");
      const about = document.createElement("span");
      option.id = `word-${place}`;
      option.className = "option";
      option.setAttribute("role", "option");
      name.textContent = word.name;
      about.className = "quiet";
      about.textContent = word.about;
      option.append(name, about);
      option.dataset.place = place;
      return option;
    }));
    list.hidden = found.length === 0;
    status.textContent = found.length ? `${found.length} completions, down arrow to choose` : "";
    choose(-1);
  }

  async function complete(asked) {
    const typed = (before().match(WORD) || [""])[0];
    const marked = "?$".includes(typed[0]) && typed;
    if (!asked && !marked && typed.length < SHORTEST) return close();
    await load();
    show(typed);
  }

  /* execCommand keeps the browser's own history of what was typed, so that Ctrl+Z takes a completion back. */
  function put(text, replaced) {
    editor.focus();
    editor.setSelectionRange(editor.selectionStart - replaced, editor.selectionEnd);
    if (!document.execCommand("insertText", false, text)) editor.setRangeText(text, editor.selectionStart, editor.selectionEnd, "end");
  }

  function take(place) {
    const typed = (before().match(WORD) || [""])[0];
    const word = found[place].name;
    close();
    put(word, typed.length);
    close();
  }

  editor.addEventListener("input", () => {
    touched = true;
    complete(false);
  });
  editor.addEventListener("blur", () => {
    touched = false;
    close();
  });
  editor.addEventListener("click", close);
  editor.addEventListener("keydown", (event) => {
    const open = !list.hidden;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit();
    } else if (event.key === " " && event.ctrlKey) {
      event.preventDefault();
      complete(true);
    } else if (event.key === "Escape") {
      if (open) close();
      else touched = false;
    } else if (open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      choose(active < 0 && step < 0 ? found.length - 1 : (active + step + found.length) % found.length);
    } else if (open && active >= 0 && (event.key === "Enter" || event.key === "Tab")) {
      event.preventDefault();
      take(active);
    } else if (event.key === "Tab" && !event.shiftKey && touched) {
      event.preventDefault();
      close();
      put(INDENT, 0);
    } else if (event.key === "Enter") {
      const [spaces] = before().slice(before().lastIndexOf("\n") + 1).match(/^ */);
      if (spaces) {
        event.preventDefault();
        close();
        put(`\n${spaces}`, 0);
      }
    }
  });
  list.addEventListener("mousedown", (event) => {
    const option = event.target.closest(".option");
    event.preventDefault();
    if (option) take(Number(option.dataset.place));
  });

  if (editor.dataset.line) {
    const lines = editor.value.split("\n").slice(0, Number(editor.dataset.line) - 1);
    const place = lines.reduce((sum, line) => sum + line.length + 1, 0) + Number(editor.dataset.column) - 1;
    editor.focus({ preventScroll: true });
    editor.setSelectionRange(place, Math.min(place + 1, editor.value.length));
  }
}
