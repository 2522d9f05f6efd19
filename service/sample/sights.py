"""What is worth seeing in the sample: names of sights to ids and codes."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Sights:
    """Filled by the stories as they are told, read by the guide."""

    ids: dict[str, int] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
