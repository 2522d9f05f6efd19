"""The served bazaar (tests/integration/reading), to sample in."""

from tests.integration.reading.conftest import served

__all__ = ["served"]
