"""The served bazaar (tests/integration/reading), to hold a drill in."""

from tests.integration.reading.conftest import served

__all__ = ["served"]
