"""Loading the sample into a running service."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

from service.sample.guide import Guide, read_note, visitors, write_note
from service.sample.stage import NewPassword, Stage, set_stage, sign_in
from service.sample.stories import tell_all


async def load(
    base_url: str, note: Path, login: str, password: str | None, new_password: NewPassword
) -> Guide:
    """Load what is missing, and tell what to look at.

    ``login`` and ``password`` are the platform manager's; where a load goes on the password is not known any
    more (None), and ``new_password`` gives it, and others whose first answer got lost, a new one. ``note`` is
    the file that says that the sample is complete. Raises RefusedError and aiohttp.ClientError.
    """
    complete = read_note(note)
    if complete is not None:
        return Guide(complete, {})
    async with AsyncExitStack() as stack:
        stage = Stage(base_url, stack, new_password)
        await sign_in(stage, login, password)
        await set_stage(stage, login)
        found = visitors(login, await tell_all(stage))
    passwords = stage.passwords
    for visitor in found:
        if visitor.login is not None and visitor.login not in passwords:
            passwords[visitor.login] = await new_password(visitor.login)
    write_note(note, found)
    return Guide(found, passwords)
