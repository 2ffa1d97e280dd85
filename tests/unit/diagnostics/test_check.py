"""What the decorator makes of a generator."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Kind, Severity


@check("DKR-C901", title="Ill", severity=Severity.HIGH, remedy="Mend it.", explains=("DKR-C902",))
def documented(snapshot: int) -> Iterator[Finding]:
    """Something is ill.

    This is how one knows.
    """
    yield from ()


def test_a_check_says_all_that_it_was_declared_with() -> None:
    """Given a declared generator, then the check has its code, words and edges, and is an incident unless told."""
    assert (documented.code, documented.title, documented.remedy) == ("DKR-C901", "Ill", "Mend it.")
    assert (documented.severity, documented.kind, documented.explains) == (
        Severity.HIGH,
        Kind.INCIDENT,
        ("DKR-C902",),
    )
    assert documented.module == __name__


def test_the_docstring_is_the_explanation() -> None:
    """Given a docstring of two paragraphs, then the explanation is both, without the space around them."""
    assert documented.explanation.startswith("Something is ill.\n")
    assert documented.explanation.endswith("This is how one knows.")


def test_a_generator_without_docstring_explains_nothing() -> None:
    """Given no docstring, then the explanation is empty, which the catalogue refuses."""

    @check("DKR-C902", title="Ill", severity=Severity.LOW, remedy="Mend it.")
    def bare(snapshot: int) -> Iterator[Finding]:
        yield from ()

    assert bare.explanation == ""
    assert list(bare.judge(3)) == []
