"""Read Compose files: their YAML, their facts, and what keeps Compose from taking them."""

from collections.abc import Sequence

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.model import Gap
from sickbay.diagnostics.platforms.lint.collector import compose_command, schema, yaml_lines
from sickbay.diagnostics.platforms.lint.collector.files import Readable
from sickbay.diagnostics.platforms.lint.collector.services import compose_file, is_legacy
from sickbay.diagnostics.platforms.lint.compose import ComposeFile, Problem


def read_all(files: Sequence[Readable], budget: Budget, gaps: list[Gap]) -> tuple[ComposeFile, ...]:
    """Give the files' facts and problems. Raises CancelledError."""
    read: list[ComposeFile] = []
    for file in files:
        budget.raise_if_cancelled()
        read.append(_read(file))
    local = {file.local: facts for file, facts in zip(files, read, strict=True) if file.local}
    heard = compose_command.asked(local, {file.local: file.text or "" for file in files if file.local}, budget, gaps)
    return tuple(heard[file.local] if file.local else facts for file, facts in zip(files, read, strict=True))


def _read(file: Readable) -> ComposeFile:
    if file.text is None:
        return ComposeFile(path=file.path, problems=(Problem(0, "is not text"),))
    try:
        values = yaml_lines.read(file.text)
    except yaml_lines.UnreadableError as error:
        return ComposeFile(path=file.path, problems=(Problem(error.line, f"is no YAML for Compose: {error}"),))
    if values.root is None:
        return ComposeFile(path=file.path, problems=(Problem(0, "is empty"),))
    if not isinstance(values.root, dict):
        return ComposeFile(path=file.path, problems=(Problem(1, "holds no keys and values"),))
    problems = () if is_legacy(values.root) else tuple(schema.problems(values))
    return compose_file(file.path, values, problems)
