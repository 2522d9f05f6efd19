"""A ledger that is told once and copied for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from service.storage import EmbeddedPostgres
from tests.conftest import complete, fresh_copy
from tests.integration.auditing.scene import SIZE, Liar, Story, between, serving, tell


@dataclass(frozen=True)
class Told:
    """A database to be copied."""

    name: str
    story: Story


@dataclass(frozen=True)
class Scene:
    """A served copy of it; ``folder`` is for whatever a test needs, the ledger's is ``folder / "ledger"``."""

    database: str
    url: str
    story: Story
    folder: Path

    @property
    def auditor(self) -> Path:
        """The auditor's own folder."""
        return self.folder / "auditor"


@pytest.fixture(scope="session")
def told(postgres: EmbeddedPostgres, template: str) -> Iterator[Told]:
    """Telling takes some seconds."""
    for url in fresh_copy(postgres, template):
        story = complete(lambda url=url: tell(url))
        yield Told(urlsplit(url).path.removeprefix("/"), story)


@pytest.fixture
def copied(postgres: EmbeddedPostgres, told: Told) -> Iterator[str]:
    """The URL of a copy of it that nobody serves."""
    yield from fresh_copy(postgres, told.name)


@pytest.fixture
async def scene(copied: str, told: Told, tmp_path: Path) -> AsyncIterator[Scene]:
    """A copy of it, served."""
    async with serving(copied, tmp_path / "ledger", SIZE) as url:
        yield Scene(copied, url, told.story, tmp_path)


@pytest.fixture
async def liar(scene: Scene) -> AsyncIterator[Liar]:
    """Somebody between the ledger and who asks."""
    async with between(scene.url) as liar:
        yield liar
