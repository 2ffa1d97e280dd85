"""Whether the style sheets fit the page: all of them are linked, and none has a class that nothing carries."""

import re
from pathlib import Path

import sickbay.simulator

_PAGE = Path(sickbay.simulator.__file__).parent / "page"
_INDEX = (_PAGE / "index.html").read_text()
_SHEETS = {
    path.name: re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL) for path in (_PAGE / "css").glob("*.css")
}
_SCRIPTS = "".join(path.read_text() for path in (_PAGE / "js").rglob("*.js"))


def test_every_style_sheet_is_linked() -> None:
    """Given the style sheets, when the page is read, then it links each of them, and no other."""
    assert set(re.findall(r'href="/page/css/([^"]+)"', _INDEX)) == set(_SHEETS)


def test_no_selector_is_dead() -> None:
    """Given the classes of the selectors, when scripts and page are searched, then each class is given there."""
    selectors = " ".join(selector for sheet in _SHEETS.values() for selector in re.findall(r"([^{}]+)\{", sheet))
    # Some classes are put together: `block-${type}`, `depth-${depth}`, `heading-${level}`.
    composed = r"(?:block-(?:actions|context|header|markdown|rich_text|section|table)|depth-[12]|heading-[123])"
    classes = {name for name in re.findall(r"\.([a-z][\w-]*)", selectors) if not re.fullmatch(composed, name)}
    given = set(re.findall(r"[a-z][\w-]*", _SCRIPTS + _INDEX))

    assert len(classes) > 100
    assert classes - given == set()


def test_every_variable_is_there_and_used() -> None:
    """Given the variables of the style sheets, when they are compared, then each has a value and a use."""
    sheets = "".join(_SHEETS.values())
    given = set(re.findall(r"(--[\w-]+):", sheets)) | set(re.findall(r'"(--[\w-]+)":', _SCRIPTS))
    used = set(re.findall(r"var\((--[\w-]+)", sheets))

    assert given == used


def test_nothing_is_fetched_from_elsewhere() -> None:
    """Given all that the page is made of, when it is searched for addresses, then it names no other origin."""
    addresses = re.findall(r"(?:@import|url\(|(?:src|href)=\"(?!/page/|#))[^\n]*", _INDEX + "".join(_SHEETS.values()))

    assert addresses == []
