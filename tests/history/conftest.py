"""A store of each kind: a SQLite file, and a PostgreSQL cluster that the tests start themselves."""

import getpass
import glob
import os
import shutil
import subprocess
import uuid
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.conftest import free_port

# Debian keeps what makes a cluster beside the path.
_BINARIES = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
_USER = "postgres"


def _found(name):
    return shutil.which(name) or shutil.which(name, path=os.pathsep.join(reversed(_BINARIES)))


@contextmanager
def _cluster(folder):
    """A cluster in ``folder`` on a port of 127.0.0.1; PostgreSQL refuses to run as root."""
    as_root = os.geteuid() == 0
    user = _USER if as_root else getpass.getuser()
    before = ["setpriv", f"--reuid={_USER}", f"--regid={_USER}", "--clear-groups"] if as_root else []
    if as_root:
        shutil.chown(folder, _USER, _USER)
    data, port = folder / "data", free_port()

    def call(*command):
        done = subprocess.run(
            [*before, *map(str, command)], cwd=folder, capture_output=True, text=True, timeout=120, env={"LC_ALL": "C"}
        )
        assert done.returncode == 0, done.stdout + done.stderr

    call(_found("initdb"), "-D", data, "-U", user, "-A", "trust", "-E", "UTF8", "--no-sync")
    settings = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
    call(_found("pg_ctl"), "-D", data, "-l", folder / "log", "-w", "-t", "100", "-o", settings, "start")
    try:
        yield f"postgresql://{user}@127.0.0.1:{port}/postgres"
    finally:
        call(_found("pg_ctl"), "-D", data, "-m", "immediate", "stop")


@pytest.fixture(scope="session")
def cluster():
    """The URL of a database of a cluster that ends with the tests."""
    missing = "PostgreSQL is not there (Debian: apt-get install postgresql)"
    if _found("initdb") is None:
        assert not os.environ.get("CI"), missing
        pytest.skip(missing)
    # Every folder above has to be open to the user of the cluster; those of pytest are not.
    folder = Path(subprocess.check_output(["mktemp", "-d"], text=True).strip())
    try:
        with _cluster(folder) as url:
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    """The URL of an empty store."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/store/history.sqlite"
        return
    import psycopg

    base = request.getfixturevalue("cluster")
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(base, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    yield f"{base.rpartition('/')[0]}/{name}"
    with psycopg.connect(base, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
