"""The catalogue of a graph: an SQLite database by which any node is found and shown without loading the graph.

It holds what the graph holds, and indexes beside: names for searching, edges by both of their ends. Nodes are numbered
by importance (entities by the papers that name them, then papers from the newest, then results), so that whatever is
asked for comes in this order without being sorted. :func:`kg.catalogue.opening.open_catalogue` makes it where it is
missing.
"""
