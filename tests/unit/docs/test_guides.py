"""What the guides promise is there: files they link to, commands they tell, settings that deployment names."""

import importlib
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bench.all import BENCHMARKS
from bot.command_line import application
from handlers.grammar import USAGE, parse
from sickbay.settings import load_settings

ROOT = Path(__file__).parents[3]
GUIDES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "deploy").rglob("*.md")])
#: Commands of `sickbay` that have commands of their own.
GROUPS = {"audit", "checks", "config", "db", "incident", "policy", "workspace"}
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def anchors(path: Path) -> set[str]:
    """Give the anchors that a forge makes of the headings."""
    headings = _HEADING.findall(path.read_text())
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def readme() -> str:
    return (ROOT / "README.md").read_text()


@pytest.mark.parametrize("guide", GUIDES, ids=name)
def test_links_lead_somewhere(guide: Path) -> None:
    """Given a guide, when its links within the repository are followed, then each file and heading is there."""
    broken = []
    for link in _LINK.findall(guide.read_text()):
        path, _, anchor = link.partition("#")
        if "://" in link:
            continue
        target = (guide.parent / path).resolve() if path else guide
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)

    assert broken == []


def commands(text: str) -> Iterator[list[str]]:
    """Give the words of each `sickbay …` that a guide tells to run."""
    for told in re.findall(r"`(?:\.venv/bin/)?sickbay ([^`]+)`", text):
        yield shlex.split(told)


@pytest.mark.parametrize("guide", GUIDES, ids=name)
def test_commands_that_guides_tell_exist(guide: Path) -> None:
    """Given a guide, when help on each command it tells is asked for, then the command and its options are there."""
    for words in commands(guide.read_text()):
        depth = 2 if words[0] in GROUPS else 1
        path = [word for word in words[:depth] if not word.startswith("--")]
        helped = CliRunner().invoke(application(), [*path, "--help"])

        assert helped.exit_code == 0, words
        assert [word for word in words if word.startswith("--") and word not in helped.output] == []


def test_the_two_commands_are_targets_of_the_makefile() -> None:
    """Given README's block of commands, when the Makefile is read, then it has each of these targets."""
    makefile = (ROOT / "Makefile").read_text()
    told = re.findall(r"^ +make (\w+)", readme(), re.MULTILINE)

    assert told[:2] == ["up", "test"]
    assert [target for target in told if not re.search(rf"^{target}:", makefile, re.MULTILINE)] == []


def test_the_grammar_in_readme_is_the_real_one() -> None:
    """Given what README says to type, when it is parsed, then all is understood, and the usage is the bot's own."""
    assert f"/diagnose {USAGE}" in readme()
    for typed in re.findall(r"^\| `/diagnose ([^`]+)` \|", readme(), re.MULTILINE):
        parse(typed)


def test_every_benchmark_is_measured_for_readme() -> None:
    """Given the benchmarks, when all are run, then none is left out, and each is a program."""
    assert {path.stem for path in (ROOT / "bench").glob("*.py")} == {"__init__", "all", "figures", *BENCHMARKS}
    assert all(callable(importlib.import_module(f"bench.{benchmark}").main) for benchmark in BENCHMARKS)


def test_the_example_that_readme_copies_is_a_valid_configuration() -> None:
    """Given the example that README says to copy, when it is loaded, then nothing is wrong with it."""
    assert "cp sickbay.example.yaml sickbay.yaml" in readme()
    assert load_settings(ROOT / "sickbay.example.yaml").targets


def test_the_compose_file_needs_what_readme_tells_to_set() -> None:
    """Given the Compose file, when its required variables are read, then README names each of them."""
    needed = set(re.findall(r"\$\{(\w+):?\?", (ROOT / "docker-compose.yml").read_text()))

    assert needed == {"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "POSTGRES_PASSWORD", "AUDIT_KEY"}
    assert [variable for variable in needed if variable not in readme()] == []
