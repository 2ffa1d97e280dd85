"""DKR-I104: images that waste room or carry secrets."""

import time

import pytest

from sickbay.diagnostics.model import Confidence, Subject
from sickbay.diagnostics.platforms.docker.checks.image_building import image_building
from sickbay.diagnostics.platforms.docker.checks.image_hygiene import image_hygiene
from sickbay.diagnostics.platforms.docker.snapshot import Image, Snapshot
from sickbay.diagnostics.platforms.docker.wire.containers import Config
from sickbay.diagnostics.platforms.docker.wire.engine import BuildCache, DiskUsage
from sickbay.diagnostics.platforms.docker.wire.images import HistoryLayer, ImageSummary
from sickbay.diagnostics.redaction import redact, redact_variable
from tests.unit.diagnostics.platforms.docker.hosts import findings, host, image

GB, MB = 1_000_000_000, 1_000_000


def layer(created_by: str, size: int = 0) -> HistoryLayer:
    """One layer, its command redacted as the collector does it."""
    return HistoryLayer(created_by=redact(created_by), size=size)


def built(*layers: HistoryLayer) -> Snapshot:
    return host(images={"sha256:1": image(history=layers)})


@pytest.mark.parametrize(
    ("command", "kind"),
    [
        ("ENV DB_PASSWORD=correct-horse", "DB_PASSWORD"),
        ("/bin/sh -c #(nop)  ENV API_TOKEN=abcdef0123456789", "API_TOKEN"),
        ("|1 NPM_TOKEN=abcdef0123456789 /bin/sh -c npm ci", "NPM_TOKEN"),
        ("RUN |1 NPM_TOKEN=abcdef0123456789 /bin/sh -c npm ci # buildkit", "NPM_TOKEN"),
        ("RUN /bin/sh -c aws configure set aws_access_key_id AKIAIOSFODNN7EXAMPLE # buildkit", "AWS key"),
        ("RUN /bin/sh -c git clone https://ci:hunter22@git.example.com/shop.git # buildkit", "password"),
    ],
)
def test_a_secret_in_the_history(command: str, kind: str) -> None:
    """Given a layer whose command held a secret, when judged, then its kind is told and never its value."""
    (finding,) = findings(image_hygiene, built(layer(command)))

    assert finding.subject == Subject("image", "shop/web:1.4")
    assert finding.summary == f"shop/web:1.4 has a secret in its history ({kind})."
    assert finding.confidence is Confidence.INFERRED


@pytest.mark.parametrize(
    "command",
    [
        "ENV GPG_KEY=A035C8C19219BA821ECEA86B64E628F8D684696D",
        "ENV MYSQL_ROOT_PASSWORD=",
        "ENV POSTGRES_PASSWORD_FILE=/run/secrets/db",
        "LABEL org.opencontainers.image.authors=shop@example.com",
        "RUN /bin/sh -c export TOKEN=$(cat /run/secrets/token) && npm ci # buildkit",
        "RUN /bin/sh -c curl -o /tmp/a.asc https://example.com/release.asc # buildkit",
    ],
)
def test_what_only_looks_like_a_secret(command: str) -> None:
    """Given a key's fingerprint, an empty value, a file's name, an author or a variable, then nothing is said."""
    assert findings(image_hygiene, built(layer(command))) == []


@pytest.mark.parametrize(
    ("command", "size", "wasteful"),
    [
        ("RUN /bin/sh -c chown -R app:app /srv # buildkit", 120 * MB, True),
        ("RUN /bin/sh -c chmod --recursive a+r /srv # buildkit", 120 * MB, True),
        ("RUN /bin/sh -c chown -R app:app /srv # buildkit", 2 * MB, False),
        ("RUN /bin/sh -c chown app:app /srv/one # buildkit", 120 * MB, False),
        ("COPY --chown=app:app build /srv # buildkit", 120 * MB, False),
    ],
)
def test_a_layer_that_repeats_files(command: str, size: int, wasteful: bool) -> None:
    """Given a layer that changes owner or mode of whole trees, when it is large, then its size is told as waste."""
    found = findings(image_hygiene, built(layer(command, size)))

    assert [item.summary for item in found] == (
        ["shop/web:1.4 copies 120 MB only to change owner or mode."] if wasteful else []
    )


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (
            "RUN /bin/sh -c apt-get update && apt-get install -y gcc # buildkit",
            "keeps the cache of apt in a layer of 120 MB",
        ),
        ("/bin/sh -c apk add gcc", "keeps the cache of apk in a layer of 120 MB"),
        ("RUN /bin/sh -c dnf -y install gcc # buildkit", "keeps the cache of yum in a layer of 120 MB"),
        ("RUN /bin/sh -c pip install torch # buildkit", "keeps the cache of pip in a layer of 120 MB"),
    ],
)
def test_a_cache_that_is_left(command: str, says: str) -> None:
    """Given a large layer whose command fills a package manager's cache and keeps it, then that is inferred."""
    (finding,) = findings(image_hygiene, built(layer(command, 120 * MB)))

    assert finding.summary == f"shop/web:1.4 {says}."
    assert finding.confidence is Confidence.INFERRED
    assert findings(image_hygiene, built(layer(command, 2 * MB))) == []


