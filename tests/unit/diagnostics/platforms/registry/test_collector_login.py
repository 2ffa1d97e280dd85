"""How Sickbay logs in, and that a secret goes to nobody whom docker would not tell it."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sickbay.diagnostics import recordings
from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.model import ReportTarget
from sickbay.diagnostics.platforms.registry.collector.credentials import CredentialsError, claims_of, read_login
from sickbay.diagnostics.platforms.registry.collector.session import Session, challenge_of
from sickbay.diagnostics.platforms.registry.collector.transport import Answer, Transport, UnreachableError
from sickbay.diagnostics.platforms.registry.snapshot import Snapshot
from sickbay.diagnostics.platforms.registry.target import RegistryTarget
from tests.unit.diagnostics.platforms.registry.conftest import read
from tests.unit.diagnostics.platforms.registry.fake_registry import FakeRegistry, Handler

SECRET = "hunter2hunter2"
CI = "Basic " + base64.b64encode(f"ci:{SECRET}".encode()).decode()
ENDS = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
Write = Callable[..., Path]
_KEYS = st.sampled_from(["auths", "lan.example", "auth", "credsStore", "credHelpers", "http://[", "//["])
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(_KEYS, inner)
)


def encoded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def jwt(**claims: object) -> str:
    return f"{encoded({'alg': 'none'})}.{encoded(claims)}.c2lnbmF0dXJl"


@pytest.fixture
def docker_config(tmp_path: Path) -> Write:
    """Write a config.json of Docker's."""

    def write(content: object) -> Path:
        file = tmp_path / "config.json"
        file.write_text(content if isinstance(content, str) else json.dumps(content))
        return file

    return write


@pytest.fixture
def login(tmp_path: Path) -> dict[str, Any]:
    """The fields of a target that logs in as ci."""
    (tmp_path / "password").write_text(f"{SECRET}\n")
    return {"username": "ci", "password_file": tmp_path / "password"}


def auth(name: str = "ci", secret: str = SECRET) -> str:
    return base64.b64encode(f"{name}:{secret}".encode()).decode()


def target(url: str, file: Path) -> RegistryTarget:
    return RegistryTarget(name="lan", url=url, docker_config=file)


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://lan.example", "lan.example"),
        ("https://lan.example", "https://lan.example/v2/"),
        ("https://lan.example:5000", "lan.example:5000"),
        ("https://registry-1.docker.io", "https://index.docker.io/v1/"),
    ],
)
def test_dockers_own_keys(docker_config: Write, url: str, key: str) -> None:
    """Given a config.json with the registry's key as docker writes it, then what is under it logs in."""
    found = read_login(target(url, docker_config({"auths": {"other.example": {"auth": "x"}, key: {"auth": auth()}}})))

    assert found
    assert (found.username, found.secret, found.basic) == ("ci", SECRET, CI)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"auths": {}}, "docker_config has none for lan.example"),
        ({"credsStore": "desktop"}, "keeps them in the helper 'desktop', which Sickbay does not run"),
        ({"auths": {"lan.example": {}}, "credHelpers": {"lan.example": "ecr-login"}}, "the helper 'ecr-login'"),
        ({"auths": {"lan.example": {"auth": "ä"}}}, "not base64"),
        ({"auths": {"http://[": {"auth": "x"}}}, "has none for lan.example"),
        ("not json", "is no config.json"),
        ("[" * 5000, "is no config.json"),
    ],
)
def test_a_config_that_logs_nobody_in(docker_config: Write, content: object, message: str) -> None:
    """Given a config.json with a helper, with nothing for the registry, or none at all, then why is said."""
    with pytest.raises(CredentialsError, match=message):
        read_login(target("https://lan.example", docker_config(content)))


def test_what_cannot_log_in_is_a_gap(fake: FakeRegistry, docker_config: Write) -> None:
    """Given a config.json without the registry, when it is read, then anonymous is tried, and a gap says the rest."""
    fake.manifest("web", "1")

    snapshot = read(fake, "web:1", docker_config=docker_config({"auths": {}}))

    assert snapshot.images[0].readers == ("anonymous",)
    assert [gap.what for gap in snapshot.gaps] == ["the credentials"]


