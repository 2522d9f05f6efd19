"""Sample data: the public cases, told over the public interface by invented operators.

``load`` is a client like any other: it signs in, sends JSON, uploads papers. Rules that it keeps: only a
service on this machine is loaded; every step has a key of its own, so that a load that was cut off goes on
where it stopped and a complete one is never repeated; passwords are random and told once.
"""

from service.sample.guide import Guide
from service.sample.loading import load

__all__ = ["Guide", "load"]
