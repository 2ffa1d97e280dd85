"""The class of a failed pull, in the words of every runtime that pulls."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sickbay.diagnostics.pulls import PullFault, fault_of

DOCKER = "rpc error: code = Unknown desc = Error response from daemon: "
CONTAINERD = (
    'rpc error: code = NotFound desc = failed to pull and unpack image "quay.io/shop/api:1": failed to resolve '
    'reference "quay.io/shop/api:1": '
)
CRIO = "rpc error: code = Unknown desc = "


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (DOCKER + "manifest for quay.io/shop/api:1 not found: manifest unknown: manifest unknown", PullFault.NO_TAG),
        (CONTAINERD + "quay.io/shop/api:1: not found", PullFault.NO_TAG),
        (CRIO + "reading manifest 1 in quay.io/shop/api: manifest unknown", PullFault.NO_TAG),
        (CRIO + "reading manifest 1 in quay.io/shop/api: name unknown: repository not found", PullFault.NO_TAG),
        (
            DOCKER + "pull access denied for shop/api, repository does not exist or may require 'docker login': "
            "denied: requested access to the resource is denied",
            PullFault.DENIED,
        ),
        (
            CONTAINERD + "pull access denied, repository does not exist or may require authorization: server message: "
            "insufficient_scope: authorization failed",
            PullFault.DENIED,
        ),
        (
            CONTAINERD + "failed to authorize: failed to fetch anonymous token: unexpected status: 403 Forbidden",
            PullFault.DENIED,
        ),
        (
            CRIO + "reading manifest latest in docker.io/shop/api: errors:\ndenied: requested access to the resource "
            "is denied\nunauthorized: authentication required",
            PullFault.DENIED,
        ),
        (CRIO + "unable to retrieve auth token: invalid username/password: unauthorized", PullFault.DENIED),
        (DOCKER + "Get https://1.dkr.ecr.eu-west-1.amazonaws.com/v2/x: no basic auth credentials", PullFault.DENIED),
        (DOCKER + "toomanyrequests: You have reached your pull rate limit.", PullFault.RATE_LIMIT),
        (
            CONTAINERD + "unexpected status code https://registry-1.docker.io/v2/library/x/manifests/1: "
            "429 Too Many Requests - Server message: toomanyrequests",
            PullFault.RATE_LIMIT,
        ),
        (DOCKER + "no matching manifest for linux/arm64/v8 in the manifest list entries", PullFault.PLATFORM),
        (CONTAINERD + "no match for platform in manifest: not found", PullFault.PLATFORM),
        (
            CRIO + 'choosing image instance: no image found in manifest list for architecture arm64, variant "v8"',
            PullFault.PLATFORM,
        ),
        (DOCKER + 'Get "https://reg.lan/v2/": x509: certificate signed by unknown authority', PullFault.TLS),
        (DOCKER + 'Get "https://reg.lan/v2/": http: server gave HTTP response to HTTPS client', PullFault.TLS),
        (
            DOCKER + 'Get "https://reg.lan/v2/": dial tcp: lookup reg.lan on 10.0.0.2:53: no such host',
            PullFault.UNREACHED,
        ),
        (
            CONTAINERD + 'failed to do request: Head "https://quay.io/v2/": dial tcp 1.2.3.4:443: i/o timeout',
            PullFault.UNREACHED,
        ),
        (
            CRIO + "pinging container registry reg.lan: Get "
            '"https://reg.lan/v2/": dial tcp 10.0.0.9:443: connect: connection refused',
            PullFault.UNREACHED,
        ),
        (CONTAINERD + 'failed to do request: Head "https://reg.lan/v2/shop/api/manifests/1": EOF', PullFault.UNREACHED),
        (DOCKER + 'Get "https://reg.lan/v2/": net/http: TLS handshake timeout', PullFault.UNREACHED),
        (DOCKER + "received unexpected HTTP status: 503 Service Unavailable", PullFault.FAILING),
        (
            CONTAINERD + "unexpected status from HEAD request to https://quay.io/v2/: 502 Bad Gateway",
            PullFault.FAILING,
        ),
        (DOCKER + "failed to register layer: write /usr/lib/x: no space left on device", PullFault.NO_SPACE),
        (CONTAINERD + "failed to copy: write /var/lib/containerd/x: no space left on device", PullFault.NO_SPACE),
        (
            CRIO + 'short-name "api:1" did not resolve to an alias and no unqualified-search registries are defined in '
            '"/etc/containers/registries.conf"',
            PullFault.SHORT_NAME,
        ),
        ("No such image: shop/api:1", PullFault.NOT_LOCAL),
        ("shop/api:1: image not known", PullFault.NOT_LOCAL),
        ("pull QPS exceeded", None),
        ("", None),
    ],
)
def test_each_runtimes_words_have_their_class(error: str, fault: PullFault | None) -> None:
    """Given an error as Docker, containerd or CRI-O words it, when classed, then its class is the fault's."""
    assert fault_of(error) is fault


def test_only_the_registrys_own_faults_are_of_the_registry() -> None:
    """Given all classes, then those that spare no image of a registry are its own, and a wrong tag is not."""
    assert {fault for fault in PullFault if fault.of_registry} == {
        PullFault.RATE_LIMIT, PullFault.TLS, PullFault.UNREACHED, PullFault.FAILING,
    }  # fmt: skip


@given(st.text())
def test_any_text_has_at_most_one_class(error: str) -> None:
    """Given any text, when classed, then the answer is a class or nothing."""
    assert fault_of(error) in {None, *PullFault}
