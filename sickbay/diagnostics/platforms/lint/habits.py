"""Habits of a workstation in a Dockerfile: scripts from the network straight into a shell, SSH, watchers, sudo."""

import re
from collections.abc import Iterator

from sickbay.diagnostics.platforms.lint.dockerfile import Instruction
from sickbay.diagnostics.platforms.lint.findings import Fault
from sickbay.diagnostics.platforms.lint.shell import Command, commands
from sickbay.diagnostics.platforms.lint.snapshot import Dockerfile

_FETCHES = frozenset({"curl", "wget"})
_RUNS = frozenset({"sh", "bash", "ash", "dash", "zsh", "python", "python3", "perl", "ruby", "node", "php", "sudo"})
_FETCHED = re.compile(r"\$\(\s*(?:curl|wget)\b|`\s*(?:curl|wget)\b")
_WATCHERS = frozenset({"nodemon", "guard", "watchexec", "ts-node-dev", "air", "entr"})
_WATCHING = frozenset({"--watch", "--reload", "--debug"})
_SERVER = re.compile(r"(?:openssh-server|sshd|dropbear)(?:=\S*)?")
_SSH_PORT = frozenset({"22", "22/tcp"})

FETCHED = "runs a script straight from the network"


def habits(file: Dockerfile) -> Iterator[Fault]:
    """Yield what is told by none of hadolint's rules."""
    for stage in file.stages:
        for item in stage.instructions:
            if item.keyword == "RUN":
                yield from _in_run(item)
            elif item.keyword in {"CMD", "ENTRYPOINT"}:
                yield from _in_start(item)
            elif item.keyword == "EXPOSE" and _SSH_PORT & set(item.words):
                yield Fault(line=item.line, what=_SSH, shown=item.text)


_SSH = "lets people in by SSH, for which `docker exec` is there"


def _in_run(item: Instruction) -> Iterator[Fault]:
    run = list(commands(item))
    for command, following in zip(run, [*run[1:], None], strict=False):
        piped = command.name in _FETCHES and command.then in {"|", "|&"} and following and following.name in _RUNS
        if piped or (command.name in _RUNS and any(_FETCHED.search(word) for word in command.words)):
            yield Fault(line=command.line, what=FETCHED, shown=f"RUN {command.text} …")
        if any(_SERVER.fullmatch(word) for word in command.arguments):
            yield Fault(line=command.line, what=_SSH, shown=f"RUN {command.text}")


def _in_start(item: Instruction) -> Iterator[Fault]:
    for command in commands(item):
        if command.name == "sshd":
            yield Fault(line=item.line, what=_SSH, shown=item.text)
        elif _watches(command):
            yield Fault(line=item.line, what="starts a watcher, which is for development", shown=item.text)


def _watches(command: Command) -> bool:
    return any(word.rsplit("/", 1)[-1] in _WATCHERS for word in command.words[:3]) or command.has(*_WATCHING)
