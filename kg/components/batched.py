"""What components share that read several Docs at a time."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence

from spacy.tokens import Doc

from kg.processes import BATCH_SIZE, batches


class BatchedComponent(ABC):
    """A component of spaCy that annotates Docs together; what comes out does not depend on how many."""

    @abstractmethod
    def annotate(self, docs: Sequence[Doc]) -> None:
        """Annotate some Docs."""

    def __call__(self, doc: Doc) -> Doc:
        """Annotate a Doc."""
        self.annotate([doc])
        return doc

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = BATCH_SIZE) -> Iterator[Doc]:
        """Annotate Docs, several at a time."""
        for docs in batches(stream, batch_size):
            self.annotate(docs)
            yield from docs
