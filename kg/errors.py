"""What can go wrong, as one tree.

KgError
├── InputError        a source or record that cannot be read
├── RuleError         a rule file that says something it may not
├── GraphError        a graph, or a graph folder, that is not what it should be
├── ExportError       an exporter that is unknown or cannot write
└── QueryError        a query that is wrong, is refused, or takes too much
"""

from __future__ import annotations


class KgError(Exception):
    """Base of every error that kg raises on purpose; its text is one line that says what to do."""


class InputError(KgError):
    """A source or a record cannot be read."""


class RuleError(KgError):
    """A rule file says something it may not.

    The message begins with ``file:line:`` where the line is known.
    """


class GraphError(KgError):
    """A graph, or a folder that should hold one, is not what it should be."""


class ExportError(KgError):
    """An exporter is unknown, or cannot write what it was given."""


class QueryError(KgError):
    """A query is wrong, asks for what is refused, or takes more time or space than it may."""