@pytest.mark.parametrize(
    ("login", "kind"),
    [
        ({"auth": auth("AWS", base64.b64encode(json.dumps({"expiration": ENDS.timestamp()}).encode()).decode())},
         "Amazon ECR"),
        ({"auth": auth("00000000-0000-0000-0000-000000000000", ""), "identitytoken": jwt(exp=ENDS.timestamp())},
         "Azure"),
        ({"username": "ci", "password": jwt(exp=ENDS.timestamp())}, ""),
    ],
)  # fmt: skip
def test_a_token_tells_until_when_it_holds(docker_config: Write, login: dict[str, str], kind: str) -> None:
    """Given a password that is a token of Amazon's, Azure's or another's, then its own end is known."""
    found = read_login(target("https://lan.example", docker_config({"auths": {"lan.example": login}})))

    assert found
    assert (found.facts.kind, found.facts.expires_at) == (kind, ENDS)


@pytest.mark.parametrize("token", ["", "a.b", "a.b.c", f"x.{encoded([])}.y", f"x.{encoded({'exp': 'soon'})}.y"])
def test_what_is_no_token_tells_nothing(token: str) -> None:
    """Given a password that only looks like a token, then nothing is believed of it."""
    assert claims_of(token).exp == 0


def tokens(fake: FakeRegistry, accepted: Callable[[Handler], bool] = lambda _: True, **given: object) -> str:
    """Serve tokens under another host's name; give the challenge that names it, and the manifest of web:1 behind it."""
    token = jwt(access=[{"type": "repository", "name": "web", "actions": ["pull"]}])

    def answer(handler: Handler) -> None:
        if accepted(handler):
            handler.send(200, json.dumps({"token": token, **given}).encode())
        else:
            handler.send(401, b'{"details": "incorrect username or password"}')

    fake.routes["/token"] = answer
    challenge = f'Bearer realm="{fake.other_url}/token",service="lan"'
    fake.manifest("web", "1")
    for path in ("/v2/", "/v2/web/manifests/1"):
        fake.demand(path, challenge, f"Bearer {token}".__eq__)
    return challenge


def test_a_token_for_anonymous(fake: FakeRegistry) -> None:
    """Given a registry that wants tokens, when an image is read, then one for its scope is asked for."""
    tokens(fake)

    snapshot = read(fake, "web:1")

    (access,) = snapshot.images[0].accesses
    assert access.granted
    assert access.granted_by_token == ("pull",)
    assert "/token?service=lan&scope=repository%3Aweb%3Apull" in fake.asked()
    assert {item.authorization for item in fake.seen if item.path.startswith("/token")} == {""}


def test_a_secret_goes_to_the_token_server_and_nowhere_else(fake: FakeRegistry, login: dict[str, Any]) -> None:
    """Given credentials and a registry that wants tokens, then only the token server that it names is told them."""
    tokens(fake, lambda handler: handler.headers.get("Authorization", "") in {"", CI})

    snapshot = read(fake, "web:1", **login)

    assert snapshot.images[0].readers == ("anonymous", "ci")
    assert {item.path.partition("?")[0] for item in fake.seen if item.authorization == CI} == {"/token"}


def test_a_token_server_that_knows_nobody(fake: FakeRegistry, login: dict[str, Any]) -> None:
    """Given credentials that the token server refuses, then its own words are known."""
    tokens(fake, lambda handler: handler.headers.get("Authorization", "") == "")

    accesses = read(fake, "web:1", **login).images[0].accesses

    assert [access.granted for access in accesses] == [True, False]
    assert str(accesses[1].told) == "HTTP 401: incorrect username or password"


def test_credentials_are_tried_where_no_image_is_asked_for(fake: FakeRegistry, login: dict[str, Any]) -> None:
    """Given credentials and no image, then whether the registry accepts them is known."""
    fake.demand("/v2/", 'Basic realm="lab"', CI.__eq__)
    told = read(fake, **login).login
    assert told
    assert told.status == 200

    fake.demand("/v2/", 'Basic realm="lab"', lambda _authorization: False)
    told = read(fake, **login).login
    assert told
    assert told.status == 401


