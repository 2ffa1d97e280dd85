"""What is linted: files and folders of this machine, or documents that somebody sent."""

from pathlib import Path
from typing import Literal

from msgspec import Struct
from pydantic import ConfigDict

from sickbay.diagnostics.targets import Target


class Document(Struct, frozen=True):
    """A file by its name and content, which lies nowhere: nothing beside it is looked at, and no command reads it."""

    path: str
    content: bytes


class LintTarget(Target):
    """Dockerfiles and Compose files by their paths, or by a folder's. Relative ones start where the process works."""

    platform: Literal["lint"] = "lint"
    paths: tuple[Path, ...] = ()


class DocumentsTarget(LintTarget):
    """Dockerfiles and Compose files by their content."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    documents: tuple[Document, ...]
