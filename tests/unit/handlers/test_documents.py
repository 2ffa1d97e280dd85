"""What of a message can be linted, as Slack tells of it: files by name and kind, code as it was typed."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.documents import LARGEST, MOST, documents_of
from handlers.linting import asks_to_lint, why_not


def file(name: str | None = "Dockerfile", **changes: Any) -> dict[str, Any]:
    return {"id": "F1", "name": name, "mimetype": "text/plain", "mode": "snippet", "size": 10} | changes


@pytest.mark.parametrize(
    "name",
    [
        "Dockerfile", "dockerfile", "Dockerfile.prod", "api.Dockerfile", "Containerfile", "compose.yml", "compose.yaml",
        "docker-compose.override.yml", "stack.yml", "Untitled.txt", "Untitled", None, "",
    ],
)  # fmt: skip
def test_names_that_may_be_one(name: str | None) -> None:
    """Given a text whose name may be that of a Dockerfile or Compose file, when looked at, then it fits."""
    found = documents_of({"files": [file(name)]})

    assert (len(found.files), found.others) == (1, ())


@pytest.mark.parametrize(
    "other",
    [
        file("web.log"),
        file("main.py"),
        file("photo.png", mimetype="image/png", mode="hosted"),
        file("Dockerfile", mimetype="application/octet-stream", mode="hosted"),
        {"id": "F1", "mode": "tombstone"},
    ],
)
def test_what_is_none(other: dict[str, Any]) -> None:
    """Given another kind of file, a binary one, or a deleted one, when looked at, then it does not fit."""
    found = documents_of({"files": [other]})

    assert (found.files, len(found.others)) == ((), 1)


@pytest.mark.parametrize(
    "kind", [{"mimetype": "application/x-yaml", "mode": "hosted"}, {"mimetype": "", "mode": ""}, {"url_private": ""}]
)
def test_a_file_of_a_kind_that_is_not_told_fits(kind: dict[str, str]) -> None:
    """Given YAML's own type, or a file of which Slack tells little, when looked at, then it fits."""
    assert documents_of({"files": [file("compose.yml", **kind)]}).count == 1


def test_code_is_read_as_it_was_typed() -> None:
    """Given a Dockerfile in which Slack made links and entities, when read, then they are what was typed."""
    text = (
        "see ```FROM <http://registry.example.com/app|registry.example.com/app>\n"
        "RUN curl <https://example.com/x> &gt; /x &amp;&amp; echo <mailto:me@example.com|me@example.com>```"
    )

    assert documents_of({"text": text}).code == (
        (
            "Dockerfile",
            "FROM registry.example.com/app\nRUN curl https://example.com/x > /x && echo me@example.com",
        ),
    )


def test_the_name_of_a_language_keeps_its_line() -> None:
    """Given a fence with a language behind it, when read, then the word is gone, and its line still counts."""
    assert documents_of({"text": "```dockerfile\nFROM x\n```"}).code == (("Dockerfile", "\nFROM x\n"),)


def test_blocks_get_names_of_their_own() -> None:
    """Given a Dockerfile, a Compose file, some shell and another Dockerfile, when read, then three have three names."""
    blocks = ("# base\nARG V=1\nFROM x:$V", "services:\n  web: {}", "docker ps", "FROM y")

    found = documents_of({"text": " and ".join(f"```\n{block}\n```" for block in blocks)})

    assert [name for name, _ in found.code] == ["Dockerfile", "compose.2.yaml", "Dockerfile.3"]


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        ({"files": [file()]}, None),
        ({"text": "```FROM x```"}, None),
        ({"files": [file(size=LARGEST), file(size=LARGEST + 1)]}, None),
        ({"text": "`FROM x`"}, "There is no Dockerfile and no Compose file in that message."),
        ({"files": [file("a.py")]}, "I lint Dockerfiles and Compose files: `a.py` is neither."),
        ({"files": [file(f"{n}.py") for n in range(4)]}, "`0.py`, `1.py`, `2.py` and others are neither."),
        ({"files": [file("a`<!channel>.py")]}, "`a'&lt;!channel&gt;.py` is neither."),
        ({"files": [file(size=LARGEST + 1)]}, "`Dockerfile` is larger than 1 MB"),
        ({"files": [file()] * (MOST + 1)}, "I lint at most 10 files of a message, and that one has 11."),
    ],
)
def test_why_nothing_is_linted(message: dict[str, Any], sentence: str | None) -> None:
    """Given a message, when it holds nothing fit, too many or too large files, then one sentence says which."""
    answer = why_not(documents_of(message))

    assert answer is None if sentence is None else sentence in (answer or "")


@pytest.mark.parametrize(
    ("words", "files", "asked"),
    [
        ("lint", False, True),
        ("Lint this, please", False, True),
        ("/lint", False, True),
        ("please lint", True, True),
        ("please lint", False, False),
        ("lint-prod web", False, False),
        ("lint.example/app", True, False),
        ("diagnose lint-prod", True, False),
        ("linter", True, False),
        ("local", True, False),
        ("", True, False),
    ],
)
def test_words_that_ask_to_lint(words: str, files: bool, asked: bool) -> None:
    """Given words, when the verb is lint, or stands anywhere beside files, then they ask to lint; names do not."""
    assert asks_to_lint(words, {"files": [file()]} if files else {}) is asked


_TEXT = st.lists(
    st.sampled_from(["```", "\n", "FROM x", "services:", "<http://a|b>", "<", ">", "&lt;"]) | st.text(max_size=5)
)
_FILE = st.fixed_dictionaries(
    {"id": st.text(min_size=1)},
    optional={
        "name": st.none() | st.text(),
        "title": st.none() | st.text(),
        "mimetype": st.text(),
        "mode": st.sampled_from(["snippet", "hosted", "external", "tombstone", "post"]),
        "size": st.integers(min_value=0),
        "url_private": st.text(),
        "is_external": st.booleans(),
    },
)


@given(_TEXT.map("".join), st.lists(_FILE, max_size=12))
def test_any_message_is_understood(text: str, files: list[dict[str, Any]]) -> None:
    """Given any text and files in Slack's shape, when looked at, then each file fits or does not."""
    found = documents_of({"text": text, "files": files})

    assert len(found.files) + len(found.others) == len(files)
    assert len({name for name, _ in found.code}) == len(found.code)
    assert why_not(found) is None or (why_not(found) or "").endswith((".", "again."))


@pytest.mark.parametrize("line", ["\n", " \n", "\r\n", "\v\n", "# a comment\n", "ARG \n", "ARG A\n"])
def test_however_much_stands_before_it_is_read_at_once(line: str) -> None:
    """Given many lines that may stand before FROM, when what follows is FROM or not, then that alone decides."""
    before = line * 5_000

    assert [documents_of({"text": f"```{before}{rest}```"}).count for rest in ("FROM alpine", "nothing")] == [1, 0]