@pytest.mark.parametrize("realm", ["http://169.254.169.254/latest/meta-data/iam", "file:///etc/passwd", "", "http://["])
def test_a_realm_that_leads_where_nobody_should_go(fake: FakeRegistry, login: dict[str, Any], realm: str) -> None:
    """Given a challenge whose realm is a metadata address or no address at all, then nothing is asked there."""
    fake.manifest("web", "1")
    for path in ("/v2/", "/v2/web/manifests/1"):
        fake.demand(path, f'Bearer realm="{realm}",service="lan"', lambda _authorization: False)

    snapshot = read(fake, "web:1", **login)

    assert snapshot.images[0].accesses == ()
    assert snapshot.token_server
    assert [gap.what for gap in snapshot.gaps if "web:1" in gap.what]
    assert not [item for item in fake.seen if item.authorization]


def test_a_manifest_that_is_elsewhere_is_not_followed(fake: FakeRegistry, login: dict[str, Any]) -> None:
    """Given a manifest that redirects to another host, then nobody goes there, with or without a secret."""
    fake.manifest("stolen", "1")
    fake.routes["/v2/web/manifests/1"] = lambda handler: handler.send(
        307, location=f"{fake.other_url}/v2/stolen/manifests/1"
    )

    accesses = read(fake, "web:1", **login).images[0].accesses

    assert "which is not followed" in accesses[0].told.message
    assert not fake.asked(path="/v2/stolen")


def test_a_redirect_to_the_same_host_is_followed(fake: FakeRegistry) -> None:
    """Given a manifest that redirects to another path of the same registry, then it is read there."""
    fake.manifest("moved", "1")
    fake.routes["/v2/web/manifests/1"] = lambda handler: handler.send(307, location="/v2/moved/manifests/1")

    assert read(fake, "web:1").images[0].readable


def test_a_circle_of_redirects_ends(fake: FakeRegistry) -> None:
    """Given a manifest that redirects to itself, then it is given up."""
    fake.routes["/v2/web/manifests/1"] = lambda handler: handler.send(307, location="/v2/web/manifests/1")

    assert not read(fake, "web:1").images[0].readable
    assert len(fake.asked("HEAD")) < 10


def blob_elsewhere(fake: FakeRegistry, location: str) -> None:
    config = {"config": {"digest": "sha256:c", "mediaType": "application/vnd.oci.image.config.v1+json"}}
    fake.manifest("web", "1", config)
    fake.demand("/v2/web/manifests/1", 'Basic realm="lab"', CI.__eq__)
    fake.routes["/v2/web/blobs/sha256:c"] = lambda handler: handler.send(307, location=location)
    fake.demand("/v2/web/blobs/sha256:c", 'Basic realm="lab"', CI.__eq__)
    fake.json("/storage", {})


def test_a_blob_elsewhere_is_fetched_without_the_secret(fake: FakeRegistry, login: dict[str, Any]) -> None:
    """Given a configuration that redirects to another host, then it is fetched there without credentials."""
    blob_elsewhere(fake, f"{fake.other_url}/storage")

    read(fake, "web:1", **login)

    assert [(item.path, item.authorization) for item in fake.seen if item.path == "/storage"] == [("/storage", "")]


def test_a_blob_at_a_metadata_address_is_a_gap(fake: FakeRegistry, login: dict[str, Any]) -> None:
    """Given a configuration that redirects to a metadata address, then that is a gap, and the rest is known."""
    blob_elsewhere(fake, "http://169.254.169.254/latest/meta-data")

    snapshot = read(fake, "web:1", **login)

    assert snapshot.images[0].readers == ("ci",)
    assert "169.254.169.254, a link-local address" in snapshot.gaps[-1].reason


