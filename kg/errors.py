"""What can go wrong, as one tree.

KgError
├── InputError        a source or record that cannot be read
├── RuleError         a rule file that says something it may not
├── GraphError        a graph, or a graph folder, that is not what it should be
├── ExportError       an exporter that is unknown or cannot write
├── QueryError        a query that is wrong, is refused, or takes too much
│   ├── RefusedQueryError   it would change the graph, or ask another machine
│   ├── AnswerFormError     its answer cannot be written in the form asked for
│   └── SizeLimitError      its answer is larger than it may be
├── ProcessError      a process that should answer does not
│   ├── TimeLimitError      it takes more time than it may
│   └── BusyError           too much is asked at once
└── ServeError        the explorer cannot be served where it was asked for
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


class ServeError(KgError):
    """The explorer cannot be served at the address where it was asked for."""


class RefusedQueryError(QueryError):
    """A query would change the graph, or ask another machine."""


class AnswerFormError(QueryError):
    """The answer to a query cannot be written in the form asked for: triples as rows, or rows as triples."""


class SizeLimitError(QueryError):
    """The answer to a query is larger than it may be."""


class ProcessError(KgError):
    """A process that should answer does not."""


class TimeLimitError(ProcessError):
    """An answer takes more time than it may."""


class BusyError(ProcessError):
    """Too much is asked at once; later there may be an answer."""
