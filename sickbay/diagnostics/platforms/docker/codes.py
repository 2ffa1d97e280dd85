"""What an exit code says of a container on a Docker host, and what to do about it."""

from sickbay.diagnostics.exit_codes import CRASHES, meaning, signal_of
from sickbay.diagnostics.model import Remedy
from sickbay.diagnostics.platforms.docker.exits import Exit
from sickbay.diagnostics.platforms.docker.ownership import quoted, remedy
from sickbay.diagnostics.platforms.docker.snapshot import Container

_QUOTED = 120
_OTHERS = "a process inside, a person, or the host when it ran short of memory"


def says(container: Container, end: Exit) -> str:
    """Give what the code means, as the end of a sentence about the container."""
    command = " ".join([container.inspect.path, *container.inspect.args])[:_QUOTED]
    match end.code:
        case 127:
            return f"the command `{command}` was not found"
        case 126:
            return f"the command `{command}` may not be executed"
        case 125:
            return "the engine itself could not run it"
    if signal_of(end.code) is None:
        return meaning(end.code)
    unasked = "which Docker was not asked to send" if end.remembered else "and Docker no longer knows who asked for it"
    return f"{meaning(end.code)}, {unasked}"


def cure(container: Container, end: Exit) -> Remedy | None:
    """Give the remedy, where the code decides it."""
    name = quoted(container)
    match end.code:
        case 127:
            return remedy(
                container,
                "Correct the command, or install it in the image; in exec form give its full path.",
                f"docker inspect --format '{{{{.Path}}}} {{{{.Args}}}}' {name}",
            )
        case 126:
            return remedy(
                container,
                "Make it executable in the image (chmod +x), and check that it is a program, not a directory.",
            )
        case 125:
            return remedy(container, "Read the error and the engine's own log.", "journalctl -u docker --since -15min")
    number = signal_of(end.code)
    if number is None:
        return None
    if number in CRASHES:
        text = "The program crashed: look for its core dump and its last log lines."
    elif end.remembered:
        text = f"Something besides Docker ended it: {_OTHERS}."
    else:
        text = f"Ask whether somebody stopped it; else it was {_OTHERS}."
    return remedy(container, text, f"docker logs --tail 100 {name}")
