"""Settings and fixtures that all tests share."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from spacy.language import Language

from kg.extraction import pipeline
from kg.rulebook import Rulebook
from tests.browser import browser  # noqa: F401 - a fixture
from tests.object_store import bucket, forget_clients, object_server  # noqa: F401 - fixtures

settings.register_profile(
    "ci",
    derandomize=True,
    deadline=None,
    max_examples=100,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("ci")


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    """The rules that come with kg."""
    return Rulebook.load()


@pytest.fixture(scope="session")
def nlp() -> Language:
    """The pipeline with the rules that come with kg."""
    return pipeline()