class Scripted(Transport):
    """Gives the same answer to everything, and remembers who was asked."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(Budget(5), loopback=False, ca=None)
        self.answer = answer
        self.asked: list[str] = []

    def send(self, method: str, url: str, headers: object, most: int = 0) -> Answer:
        self.asked.append(url)
        return self.answer


def test_a_realm_without_tls_is_told_no_secret_of_a_registry_with_it() -> None:
    """Given a registry over HTTPS whose realm is plain HTTP, then nobody is asked there."""
    transport = Scripted(Answer(401, {"www-authenticate": 'Bearer realm="http://auth.example/token"'}))
    session = Session("https://lan.example", transport, None, str)

    with pytest.raises(UnreachableError, match="it is plain HTTP"):
        session.ask("GET", "/v2/web/manifests/1", scope="repository:web:pull")

    assert transport.asked == ["https://lan.example/v2/web/manifests/1"]


@pytest.mark.parametrize("location", ["http://store.example/blob", "ftp://store.example/blob", "http://[", "//["])
def test_a_blob_is_not_followed_to_where_it_would_be_in_the_clear(location: str) -> None:
    """Given a registry over HTTPS, then its blobs are not fetched over plain HTTP, nor from what is no address."""
    transport = Scripted(Answer(307, {"location": location}))

    answer = Session("https://lan.example", transport, None, str).ask("GET", "/v2/web/blobs/sha256:c", blob=True)

    assert isinstance(answer, Answer)
    assert answer.status == 307
    assert transport.asked == ["https://lan.example/v2/web/blobs/sha256:c"]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=300) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_config_logs_in_or_says_why_not(tmp_path: Path, content: bytes) -> None:
    """Given any file in place of a config.json, then it logs in or says why not, and never what is in it."""
    file = tmp_path / "config.json"
    file.write_bytes(content)
    try:
        read_login(target("https://lan.example", file))
    except CredentialsError as error:
        said = str(error)
        assert said.startswith("docker_config ")  # most of it logs nobody in, but some may


def test_no_secret_is_in_what_is_kept(fake: FakeRegistry, login: dict[str, Any], tmp_path: Path) -> None:
    """Given a registry that writes the credentials back in its errors, then neither snapshot nor recording has them."""
    fake.error("/v2/web/manifests/1", 403, f"DENIED {SECRET}", f"no {SECRET} and no {CI}")
    fake.error("/v2/", 401, "UNAUTHORIZED", SECRET, www_authenticate=f'Basic realm="{SECRET}"')

    snapshot = read(fake, "web:1", **login)
    recordings.save(tmp_path / "kept.json", ReportTarget(name="lan", platform="registry", zone="x"), snapshot)

    for kept in (msgspec.json.encode(snapshot).decode(), (tmp_path / "kept.json").read_text()):
        assert "DENIED" in kept
        assert SECRET not in kept
        assert CI.removeprefix("Basic ") not in kept
    assert isinstance(recordings.load(tmp_path / "kept.json")[1], Snapshot)


@pytest.mark.parametrize(
    ("header", "scheme", "realm"),
    [
        ('Bearer realm="https://auth/token",service="lan"', "bearer", "https://auth/token"),
        ('basic Realm="lab"', "basic", "lab"),
        ('Basic realm="lab", Bearer realm="https://auth/token"', "bearer", "https://auth/token"),
        ("Bearer realm=https://auth/token", "bearer", "https://auth/token"),
        ("Bearer", "bearer", ""),
    ],
)
def test_challenges(header: str, scheme: str, realm: str) -> None:
    """Given a challenge as servers write it, then scheme and realm are known; Bearer where there are several."""
    challenge = challenge_of(Answer(401, {"www-authenticate": header}))

    assert challenge
    assert (challenge.scheme, challenge.parameters.get("realm", "")) == (scheme, realm)


@pytest.mark.parametrize("header", ["", "Negotiate", 'Digest realm="basic"'])
def test_challenges_that_cannot_be_met(header: str) -> None:
    """Given a way to log in that no engine knows, then there is none."""
    assert challenge_of(Answer(401, {"www-authenticate": header})) is None
