"""What is removed in a later layer than it came in: it is hidden there, and still takes its room in the image."""

from collections.abc import Iterator
from posixpath import basename, normpath

from sickbay.diagnostics.platforms.lint.dockerfile import Instruction
from sickbay.diagnostics.platforms.lint.findings import Fault
from sickbay.diagnostics.platforms.lint.shell import Command, commands
from sickbay.diagnostics.platforms.lint.snapshot import Dockerfile, Stage

#: What installs, by program, and with which of its words; what cleans up after it: words of its own, and folders.
_INSTALLS = {
    "apt-get": ("install", "update", "upgrade"), "apt": ("install", "update", "upgrade"), "apk": ("add",),
    "yum": ("install", "update"), "dnf": ("install", "update"), "zypper": ("install", "in"),
}  # fmt: skip
_CLEANS = frozenset({"clean", "autoclean", "purge", "autoremove", "remove", "del"})
_CACHES = {
    "/var/lib/apt": ("apt-get", "apt"), "/var/cache/apt": ("apt-get", "apt"), "/var/cache/apk": ("apk",),
    "/var/cache/yum": ("yum",), "/var/cache/dnf": ("dnf",), "/var/cache/zypp": ("zypper",),
}  # fmt: skip
_DOWNLOADS = frozenset({"curl", "wget"})


def late_cleaning(file: Dockerfile) -> Iterator[Fault]:
    """Yield what is cleaned up too late. Only in stages that become the image: the others stay behind."""
    stage = file.final
    for _ in file.stages:
        if stage is None:
            return
        yield from _in_stage(stage)
        stage = file.stage_named(stage.base)


def _in_stage(stage: Stage) -> Iterator[Fault]:
    installed: set[str] = set()
    came: set[str] = set()
    for item in stage.instructions:
        if item.keyword in {"COPY", "ADD"}:
            came |= set(_copied(item))
        if item.keyword != "RUN":
            continue
        run = list(commands(item))
        here = {command.name for command in run if command.has(*_INSTALLS.get(command.name, ()))}
        for command in run:
            if what := _cleaned(command, installed - here, came):
                shown = f"RUN {command.text}"
                yield Fault(line=command.line, what=f"removes {what} in a later layer than it came with", shown=shown)
        installed |= here
        came |= {path for command in run for path in _downloaded(command)}


def _cleaned(command: Command, installed: set[str], came: set[str]) -> str:
    """Give what the command removes and what an earlier layer brought, or nothing."""
    if command.name in installed and command.has(*_CLEANS):
        return f"what {command.name} left"
    if command.name != "rm":
        return ""
    for path in map(normpath, command.arguments):
        if path in came:
            return path
        for folder, programs in _CACHES.items():
            if path.startswith(folder) and installed & set(programs):
                return path
    return ""


def _copied(item: Instruction) -> Iterator[str]:
    """Yield where the files lie then; of a folder's content nothing is known."""
    *sources, target = item.words or ("",)
    yield normpath(target)
    yield from (normpath(f"{target}/{basename(source)}") for source in sources)


def _downloaded(command: Command) -> Iterator[str]:
    if command.name in _DOWNLOADS:
        for option, value in zip(command.words, command.words[1:], strict=False):
            if option.startswith("-") and option[-1:] in {"o", "O"} and value.startswith("/"):
                yield normpath(value)
