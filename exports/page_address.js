"use strict";

/* The address keeps what is selected, filtered, pinned, hidden and opened, so that a link leads back to it.

   A node alone is "#method/ResNet"; anything more is "#node=method/ResNet&years=2015-2020&pin=dataset/COCO".
   Where there is no address to keep it in (a frame without an origin), the page works all the same. */
const Address = (() => {
  const LONGEST_KEY = 2000;
  const LISTS = ["pin", "hide", "open"];

  /* Half a character cannot stand in an address, and what is too long does not survive being sent. */
  function written(text) {
    try {
      const found = encodeURIComponent(text).replaceAll("%2F", "/");
      return found.length > LONGEST_KEY ? null : found;
    } catch {
      return null;
    }
  }

  const list = (texts) => texts.map(written).filter((text) => text !== null).join(",");

  function read(text) {
    try {
      return decodeURIComponent(text);
    } catch {
      return "";
    }
  }

  function encode(state) {
    const { filters } = state;
    const parts = [];
    const add = (name, value) => { if (value) parts.push(`${name}=${value}`); };
    const node = state.node === null ? null : written(state.node);
    add("node", node);
    if (state.tie && state.tie.map(written).every((end) => end !== null)) add("tie", list(state.tie));
    if (state.region !== null) add("region", String(state.region));
    if (filters.kinds.length < Data.kinds.length) parts.push(`types=${list(filters.kinds)}`);
    if (filters.roles.length < 4) parts.push(`roles=${list(filters.roles)}`);
    if (filters.from !== null || filters.to !== null) parts.push(`years=${filters.from ?? ""}-${filters.to ?? ""}`);
    for (const name of ["confidence", "papers", "sentences"]) add(name, filters[name] && String(filters[name]));
    for (const name of LISTS) add(name, list(state[name]));
    if (state.all) parts.push("all=1");
    return node !== null && parts.length === 1 ? `#${node}` : parts.length ? `#${parts.join("&")}` : "";
  }

  function decode(hash) {
    const text = hash.replace(/^#/, "");
    const given = text.includes("=")
      ? new Map(text.split("&").map((part) => [part.slice(0, part.indexOf("=")), part.slice(part.indexOf("=") + 1)]))
      : new Map([["node", text]]);
    const many = (name) => (given.get(name) || "").split(",").filter(Boolean).map(read);
    const named = (name) => (given.has(name) ? many(name) : null);
    const [from, to] = (given.get("years") || "-").split("-").map((year) => (year ? Number(year) : null));
    const tie = many("tie");
    return {
      node: given.get("node") ? read(given.get("node")) : null,
      tie: tie.length === 2 ? tie : null,
      region: /^\d+$/.test(given.get("region") || "") ? Number(given.get("region")) : null,
      filters: {
        kinds: named("types"), roles: named("roles"), from, to,
        confidence: Number(given.get("confidence")), papers: Number(given.get("papers")), sentences: Number(given.get("sentences")),
      },
      ...Object.fromEntries(LISTS.map((name) => [name, many(name)])),
      all: given.get("all") === "1",
    };
  }

  /* A new place in the history where something else is selected; a correction of this one where it is only filtered. */
  function keep(state, isNew) {
    const hash = encode(state);
    if (location.hash === hash) return;
    try {
      history[isNew ? "pushState" : "replaceState"](null, "", hash || location.pathname + location.search);
    } catch {
      // A frame without an origin has no history of its own.
    }
  }

  return { encode, decode, keep, current: () => decode(location.hash) };
})();
