"""The embedded server lives exactly as long as the service, and survives whatever kills either."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import asyncpg
import pytest

from schema.problems import LANGUAGES, Problem, explain
from service.storage import EmbeddedPostgres, open_pool

SERVE = Path(__file__).with_name("serve.py")
AS_NOBODY = [
    # The capability lets that account read the interpreter, which may lie under /root, and write nothing.
    *("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"),
    *("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"),
]


def within(seconds: float, condition: Callable[[], bool]) -> bool:
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def servers(data: Path) -> list[int]:
    """Processes that stand in the cluster of ``data``: the server's."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").samefile(data / "postgres"):
                found.append(int(process.name))
        except OSError:
            continue
    return sorted(found)


def postmaster(data: Path) -> int:
    return int((data / "postgres" / "postmaster.pid").read_text().splitlines()[0])


def parent(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])


@contextmanager
def service(data: Path, *, wrapper: list[str] | None = None) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A service process of its own on ``data``, and the first line it printed."""
    process = subprocess.Popen(
        [*(wrapper or []), sys.executable, str(SERVE), str(data)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout
        yield process, process.stdout.readline().strip()
    finally:
        process.communicate()


async def sql(url: str, statement: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def sql_when_back(url: str, statement: str) -> object:
    for _ in range(400):
        try:
            return await sql(url, statement)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            await asyncio.sleep(0.025)
    return await sql(url, statement)


async def test_it_starts_keeps_what_it_was_told_and_leaves_nothing_behind(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with EmbeddedPostgres(data) as server:
        await sql(server.url(), "CREATE TABLE kept AS SELECT 1006 AS cartons")
        sockets = str(await sql(server.url(), "SHOW unix_socket_directories"))
        assert os.listdir(sockets)  # noqa: PTH208
    assert servers(data) == []
    assert not os.access(sockets, os.F_OK)
    async with EmbeddedPostgres(data) as server:
        assert await sql(server.url(), "SELECT cartons FROM kept") == 1006


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("fsync", "on"),
        ("full_page_writes", "on"),
        ("synchronous_commit", "on"),
        ("data_checksums", "on"),
        ("listen_addresses", ""),
        ("server_encoding", "UTF8"),
        ("min_wal_size", "1GB"),
        ("max_connections", "200"),
        ("dynamic_shared_memory_type", "sysv"),
    ],
)
async def test_its_settings(postgres: EmbeddedPostgres, setting: str, value: str) -> None:
    assert await sql(postgres.url(), f"SHOW {setting}") == value


async def test_letters_have_cases_in_every_script(postgres: EmbeddedPostgres) -> None:
    assert await sql(postgres.url(), "SELECT upper('é冻')") == "É冻"


async def test_it_asks_for_its_password(postgres: EmbeddedPostgres) -> None:
    user, _, rest = postgres.url().partition("@")
    with pytest.raises(asyncpg.InvalidPasswordError):
        await sql(f"{user[:-1]}x@{rest}", "SELECT 1")


def test_only_the_owner_can_read_the_password_and_the_data(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path / "data"):
        modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "data").iterdir()}
    assert modes == {"postgres": 0o700, "postgres.password": 0o600, "postgres.log": 0o600, "lock": 0o600}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has another account run the server")
def test_root_has_an_account_of_its_own_run_the_server(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)  # a folder of root's that the account cannot walk through, such as /root
    data = tmp_path / "data"
    with EmbeddedPostgres(data):
        owner = Path(f"/proc/{postmaster(data)}").stat().st_uid
    assert owner not in {0, 65534}
    assert (data / "postgres").stat().st_uid == owner


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be another user")
@pytest.mark.skipif(shutil.which("setpriv") is None, reason="setpriv is not installed")
def test_an_ordinary_user_runs_it_and_root_may_go_on(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    data = tmp_path_factory.mktemp("ordinary")
    os.chown(data, 65534, 65534)
    with service(data, wrapper=AS_NOBODY) as (_, url):
        assert url.startswith("postgresql://")
        assert Path(f"/proc/{postmaster(data)}").stat().st_uid == 65534
    with EmbeddedPostgres(data):
        assert Path(f"/proc/{postmaster(data)}").stat().st_uid == 65534
    with service(data, wrapper=AS_NOBODY) as (_, url):
        assert url.startswith("postgresql://")


def test_kill_9_of_the_service_leaves_no_server(tmp_path: Path) -> None:
    with service(tmp_path) as (process, _):
        assert servers(tmp_path)
        process.kill()
        assert within(5, lambda: not servers(tmp_path))


def test_kill_9_of_the_keeper_leaves_no_server(tmp_path: Path) -> None:
    with service(tmp_path):
        os.kill(parent(postmaster(tmp_path)), signal.SIGKILL)
        assert within(5, lambda: not servers(tmp_path))


async def test_a_server_that_was_killed_comes_back(tmp_path: Path) -> None:
    async with EmbeddedPostgres(tmp_path) as server:
        await sql(server.url(), "CREATE TABLE kept AS SELECT 27000000 AS grams")
        for _ in range(2):
            os.kill(postmaster(tmp_path), signal.SIGKILL)
            assert await sql_when_back(server.url(), "SELECT grams FROM kept") == 27_000_000
    assert servers(tmp_path) == []


async def test_a_pool_goes_on_with_the_server_that_came_back(tmp_path: Path) -> None:
    async with EmbeddedPostgres(tmp_path) as server, await open_pool(server.url(), None, 2) as pool:
        before = await pool.fetchval("SELECT pg_postmaster_start_time()")
        os.kill(postmaster(tmp_path), signal.SIGKILL)
        after = before
        for _ in range(400):
            with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                after = await pool.fetchval("SELECT pg_postmaster_start_time()")
            if after != before:
                break
            await asyncio.sleep(0.025)
        assert after > before


async def test_everything_killed_at_once_starts_again_with_its_data(tmp_path: Path) -> None:
    with service(tmp_path) as (process, url):
        await sql(url, "CREATE TABLE kept AS SELECT 1006 AS cartons")
        for victim in (process.pid, parent(postmaster(tmp_path)), *servers(tmp_path)):
            # The later ones fall with the earlier ones, now and then before they are hit.
            with suppress(ProcessLookupError):
                os.kill(victim, signal.SIGKILL)
    assert (tmp_path / "postgres" / "postmaster.pid").exists()
    async with EmbeddedPostgres(tmp_path) as server:
        assert await sql(server.url(), "SELECT cartons FROM kept") == 1006


def test_a_pid_file_that_names_a_process_of_someone_else_is_no_obstacle(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path):
        lines = (tmp_path / "postgres" / "postmaster.pid").read_text().splitlines()
    stale = tmp_path / "postgres" / "postmaster.pid"
    stale.write_text("\n".join([str(os.getpid()), *lines[1:7], "ready   \n"]))
    with EmbeddedPostgres(tmp_path):
        assert postmaster(tmp_path) in servers(tmp_path)


def test_ctrl_c_stops_the_server_in_order(tmp_path: Path) -> None:
    with service(tmp_path) as (process, _):
        # The terminal's signal reaches the service's group; the server, not in it, serves to the last.
        assert os.getpgid(postmaster(tmp_path)) != os.getpgid(process.pid)
        os.killpg(process.pid, signal.SIGINT)
        assert process.stdout
        assert process.stdout.readline().strip() == "interrupted"
        assert servers(tmp_path) == []
    assert "received fast shutdown request" in (tmp_path / "postgres.log").read_text()


def test_many_start_at_once_in_folders_of_their_own(tmp_path: Path) -> None:
    running = [EmbeddedPostgres(tmp_path / str(number)) for number in range(3)]
    try:
        with ThreadPoolExecutor() as threads:
            list(threads.map(EmbeddedPostgres.start, running))
        # The threads that started them are gone; the servers are not.
        assert all(asyncio.run(sql(server.url(), "SELECT 1")) == 1 for server in running)
    finally:
        for server in running:
            server.stop()


def refusal(data: Path) -> Problem:
    with pytest.raises(Problem) as caught, EmbeddedPostgres(data):
        pass
    assert all(explain(caught.value, language).remedy for language in LANGUAGES)
    return caught.value


def test_a_folder_in_use_is_refused_and_its_user_named(tmp_path: Path) -> None:
    with service(tmp_path) as (process, _):
        problem = refusal(tmp_path)
        assert problem.code == "storage.in-use"
        assert explain(problem, "en").detail == f"Process {process.pid} is using {tmp_path}."
        assert explain(problem, "zh").detail == f"进程 {process.pid} 正在使用 {tmp_path}。"
        assert servers(tmp_path)


def test_another_major_version_is_refused_untouched(tmp_path: Path) -> None:
    version = tmp_path / "postgres" / "PG_VERSION"
    version.parent.mkdir()
    version.write_text("17\n")
    problem = refusal(tmp_path)
    assert problem.code == "storage.other-version"
    assert "made by PostgreSQL 17; this is PostgreSQL 18" in explain(problem, "en").detail
    assert "由 PostgreSQL 17 创建,而当前程序为 PostgreSQL 18" in explain(problem, "zh").detail
    assert [path.name for path in version.parent.iterdir()] == ["PG_VERSION"]


def test_a_folder_of_other_things_is_refused_untouched(tmp_path: Path) -> None:
    thesis = tmp_path / "postgres" / "thesis.txt"
    thesis.parent.mkdir()
    thesis.write_text("mine")
    assert refusal(tmp_path).code == "storage.not-a-database"
    assert thesis.read_text() == "mine"


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert refusal(tmp_path / "file" / "data").code == "storage.data-folder-not-writable"


def test_a_lost_password_is_named(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path):
        pass
    (tmp_path / "postgres.password").unlink()
    assert refusal(tmp_path).code == "storage.password-missing"


def test_a_server_that_cannot_start_says_why_and_frees_the_folder(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path):
        pass
    settings = tmp_path / "postgres" / "postgresql.conf"
    good = settings.read_text()
    settings.write_text(good + "\nmax_connections = many\n")
    problem = refusal(tmp_path)
    assert problem.code == "storage.server-failed"
    assert "max_connections" in explain(problem).detail
    settings.write_text(good)
    with EmbeddedPostgres(tmp_path):
        assert servers(tmp_path)


def test_a_making_that_was_cut_short_is_made_again(tmp_path: Path) -> None:
    half = tmp_path / "postgres.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    with EmbeddedPostgres(tmp_path):
        assert servers(tmp_path)
    assert not half.exists()
