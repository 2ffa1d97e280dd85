"""A real registry, well and ill: what is said of it, and of images in it."""

import base64
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.engine import diagnose
from sickbay.diagnostics.model import Report, Subject
from sickbay.diagnostics.platforms.registry.target import RegistryTarget
from sickbay.diagnostics.pulls import Pull
from sickbay.diagnostics.targets import Request
from tests.integration.docker.certificates import Authority
from tests.integration.docker.lab import finding
from tests.integration.registry.conftest import LONG, PASSWORD, USER
from tests.integration.registry.lab import Process, Registry

pytestmark = pytest.mark.registry


def ask(registry: Registry | str, scope: str = "", *, pulls: tuple[Pull, ...] = (), **fields: Any) -> Report:
    url = registry if isinstance(registry, str) else registry.url
    target = RegistryTarget(name="lab", url=url, **fields)
    return diagnose(target, Request(scope=scope, pulls=pulls), budget=Budget(20)).report


def audit(registry: Registry, scope: str) -> Report:
    target = RegistryTarget(name="lab", url=registry.url)
    return diagnose(target, Request(scope=scope, audit=True), budget=Budget(20)).report


@pytest.fixture
def password(tmp_path: Path) -> Path:
    """The file of the user's password."""
    (tmp_path / "password").write_text(PASSWORD)
    return tmp_path / "password"


def answer(report: Report) -> dict[str, str]:
    """Give the rows of the one answer that was asked for."""
    (table,) = report.tables
    return {str(asked): str(found) for asked, found in table.rows}


def test_a_registry_that_is_well_comes_back_clean(plain: Registry) -> None:
    """Given a registry that is well, when it is asked how it is and for an image, then nothing is wrong."""
    assert ask(plain).findings == ()
    report = ask(plain, "shop/web:2.0")

    assert (report.findings, report.gaps) == ((), ())
    assert report.looked_at == {"registries": 1, "images": 1}
    assert answer(report)["platforms"] == "linux/amd64, linux/arm64"
    assert answer(ask(plain, f"{plain.name}/shop/web:1.0"))["platforms"] == "linux/amd64"


def test_a_tag_that_is_not_there(plain: Registry) -> None:
    """Given a tag that nobody pushed, then it is REG-104, with the tags most like it."""
    told = finding(ask(plain, "shop/web:1.1"), "REG-104")

    assert told.summary.endswith("repository shop/web has no tag 1.1. Most like it of 2 tags: 1.0.")


def test_a_repository_that_is_not_there(plain: Registry) -> None:
    """Given a repository that nobody pushed to, then it is REG-104, with the repository most like it."""
    assert "no repository shop/wbe. Most like it: shop/web." in finding(ask(plain, "shop/wbe:1"), "REG-104").summary


def test_a_tag_that_moved(plain: Registry) -> None:
    """Given one who runs the digest that a tag had, when the tag moves, then it is REG-108."""
    web = Subject("container", "web")
    before = plain.push("shop/moving", "1", layer=b"one")
    runs = Pull(image=f"{plain.name}/shop/moving:1", subject=web, digest=before)
    assert ask(plain, pulls=(runs,)).findings == ()

    after = plain.push("shop/moving", "1", layer=b"two")

    told = finding(ask(plain, pulls=(runs,)), "REG-108")
    assert [item.value for item in told.evidence] == [after, before]


def test_a_platform_that_the_index_lacks(plain: Registry) -> None:
    """Given a node of another architecture than the index has, then it is REG-111."""
    wants = Pull(image=f"{plain.name}/shop/web:2.0", subject=Subject("pod", "web"), failed=True, platform="linux/s390x")

    assert "not built for linux/s390x" in finding(ask(plain, pulls=(wants,)), "REG-111").summary


def test_an_image_is_signed_or_not(plain: Registry) -> None:
    """Given an image, when it is audited, then it is REG-110 until cosign's tag for its digest is there."""
    digest = plain.push("shop/signed", "1")
    assert finding(audit(plain, "shop/signed:1"), "REG-110")

    plain.push("shop/signed", f"{digest.replace(':', '-')}.sig", layer=b"signature")

    assert audit(plain, "shop/signed:1").findings == ()


def test_who_may_pull_behind_a_login(guarded: Registry, password: Path, tmp_path: Path) -> None:
    """Given a registry with a login, then anonymous may not pull, and who knows the password may, by either file."""
    assert "may not be pulled by anonymous" in finding(ask(guarded, "shop/web:1.0"), "REG-103").summary

    report = ask(guarded, "shop/web:1.0", username=USER, password_file=password)
    assert (report.findings, report.gaps) == ((), ())
    assert report.tables[0].title.endswith(f"be pulled? Yes, by {USER}")

    auth = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    (tmp_path / "config.json").write_text(json.dumps({"auths": {guarded.name: {"auth": auth}}}))
    assert ask(guarded, "shop/web:1.0", docker_config=tmp_path / "config.json").findings == ()


