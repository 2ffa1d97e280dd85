"""What was read of Dockerfiles and Compose files: instructions, services, and what other tools say of them."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from msgspec import Struct

from sickbay.diagnostics.model import Evidence, Gap, Subject
from sickbay.diagnostics.platforms.lint.compose import ComposeFile
from sickbay.diagnostics.platforms.lint.dockerfile import Heredoc, Instruction
from sickbay.diagnostics.pulls import Pull
from sickbay.diagnostics.targets import Request


class Rule(Struct, frozen=True, kw_only=True):
    """What hadolint says of one line: its rule's code (`DL3008`, `SC2086`), level and message."""

    code: str
    level: str
    line: int
    message: str


class Context(Struct, frozen=True, kw_only=True):
    """The folder from which an image is built, as far as it was walked.

    `size` in bytes and `files` count what .dockerignore leaves; `more` says that the walk ended before the folder did.
    `largest` names what takes most of it, with its bytes; `risky` what a build seldom needs and nobody should find.
    """

    path: str
    size: int
    files: int
    more: bool
    ignore_file: bool
    largest: tuple[tuple[str, int], ...] = ()
    risky: tuple[str, ...] = ()
    whole_disk: bool = False


class Stage(Struct, frozen=True, kw_only=True):
    """One stage of a build: its base, with build arguments filled in, its name, and its instructions."""

    base: str
    line: int
    name: str = ""
    instructions: tuple[Instruction, ...] = ()

    def all(self, *keywords: str) -> Iterator[Instruction]:
        """Yield the instructions with one of the keywords."""
        return (item for item in self.instructions if item.keyword in keywords and not item.onbuild)

    def last(self, keyword: str) -> Instruction | None:
        """Give the last instruction with the keyword: of several CMD only that counts."""
        return next(
            (item for item in reversed(self.instructions) if item.keyword == keyword and not item.onbuild), None
        )


class Dockerfile(Struct, frozen=True, kw_only=True):
    """One Dockerfile. `frontend` is what its `# syntax=` names; `linted` says whether hadolint read it."""

    path: str
    instructions: tuple[Instruction, ...] = ()
    stages: tuple[Stage, ...] = ()
    frontend: str = ""
    unended: tuple[Heredoc, ...] = ()
    binary: bool = False
    rules: tuple[Rule, ...] = ()
    linted: bool = False
    context: Context | None = None

    @property
    def subject(self) -> Subject:
        """Give the file as the subject of a finding."""
        return Subject("file", self.path)

    @property
    def foreign(self) -> bool:
        """Say whether another frontend than Docker's own reads it: what it may hold is not known here."""
        name = self.frontend.removeprefix("docker.io/")
        return bool(name) and not name.startswith(("docker/dockerfile:", "docker/dockerfile-upstream:"))

    @property
    def final(self) -> Stage | None:
        """Give the stage that becomes the image, unless `--target` names another."""
        return self.stages[-1] if self.stages else None

    def stage_named(self, name: str) -> Stage | None:
        """Give the stage of that name."""
        return next((stage for stage in self.stages if stage.name and stage.name.lower() == name.lower()), None)


class Snapshot(Struct, frozen=True, kw_only=True):
    """All files, and what of them could not be read."""

    request: Request
    taken_at: datetime
    dockerfiles: tuple[Dockerfile, ...] = ()
    compose_files: tuple[ComposeFile, ...] = ()
    gaps: tuple[Gap, ...] = ()

    def evidence(self, source: str, value: str) -> Evidence:
        """Give a fact and the place where it stands, `path:line`."""
        return Evidence(source=source, value=value, at=self.taken_at)

    def looked_at(self) -> Mapping[str, int]:
        """Give how many files of each kind were read."""
        counted = {"Dockerfiles": len(self.dockerfiles), "Compose files": len(self.compose_files)}
        return {kind: count for kind, count in counted.items() if count}

    def upstream(self) -> Mapping[Subject, frozenset[Subject]]:
        """Give nothing: a file's faults are its own."""
        return {}

    def pulls(self) -> tuple[Pull, ...]:
        """Give nothing: nothing was pulled."""
        return ()
