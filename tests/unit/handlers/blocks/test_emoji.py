"""Every emoji that a message may show is one that the local workspace can draw."""

import re
from pathlib import Path

import handlers.blocks
import sickbay.simulator

_NAMED = re.compile(r'(?:emoji\(|icon, text = )"([a-z0-9_]+)"')
_LISTED = re.compile(r'\("([a-z_]+)", "[A-Z]')
_CHOSEN = re.compile(r"mark = (.*)$", re.MULTILINE)


def test_the_page_knows_every_emoji_of_the_blocks() -> None:
    """Given the emoji that the blocks name, when looked for in the page's table, then each is there."""
    sources = "\n".join(path.read_text() for path in Path(handlers.blocks.__path__[0]).glob("*.py"))
    named = {*_NAMED.findall(sources), *_LISTED.findall(sources)}
    named |= {word for line in _CHOSEN.findall(sources) for word in re.findall(r'"([a-z_]+)"', line)}
    table = Path(sickbay.simulator.__path__[0], "page", "js", "emoji.js").read_text()

    assert {"red_circle", "wrench", "white_small_square", "stethoscope"} <= named
    assert [name for name in sorted(named) if f"{name}:" not in table] == []
