"""Read Dockerfiles and Compose files into a Snapshot, and ask the tools that know them: hadolint, and Compose itself.

Nothing is built, started or fetched, and nothing of a file is executed. What somebody sent is read by no command but
hadolint, from a folder of its own.
"""

from concurrent.futures import Future
from datetime import UTC, datetime
from functools import partial

from msgspec.structs import replace

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.crew import Crew, OutOfTimeError
from sickbay.diagnostics.model import Gap
from sickbay.diagnostics.platform import Progress
from sickbay.diagnostics.platforms.lint.collector import composing, hadolint
from sickbay.diagnostics.platforms.lint.collector.context import Contexts
from sickbay.diagnostics.platforms.lint.collector.files import Kind, Readable, read_documents, read_paths
from sickbay.diagnostics.platforms.lint.collector.stages import stages_of
from sickbay.diagnostics.platforms.lint.dockerfile import parse
from sickbay.diagnostics.platforms.lint.snapshot import Dockerfile, Rule, Snapshot
from sickbay.diagnostics.platforms.lint.target import DocumentsTarget, LintTarget
from sickbay.diagnostics.targets import Request


def collect(target: LintTarget, request: Request, budget: Budget, progress: Progress) -> Snapshot:
    """Read the files. What cannot be read, or not be judged by one of the tools, is a Gap. Raises CancelledError."""
    taken_at = datetime.now(UTC)
    gaps: list[Gap] = []
    progress("Files")
    if isinstance(target, DocumentsTarget):
        files = read_documents(target.documents, gaps)
    else:
        files = read_paths(target.paths, budget, gaps)
    of_build = {item: _dockerfile(item) for item in files if item.kind is Kind.DOCKERFILE}
    crew, unheard = Crew(1, budget), list[Gap]()
    try:
        # It runs while the rest is read.
        coming = crew.submit(partial(hadolint.lint, of_build, budget, unheard))
        progress("Compose")
        composed = composing.read_all([item for item in files if item.kind is Kind.COMPOSE], budget, gaps)
        contexts = Contexts(budget)
        measured = {item: contexts.of(item.local) for item in of_build if item.local}
        progress("hadolint")
        found = _heard(crew, coming, unheard)
    finally:
        crew.close()
    return Snapshot(
        request=request,
        taken_at=taken_at,
        dockerfiles=tuple(
            replace(file, rules=found.get(item, ()), linted=item in found, context=measured.get(item))
            for item, file in of_build.items()
        ),
        compose_files=composed,
        gaps=(*gaps, *unheard),
    )


def _heard(
    crew: Crew, coming: Future[dict[Readable, tuple[Rule, ...]]], unheard: list[Gap]
) -> dict[Readable, tuple[Rule, ...]]:
    try:
        return crew.wait(coming)
    except OutOfTimeError:
        unheard.append(Gap(what="what hadolint would say", reason="the time was up"))
        return {}


def _dockerfile(file: Readable) -> Dockerfile:
    if file.text is None:
        return Dockerfile(path=file.path, binary=True)
    parsed = parse(file.text)
    return Dockerfile(
        path=file.path,
        instructions=parsed.instructions,
        stages=stages_of(parsed.instructions),
        frontend=parsed.syntax,
        unended=parsed.unended,
    )
