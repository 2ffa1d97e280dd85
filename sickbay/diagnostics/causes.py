"""What an error of a transport wraps: the telling one is seldom the outermost."""

from collections.abc import Iterator


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
