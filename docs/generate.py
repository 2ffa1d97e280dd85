"""Write the documents that follow from the code; with `--check` only say which are stale, and fail.

They follow too from docs/book.yaml, docs/cis.yaml, and docs/performance.json, which `make bench` writes.
"""

import argparse
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from docs import aws_policy, book_coverage, checks, cis_coverage, performance, report_schema, slack_manifest

ROOT = Path(__file__).parents[1]


class MarkerError(Exception):
    """Raised when README lost the markers of a generated part."""


def documents(root: Path) -> Mapping[Path, str]:
    """Give every generated document by its path: what it should say. Raises MarkerError."""
    readme = root / "README.md"
    text = filled(readme.read_text(), "checks", checks.table())
    return {
        root / "docs" / "checks.md": checks.render(root),
        root / "docs" / "book-coverage.md": book_coverage.render(root),
        root / "docs" / "cis-coverage.md": cis_coverage.render(root),
        root / "docs" / "report.schema.json": report_schema.render(),
        root / "deploy" / "aws" / "policy.json": aws_policy.render(),
        **{root / "deploy" / "slack" / name: content for name, content in slack_manifest.render().items()},
        readme: filled(text, "performance", performance.render(root)),
    }


def filled(text: str, part: str, content: str) -> str:
    """Give the text with this content between `<!-- part:begin -->` and `<!-- part:end -->`. Raises MarkerError."""
    begin, end = f"<!-- {part}:begin -->\n", f"<!-- {part}:end -->"
    pattern = re.compile(f"({re.escape(begin)}).*?({re.escape(end)})", re.DOTALL)
    if len(pattern.findall(text)) != 1:
        raise MarkerError(f"README.md needs {begin.strip()} and {end} once each")
    return pattern.sub(lambda found: found[1] + content + found[2], text)


def stale(wanted: Mapping[Path, str]) -> list[Path]:
    """Give the documents that say something else on disk, or are not there."""
    return [path for path, text in wanted.items() if not path.exists() or path.read_text() != text]


def main() -> None:
    """Write what is stale; with `--check`, name it and exit 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a document is stale")
    check = parser.parse_args().check
    wanted = documents(ROOT)
    for path in stale(wanted):
        sys.stdout.write(f"{'stale' if check else 'written'}: {path.relative_to(ROOT)}\n")
        if not check:
            path.write_text(wanted[path])
    if check and stale(wanted):
        sys.exit("The documents above do not follow from the code any more: run `make docs` and commit them.")


if __name__ == "__main__":
    main()
