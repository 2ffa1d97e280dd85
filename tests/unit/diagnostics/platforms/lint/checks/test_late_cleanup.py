"""LNT-108: a layer removes what an earlier one brought."""

import pytest

from tests.unit.diagnostics.platforms.lint.linted import found, one

INSTALL = "RUN apt-get update && apt-get install -y --no-install-recommends curl=1"


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (f"{INSTALL}\nRUN rm -rf /var/lib/apt/lists/*", "removes /var/lib/apt/lists/* in a later layer"),
        (f"{INSTALL}\nRUN apt-get clean", "removes what apt-get left in a later layer"),
        (f"{INSTALL}\nUSER 1\nRUN apt-get purge -y curl && apt-get autoremove", "removes what apt-get left"),
        ("RUN yum install -y a-1\nRUN yum clean all", "removes what yum left"),
        ("COPY big.tar /tmp/\nRUN tar -xf /tmp/big.tar && rm /tmp/big.tar", "removes /tmp/big.tar in a later layer"),
        ("RUN curl -fsSLo /tmp/a https://example.org/a\nRUN rm -f /tmp/a", "removes /tmp/a in a later layer"),
    ],
)
def test_what_is_removed_too_late_is_told(lines: str, says: str) -> None:
    """Given something that one layer brings and a later one removes, then the finding names it."""
    assert says in one("LNT-108", f"FROM debian:13\n{lines}\n").summary


@pytest.mark.parametrize(
    "text",
    [
        f"FROM debian:13\n{INSTALL} && rm -rf /var/lib/apt/lists/*\n",
        f"FROM debian:13 AS build\n{INSTALL}\nWORKDIR /a\nRUN apt-get clean\nFROM debian:13\nCOPY --from=build /a /a\n",
        "FROM debian:13\nRUN rm -rf /usr/share/doc\n",
        f"FROM debian:13\nRUN {'x' * 10}\nUSER 1\n{INSTALL} && apt-get clean\n",
    ],
    ids=["within one layer", "in a stage that stays behind", "what the base brought", "only in its own layer"],
)
def test_what_is_removed_in_time_is_not_told(text: str) -> None:
    """Given what is removed by the layer that brought it, or in a stage that stays behind, then nothing is said."""
    assert [item for item in found("LNT-108", text) if "removes" in item.summary] == []


def test_a_stage_that_the_image_stands_on_counts() -> None:
    """Given a late clean-up in the stage that the final one is FROM, then it is told: its layers are the image's."""
    text = f"FROM debian:13 AS base\n{INSTALL}\nUSER 1\nRUN apt-get clean\nFROM base\nUSER 1\n"

    assert "(line 4)" in one("LNT-108", text).summary
