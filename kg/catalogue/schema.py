"""The tables of a catalogue, and how evidence is packed in them."""

from __future__ import annotations

from typing import Final

FORMAT: Final = "2"
"""Raised when the tables change, so that a catalogue of another kg is made anew."""
FIELDS: Final = ("title", "abstract", "text")

TABLES: Final = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE node (
  id INTEGER PRIMARY KEY, key TEXT NOT NULL, kind TEXT NOT NULL, label TEXT NOT NULL, papers INTEGER NOT NULL,
  degree INTEGER NOT NULL, year INTEGER, attributes TEXT NOT NULL
);
CREATE TABLE relation (id INTEGER PRIMARY KEY, name TEXT NOT NULL, edges INTEGER NOT NULL);
CREATE TABLE rule (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE edge (
  source INTEGER NOT NULL, relation INTEGER NOT NULL, target INTEGER NOT NULL, confidence REAL NOT NULL,
  items INTEGER NOT NULL, evidence TEXT NOT NULL, attributes TEXT NOT NULL,
  PRIMARY KEY (source, relation, target)
) WITHOUT ROWID;
CREATE TABLE name (id INTEGER PRIMARY KEY, node INTEGER NOT NULL, name TEXT NOT NULL, folded TEXT NOT NULL);
CREATE VIRTUAL TABLE words USING fts5(
  name, content='', columnsize=0, detail=full, prefix='1 2 3', tokenize="unicode61 remove_diacritics 2"
);
"""
INDEXES: Final = """
CREATE UNIQUE INDEX node_by_key ON node (key);
CREATE INDEX node_by_kind ON node (kind, id);
CREATE INDEX edge_by_target ON edge (target, relation, source);
CREATE INDEX name_by_folded ON name (folded, id);
ANALYZE;
"""
