"""Fixtures that the tests of the explorer share."""

from __future__ import annotations

from tests.web.served import examples_folder, examples_served, explorer, hostile_served  # noqa: F401 - fixtures
