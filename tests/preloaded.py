"""What is loaded before a process is forked for a command (``tests/forked.py``): libraries, and the pipeline of kg."""

from __future__ import annotations

import importlib

from kg.extraction import extract

LIBRARIES = (
    "duckdb",
    "matplotlib.figure",
    "networkx",
    "pandas",
    "pyarrow.parquet",
    "pyoxigraph",
    "rdflib",
    "scipy.sparse",
)
for library in LIBRARIES:
    importlib.import_module(library)
list(extract("We train BERT on ImageNet."))
