"""Read Compose files: their YAML, their facts, and what keeps Compose from taking them."""

from collections.abc import Iterator, Sequence

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.platforms.lint.collector import schema, yaml_lines
from sickbay.diagnostics.platforms.lint.collector.files import Readable
from sickbay.diagnostics.platforms.lint.collector.services import compose_file, is_legacy
from sickbay.diagnostics.platforms.lint.compose import ComposeFile, Problem


def read_all(files: Sequence[Readable], budget: Budget) -> Iterator[ComposeFile]:
    """Yield the files' facts and problems. Raises CancelledError."""
    for file in files:
        budget.raise_if_cancelled()
        yield _read(file)


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
