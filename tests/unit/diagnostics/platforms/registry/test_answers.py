"""The answer to 'can this image be pulled?': by whom, and for which platforms."""

from sickbay.diagnostics.catalogue import load_platforms
from sickbay.diagnostics.model import Table
from sickbay.diagnostics.targets import Request
from tests.unit.diagnostics.platforms.registry.registries import DIGEST, access, image, registry

NAME = "registry.lan/shop/web:1.0"


def answered(*accesses: object, **facts: object) -> tuple[Table, ...]:
    asked = registry(image(NAME, *accesses, **facts), request=Request(scope="shop/web:1.0"))  # type: ignore[arg-type]  # Accesses
    return load_platforms()["registry"].tables(asked)


def test_who_may_pull_it_and_for_what_it_was_built() -> None:
    """Given an image that ci may read and anonymous may not, when asked about, then that is the answer."""
    denied, granted = access(401, "UNAUTHORIZED"), access(by="ci")

    (table,) = answered(denied, granted, platforms=("linux/amd64", "linux/arm64"), signatures=())

    assert table.title == f"Can {NAME} be pulled? Yes, by ci"
    assert table.rows == (
        ("by anonymous", "HTTP 401: UNAUTHORIZED"),
        ("by ci", "yes"),
        ("platforms", "linux/amd64, linux/arm64"),
        ("digest", DIGEST),
        ("signatures", "none"),
    )


def test_what_nobody_may_pull() -> None:
    """Given an image that nobody who was tried may read, when asked about, then the answer is no, and what was said."""
    (table,) = answered(access(404, "MANIFEST_UNKNOWN"))

    assert table.title == f"Can {NAME} be pulled? No"
    assert table.rows == (("by anonymous", "HTTP 404: MANIFEST_UNKNOWN"),)


def test_what_was_never_tried_has_no_answer() -> None:
    """Given an image about which the registry could not be asked, when asked about, then there is no answer."""
    untried = registry(request=Request(scope="shop/web:1.0"))

    assert load_platforms()["registry"].tables(untried) == ()


def test_a_follow_up_asks_for_no_answer() -> None:
    """Given images that another target pulls, when the registry is asked by itself, then there is no table."""
    assert load_platforms()["registry"].tables(registry(image())) == ()
