"""REG-103: who may not pull, and whether that is for who they are or for what they ask."""

import pytest

from sickbay.diagnostics.platforms.registry.checks.access_denied import access_denied
from sickbay.diagnostics.platforms.registry.snapshot import Access
from tests.unit.diagnostics.platforms.registry.registries import (
    access,
    credentials,
    findings,
    image,
    registry,
    told,
)

NOBODY = access(401, "UNAUTHORIZED")
NAME = "registry.lan/shop/web:1.0"


@pytest.mark.parametrize(
    ("accesses", "says", "cures"),
    [
        ((NOBODY,), "may not be pulled by anonymous, and Sickbay has no credentials to try.", "Give whoever pulls"),
        ((NOBODY, access(307, by="ci")), "may not be pulled by anonymous, and ci got HTTP 307.", "Give whoever pulls"),
        ((NOBODY, access(401, by="ci")), "cannot be pulled by ci, whose credentials are not accepted.", "Log in anew"),
        ((access(), access(401, by="ci")), "credentials are not accepted; anonymous may pull it.", "Log in anew"),
        ((NOBODY, access(403, "DENIED", by="ci")), "may not be pulled by anonymous and ci.", "Let ci pull"),
        (
            (NOBODY, access(401, "UNAUTHORIZED", by="ci", granted_by_token=())),
            "may not be pulled by anonymous and ci; the token allows nothing there.",
            "Let ci pull",
        ),
    ],
)
def test_each_denial_has_its_words_and_remedy(accesses: tuple[Access, ...], says: str, cures: str) -> None:
    """Given who was refused and how, when judged, then the credentials, the right or their lack is named."""
    (finding,) = findings(access_denied, registry(image(NAME, *accesses)))

    assert finding.summary.startswith(NAME)
    assert finding.summary.endswith(says)
    assert finding.remedy
    assert cures in finding.remedy.text
    assert len(finding.evidence) == len(accesses)


@pytest.mark.parametrize(
    "accesses",
    [(access(),), (NOBODY, access(by="ci")), (access(404, "MANIFEST_UNKNOWN"),), (access(503),)],
)
def test_who_may_pull_or_is_not_denied(accesses: tuple[Access, ...]) -> None:
    """Given an image that the credentials may pull, or that fails otherwise, when judged, then no denial is told."""
    assert findings(access_denied, registry(image(NAME, *accesses))) == []


def test_credentials_that_the_registry_itself_refuses() -> None:
    """Given no image and credentials that are refused, when judged, then that is told of the registry."""
    snapshot = registry(credentials=credentials(), login=told(401, "UNAUTHORIZED"))

    (finding,) = findings(access_denied, snapshot)

    assert finding.summary == "Registry registry.lan does not accept the credentials of ci."
    assert finding.remedy
    assert finding.remedy.command == "docker login registry.lan"
    assert findings(access_denied, registry(credentials=credentials(), login=told(200))) == []


def test_a_login_alone_does_not_reach_the_nodes_of_a_swarm() -> None:
    """Given an image that anonymous may not pull, when judged, then what a swarm's service needs besides is told."""
    (finding,) = findings(access_denied, registry(image(NAME, NOBODY)))

    assert finding.remedy
    assert "docker service update --with-registry-auth" in finding.remedy.text
