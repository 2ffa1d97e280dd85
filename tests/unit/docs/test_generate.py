"""The generated documents: the same from run to run, and a stale one is found and named."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from docs.generate import MarkerError, documents, filled, stale
from sickbay.diagnostics.catalogue import load_checks

ROOT = Path(__file__).parents[3]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what the documents are made of, apart from the code itself."""
    shutil.copy(ROOT / "README.md", tmp_path)
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    shutil.copytree(ROOT / "deploy", tmp_path / "deploy")
    shutil.copytree(ROOT / "tests", tmp_path / "tests", ignore=shutil.ignore_patterns("__pycache__"))
    for path, text in documents(tmp_path).items():
        path.write_text(text)
    return tmp_path


def test_the_documents_are_the_same_from_run_to_run(checkout: Path) -> None:
    """Given documents that were just written, when they are made again, then none is stale."""
    assert stale(documents(checkout)) == []


@pytest.mark.parametrize(
    "name", ["docs/checks.md", "docs/cis-coverage.md", "docs/report.schema.json", "deploy/slack/manifest.yaml"]
)
def test_a_document_that_was_edited_by_hand_is_stale(checkout: Path, name: str) -> None:
    """Given a generated document that somebody edited, when the documents are compared, then it alone is stale."""
    with (checkout / name).open("a") as file:
        file.write("by hand\n")

    assert stale(documents(checkout)) == [checkout / name]


def test_a_document_that_is_missing_is_stale(checkout: Path) -> None:
    """Given that a generated document was removed, when the documents are compared, then it is stale."""
    (checkout / "docs" / "checks.md").unlink()

    assert stale(documents(checkout)) == [checkout / "docs" / "checks.md"]


def test_what_people_wrote_in_readme_is_kept(checkout: Path) -> None:
    """Given new words in README outside the markers, when it is made again, then they are kept and nothing is stale."""
    readme = checkout / "README.md"
    readme.write_text("New words.\n" + readme.read_text())

    assert documents(checkout)[readme].startswith("New words.\n")
    assert stale(documents(checkout)) == []


def test_a_new_figure_makes_readme_stale(checkout: Path) -> None:
    """Given another figure in docs/performance.json, when the documents are compared, then README is stale."""
    figures = checkout / "docs" / "performance.json"
    figures.write_text(figures.read_text().replace('"machine": "', '"machine": "another machine: '))

    assert stale(documents(checkout)) == [checkout / "README.md"]


@pytest.mark.parametrize("text", ["nothing", "<!-- a:begin -->\n", 2 * "<!-- a:begin -->\n<!-- a:end -->\n"])
def test_lost_markers_are_an_error(text: str) -> None:
    """Given a README without its markers, or with two pairs, when it is filled, then the error names them."""
    with pytest.raises(MarkerError, match="a:begin"):
        filled(text, "a", "content\n")


def test_every_check_is_on_the_page_with_its_remedy(checkout: Path) -> None:
    """Given the catalogue, when the page is made, then each check has a heading that links lead to, and its remedy."""
    page = documents(checkout)[checkout / "docs" / "checks.md"]

    assert [check.code for check in load_checks().values() if f"\n## {check.code}\n" not in page] == []
    assert [check.code for check in load_checks().values() if f"What to do: {check.remedy}" not in page] == []


def test_the_committed_documents_are_not_stale() -> None:
    """Given this checkout, when it is checked as CI checks it, then nothing is stale."""
    done = subprocess.run([sys.executable, "-m", "docs.generate", "--check"], cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout + done.stderr
