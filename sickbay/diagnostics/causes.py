"""What an error of a transport wraps: the telling one is seldom the outermost."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

M = TypeVar("M")
Kind = type[BaseException] | tuple[type[BaseException], ...]


def chain(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and all that it wraps: requests and urllib3 keep causes in `args` and `reason` too."""
    waiting, seen = [error], set[int]()
    while waiting:
        link = waiting.pop(0)
        if id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        wrapped = [link.__cause__, link.__context__, getattr(link, "reason", None), *link.args]
        waiting += [item for item in wrapped if isinstance(item, BaseException)]


def meaning_of(
    error: BaseException, kinds: Sequence[tuple[Kind, M]], otherwise: M, *, ignoring: Kind = ()
) -> tuple[M, BaseException]:
    """Give what an error means, and the link of its chain that says so: the first of the kinds that any link is of.

    Links of the kinds `ignoring` decide nothing. Where no kind fits, it means `otherwise`, and the root says so.
    """
    links = list(chain(error))
    for kind, meaning in kinds:
        for link in links:
            if isinstance(link, kind) and not isinstance(link, ignoring):
                return meaning, link
    return otherwise, links[-1]