def test_a_password_that_is_wrong(guarded: Registry, password: Path) -> None:
    """Given a wrong password, then it is REG-103, for an image and for the registry as such; it is told nowhere."""
    password.write_text("hunter3hunter3")

    for scope in ("", "shop/web:1.0"):
        report = ask(guarded, scope, username=USER, password_file=password)

        assert "not accept" in finding(report, "REG-103").summary
        assert "hunter3" not in repr(report)


def test_tokens_of_a_token_server(tokened: Registry, password: Path) -> None:
    """Given a registry that wants tokens, then anonymous may pull what is public, and the user what is private too."""
    assert answer(ask(tokened, "public/web:1"))["by anonymous"] == "yes"

    denied = finding(ask(tokened, "private/web:1"), "REG-103")
    assert "may not be pulled by anonymous" in denied.summary

    report = ask(tokened, "private/web:1", username=USER, password_file=password)
    assert report.findings == ()
    assert report.tables[0].title.endswith(f"be pulled? Yes, by {USER}")


def test_a_token_server_that_knows_no_such_user(tokened: Registry, password: Path) -> None:
    """Given a wrong password, then it is the token server's refusal that is told."""
    password.write_text("hunter3hunter3")

    told = finding(ask(tokened, "public/web:1", username=USER, password_file=password), "REG-103")

    assert told.summary.endswith("whose credentials are not accepted; anonymous may pull it.")
    assert told.evidence[-1].value == "HTTP 401: incorrect username or password"


def test_a_certificate_that_is_well(authority: Authority, tmp_path: Path) -> None:
    """Given a certificate of an authority of one's own, then it is well with that authority, and REG-102 without."""
    with Process(tmp_path, tls=authority.sign("server", lasts=LONG)) as process:
        assert ask(process.registry, ca=authority.path).findings == ()

        unknown = finding(ask(process.registry), "REG-102")
        assert "its authority is not known" in unknown.summary
        assert unknown.evidence[2].value == "127.0.0.1"

        wants_tls = finding(ask(process.registry.url.replace("https", "http")), "REG-102")
        assert "speaks TLS" in wants_tls.summary


def test_a_certificate_that_has_expired(authority: Authority, tmp_path: Path) -> None:
    """Given a certificate that ended yesterday, then it is REG-102, with the day; one that ends tomorrow is told."""
    with Process(tmp_path, tls=authority.sign("expired", lasts=timedelta(days=-1))) as process:
        expired = finding(ask(process.registry, ca=authority.path), "REG-102")
    with Process(tmp_path, tls=authority.sign("ending", lasts=timedelta(days=1, minutes=5))) as process:
        ending = finding(ask(process.registry, ca=authority.path), "REG-102")

    assert "is not accepted: it has expired (" in expired.summary
    assert ending.summary.endswith("expires in 24 hours.")


def test_a_certificate_for_another_name(authority: Authority, tmp_path: Path) -> None:
    """Given a certificate for another address, then it is REG-102, with the names that it is for."""
    with Process(tmp_path, tls=authority.sign("elsewhere", address="192.0.2.7", lasts=LONG)) as process:
        told = finding(ask(process.registry, ca=authority.path), "REG-102")

    assert "it is for other names (192.0.2.7)" in told.summary


def test_it_is_the_name_that_is_verified_and_not_the_address(authority: Authority, tmp_path: Path) -> None:
    """Given a certificate for the address that the name leads to, then it is not one for the name."""
    pair = authority.sign("address", lasts=LONG)
    with Process(tmp_path, tls=pair, host="localhost") as process:
        told = finding(ask(process.registry, ca=authority.path), "REG-102")

    assert "it is for other names (127.0.0.1)" in told.summary
    assert "localhost" in told.evidence[0].value


def test_a_registry_that_speaks_plain_http(plain: Registry) -> None:
    """Given an https address at which plain HTTP is spoken, then it is REG-102."""
    assert "speaks plain HTTP" in finding(ask(f"https://{plain.name}"), "REG-102").summary


def test_a_registry_that_is_down(place: Path) -> None:
    """Given a registry that has ended, then it is REG-101, and nothing was looked at."""
    with Process(place) as process:
        registry = process.registry

    report = ask(registry, "shop/web:1")

    assert "nobody listens at" in finding(report, "REG-101").summary
    assert report.blind
