"""Commands where there is no network at all."""

from __future__ import annotations

import shutil
import subprocess

import pytest


def without_network(*command: str) -> list[str]:
    """``command`` in a network namespace of its own, where not even loopback is up; or skips, saying so."""
    tool = shutil.which("unshare")
    for options in (["-rn"], ["-n"]):
        if (
            tool
            and subprocess.run([tool, *options, "true"], capture_output=True, check=False).returncode == 0
        ):
            return [tool, *options, *command]
    pytest.skip("this machine permits no network namespace: unshare -rn and unshare -n both fail")
