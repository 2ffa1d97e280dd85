"""What is not in a registry, and what is there that is most like it."""

import difflib

from msgspec import Struct

from sickbay.diagnostics.platforms.registry.snapshot import Image

_MISSING = 404
_NAMED = 5
#: Characters of a name that are compared: the time that takes grows with their square.
_COMPARED = 48
#: How alike names must be to be told: difflib's own default is 0.6.
_ALIKE = 0.6


class Absence(Struct, frozen=True, kw_only=True):
    """Why an image is not there, what to do, and the names most like the wanted one with the call that listed them."""

    says: str
    cure: str
    hint: str = ""
    nearest: tuple[str, ...] = ()
    list_call: str = ""


def absence_of(image: Image) -> Absence | None:
    """Give what is not there, or nothing where the image is, or where only denials say so."""
    reference = image.reference
    if reference.invalid:
        cure = "Correct the name: a repository in lower case, one tag or digest."
        return Absence(says=f"{reference.invalid}, which no registry takes", cure=cure)
    told = [access.told for access in image.accesses]
    missing = [item for item in told if item.status == _MISSING or item.code == "NAME_INVALID"]
    if image.readable or not missing:
        return None
    if missing[-1].code == "NAME_INVALID":
        return Absence(says="the registry takes no such name", cure="Correct the name of the repository.")
    if missing[-1].code == "NAME_UNKNOWN" or (not image.tags and image.repositories):
        nearest = _nearest(reference.repository, image.repositories)
        return Absence(
            says=f"the registry has no repository {reference.repository}",
            cure="Correct the name of the repository, or push the image to it.",
            hint=f" Most like it: {', '.join(nearest)}." if nearest else "",
            nearest=nearest,
            list_call="GET /v2/_catalog",
        )
    what = f"digest {reference.digest}" if reference.digest else f"tag {reference.tag}"
    nearest = _nearest(reference.tag, image.tags) if not reference.digest else ()
    hint = f" Most like it of {len(image.tags)} tags: {', '.join(nearest)}." if nearest else ""
    hint = f" Its only tag is {nearest[0]}." if nearest and len(image.tags) == 1 else hint
    return Absence(
        says=f"repository {reference.repository} has no {what}",
        cure="Correct the digest." if reference.digest else "Correct the tag, or push the image under it.",
        hint=hint,
        nearest=nearest,
        list_call=f"GET /v2/{reference.repository}/tags/list",
    )


def _nearest(wanted: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """Give those most like the wanted one; where none is like it and there are few, all."""
    by_start = {name[:_COMPARED]: name for name in reversed(known)}
    alike = difflib.get_close_matches(wanted[:_COMPARED], by_start, _NAMED, _ALIKE)
    return tuple(by_start[start] for start in alike) or (known if len(known) <= _NAMED else ())