@pytest.mark.parametrize(
    "command",
    [
        "RUN /bin/sh -c apt-get update && apt-get install -y gcc && rm -rf /var/lib/apt/lists/* # buildkit",
        "RUN /bin/sh -c apk add --no-cache gcc # buildkit",
        "RUN /bin/sh -c dnf -y install gcc && dnf clean all # buildkit",
        "RUN /bin/sh -c pip install --no-cache-dir torch # buildkit",
        "RUN /bin/sh -c make install # buildkit",
        "COPY apt-get install /srv # buildkit",
    ],
)
def test_a_cache_that_is_emptied_or_none(command: str) -> None:
    """Given a large layer whose command empties its cache, or fills none, then nothing is said."""
    assert findings(image_hygiene, built(layer(command, 120 * MB))) == []


def test_pip_may_be_told_by_the_environment_to_keep_no_cache() -> None:
    """Given an image with PIP_NO_CACHE_DIR, then a large layer of pip's is no waste."""
    packages = (layer("RUN /bin/sh -c pip install torch # buildkit", 120 * MB),)
    quiet = image(history=packages, config=Config(env=("PIP_NO_CACHE_DIR=1",)))

    assert findings(image_hygiene, host(images={"sha256:1": quiet})) == []


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("RUN /bin/sh -c rm -rf /usr/src/build /root/.cache # buildkit", True),
        ("/bin/sh -c apt-get clean && rm -rf /var/lib/apt/lists/*", True),
        ("RUN /bin/sh -c set -ex; rm -r /build # buildkit", True),
        ("/bin/sh -c rm /site.tar.gz", True),
        ("RUN /bin/sh -c rm -r -f /build # buildkit", True),
        ("RUN /bin/sh -c rm -rf /tmp/x # buildkit", False),
        ("RUN /bin/sh -c rm /tmp/x # buildkit", False),
        ("RUN /bin/sh -c make && rm -rf /build # buildkit", False),
        ("ENTRYPOINT rm -rf /build", False),
    ],
)
def test_what_is_deleted_too_late(command: str, told: bool) -> None:
    """Given a step that only deletes, then what an earlier layer still holds is told; where it made it, nothing is."""
    found = findings(image_hygiene, built(layer(command)))

    says = "shop/web:1.4 deletes in one layer what an earlier one still holds."
    assert [item.summary for item in found] == ([says] if told else [])


def test_a_secret_in_the_environment_alone() -> None:
    """Given an image whose history was not read, then a secret in its environment is told by name, never by value."""
    secret = Config(env=("PATH=/bin", redact_variable("DB_PASSWORD=correct-horse"), "POSTGRES_PASSWORD_FILE=/run/x"))
    (finding,) = findings(image_hygiene, host(images={"sha256:1": Image(inspect=image(config=secret).inspect)}))

    assert finding.summary == "shop/web:1.4 has a secret in its environment (DB_PASSWORD)."
    assert finding.evidence[0].source == "GET /images/shop/web:1.4/json Config.Env"
    assert "correct-horse" not in str(finding)


def test_a_secret_is_not_told_twice() -> None:
    """Given a variable that the history sets too, then it is told once."""
    env = Config(env=(redact_variable("DB_PASSWORD=correct-horse"),))
    both = image(history=(layer("ENV DB_PASSWORD=correct-horse"),), config=env)

    (finding,) = findings(image_hygiene, host(images={"sha256:1": both}))

    assert finding.summary == "shop/web:1.4 has a secret in its history (DB_PASSWORD)."
    assert len(finding.evidence) == 1


@pytest.mark.parametrize("part", ["rm -rf ", "apt-get -y ", "RUN |1 ", "/bin/sh -c ", "-x ", " ", "ADD x"])
def test_a_hostile_history_costs_little(part: str) -> None:
    """Given commands as long as the collector keeps them, made to be slow to search, then that costs little time."""
    commands = [f"{start}{part * (10_000 // len(part))}" for start in ("", "RUN /bin/sh -c ", "ADD ")]
    snapshot = built(*(HistoryLayer(created_by=command[:10_000], size=120 * MB) for command in commands))
    began = time.process_time()

    findings(image_hygiene, snapshot)
    findings(image_building, snapshot)

    assert time.process_time() - began < 1


def test_images_and_cache_that_nothing_uses() -> None:
    """Given dangling images and build cache of more than 10 GB, when judged, then they are counted together."""
    images = (
        ImageSummary(id="sha256:1", repo_tags=("<none>:<none>",), size=7 * GB, shared_size=1 * GB, containers=0),
        ImageSummary(id="sha256:2", repo_tags=(), size=40 * GB, shared_size=0, containers=2),
        ImageSummary(id="sha256:3", repo_tags=("old:1",), size=50 * GB, shared_size=0, containers=0),
    )

    (finding,) = findings(image_hygiene, host(disk=DiskUsage(images=images, build_cache=(BuildCache(size=6 * GB),))))

    assert finding.summary == "host-7 keeps 12 GB of images and build cache unused."
    assert findings(image_hygiene, host(disk=DiskUsage(images=images))) == []


def test_images_whose_use_is_not_told() -> None:
    """Given dangling images of which the engine does not say who uses them, when judged, then nothing is said."""
    unknown = (ImageSummary(id="sha256:1", size=40 * GB),)

    assert findings(image_hygiene, host(disk=DiskUsage(images=unknown))) == []
    assert findings(image_hygiene, host(disk=None)) == []
