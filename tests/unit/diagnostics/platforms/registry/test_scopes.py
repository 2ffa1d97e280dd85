"""What of a registry a person could type: its images, those first that nobody may pull."""

from sickbay.diagnostics.platforms.registry.scopes import choices
from tests.unit.diagnostics.platforms.registry.registries import access, image, registry


def test_images_that_nobody_may_pull_come_first() -> None:
    """Given two images, one of which is refused, then it comes first, each without the registry's own name."""
    seen = registry(image("registry.lan/shop/web:1.0"), image("registry.lan/shop/x:2", access(401)))

    assert list(choices(seen)) == ["shop/x:2", "shop/web:1.0"]


def test_a_name_that_looks_like_a_registry_is_told_in_full() -> None:
    """Given a repository whose first part has a dot, then its name is whole; one that is none is left out."""
    seen = registry(image("registry.lan/my.team/web:1.0"), image("registry.lan/Shop/web:1.0"))

    assert list(choices(seen)) == ["registry.lan/my.team/web:1.0"]
