"""Images waste room, or carry secrets."""

import re
from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Confidence, Evidence, Finding, Kind, Remedy, Severity, Subject
from sickbay.diagnostics.platforms.docker.snapshot import Image, Snapshot

_UNUSED, _GIGABYTE = 10e9, 1e9
#: dive calls an image wasteful from here on (its `highestWastedBytes`).
_WASTE, _MEGABYTE = 20e6, 1e6
_OWNERS = re.compile(r"\bch(?:own|mod|grp)\b[^&;|]* (?:-\w*R|--recursive)\b")
_KNOWN = re.compile(r"\[redacted ([^\]]+)\]")
#: A variable or build argument (`|1 NAME=value /bin/sh -c …`) whose value the redactor hid because of its name.
_NAMED = re.compile(
    r"(\w*(?:PASS(?:WORD|WD|PHRASE)|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY)\w*)=\[redacted\]", re.IGNORECASE
)
_SETS = re.compile(r"(?:/bin/sh -c #\(nop\) +)?(?:ENV|ARG|LABEL) |(?:RUN )?\|\d+ ")


@check(
    "DKR-I104",
    title="Image hygiene",
    severity=Severity.LOW,
    kind=Kind.HYGIENE,
    remedy="Remove what nothing uses; build the image again without what it should not hold.",
    explains=("DKR-E107",),
)
def image_hygiene(host: Snapshot) -> Iterator[Finding]:
    """Dangling images and build cache take more than 10 GB, a layer of an image repeats files, or it holds a secret.

    A layer that only changes owner or mode copies each file whole (20 MB and more count, as in dive): use COPY
    --chown. What was passed as ENV or ARG, or typed into RUN, stays in the history for whoever can pull the image, so
    a secret there is to be called known and replaced; builds take secrets by `--mount=type=secret`. Its value is not
    shown, so that it is a secret is inferred from its form or name.
    """
    yield from _unused(host)
    for image in host.images.values():
        name = next(iter(image.inspect.repo_tags), image.inspect.id.removeprefix("sha256:")[:12])
        secrets, waste = list(_secrets(host, name, image)), list(_waste(host, name, image))
        if not (secrets or waste):
            continue
        yield Finding(
            subject=Subject("image", name),
            summary=f"{name} {' and '.join(what for what, _ in (*secrets[:1], *waste[:1]))}.",
            evidence=tuple(proof for _, proof in (*secrets, *waste)),
            confidence=Confidence.INFERRED if secrets else Confidence.OBSERVED,
            remedy=_replaced()
            if secrets
            else Remedy(text="Set owner and mode while copying: COPY --chown=… --chmod=…."),
        )


def _replaced() -> Remedy:
    text = (
        "Replace the secret where it is valid, then build without it: RUN --mount=type=secret, or give it at run time."
    )
    return Remedy(text=text)


def _unused(host: Snapshot) -> Iterator[Finding]:
    if host.disk is None:
        return
    dangling = sum(image.own_size for image in host.disk.images if image.dangling and image.containers == 0)
    cache = host.disk.unused_cache
    if dangling + cache > _UNUSED:
        value = f"dangling images {dangling / _GIGABYTE:.1f} GB, unused build cache {cache / _GIGABYTE:.1f} GB"
        yield Finding(
            subject=host.subject,
            summary=f"{host.host} keeps {(dangling + cache) / _GIGABYTE:.0f} GB of images and build cache unused.",
            evidence=(host.evidence("GET /system/df", value),),
            remedy=Remedy(
                text="Remove both; images with a tag stay.", command="docker image prune && docker builder prune"
            ),
        )


def _secrets(host: Snapshot, name: str, image: Image) -> Iterator[tuple[str, Evidence]]:
    for layer in image.history:
        known = _KNOWN.search(layer.created_by)
        named = _NAMED.search(layer.created_by) if _SETS.match(layer.created_by) else None
        kind = known[1] if known else named[1] if named else ""
        if kind:
            yield (
                f"has a secret in its history ({kind})",
                host.evidence(f"GET /images/{name}/history", layer.created_by),
            )


def _waste(host: Snapshot, name: str, image: Image) -> Iterator[tuple[str, Evidence]]:
    for layer in image.history:
        if layer.size >= _WASTE and _OWNERS.search(layer.created_by):
            size = f"{layer.size / _MEGABYTE:.0f} MB"
            what = f"copies {size} only to change owner or mode"
            yield what, host.evidence(f"GET /images/{name}/history", f"{size}: {layer.created_by}")
