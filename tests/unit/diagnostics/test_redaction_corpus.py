"""The corpus: every planted secret is hidden, and what only looks like one stays readable."""

import pytest

from sickbay.diagnostics.redaction import redact
from tests.fixtures.redaction.corpus import Planted, look_alikes, planted

PLANTED = planted()
LOOK_ALIKES = look_alikes()
#: Of all look-alikes so many may be hidden.
_MOST_FALSE = 2


@pytest.mark.parametrize("entry", PLANTED, ids=lambda entry: entry.text[:40].encode("ascii", "replace").decode())
def test_a_planted_secret_is_hidden(entry: Planted) -> None:
    """Given a text with a secret in it, when redacted, then not even eight characters in a row of it are left."""
    assert not entry.shown_by(redact(entry.text))


def test_what_looks_like_a_secret_stays() -> None:
    """Given the look-alikes, when redacted, then at most two of them are changed."""
    changed = [(text, redact(text)) for text in LOOK_ALIKES if redact(text) != text]

    assert len(changed) <= _MOST_FALSE, changed


def test_the_corpus_is_large_and_says_nothing_twice() -> None:
    """Given the corpus, then it has at least 200 of each, and every text is there once."""
    assert len({entry.text for entry in PLANTED}) == len(PLANTED) >= 200
    assert len(set(LOOK_ALIKES)) == len(LOOK_ALIKES) >= 200
    assert all(entry.secrets for entry in PLANTED)


@pytest.mark.parametrize("text", [entry.text for entry in PLANTED] + list(LOOK_ALIKES))
def test_the_corpus_settles_at_once(text: str) -> None:
    """Given a text of the corpus, when redacted twice, then it is as it was after the first time."""
    assert redact(redact(text)) == redact(text)


@pytest.mark.parametrize("form", ["{}", "2026-01-01T00:00:00.5Z {}", "    {}", "web-1  | {}", "first\n{}\nlast"])
def test_secrets_are_hidden_wherever_their_text_stands(form: str) -> None:
    """Given the corpus within logs and files, after a time, a margin or a container's name, then nothing is shown."""
    shown = [entry.text for entry in PLANTED if entry.shown_by(redact(form.format(entry.text)))]

    assert shown == []


def test_the_whole_corpus_in_one_log() -> None:
    """Given all texts in one, harmless ones between, when redacted, then no secret is shown, whatever stands around it.

    A private key that is cut off hides all that follows, so those with one come last.
    """
    lines = [entry.text for entry in sorted(PLANTED, key=lambda entry: "-----BEGIN" in entry.text)]
    hidden = redact("\nready\n".join(lines))

    assert [entry.text for entry in PLANTED if entry.shown_by(hidden)] == []


def test_redaction_makes_texts_hardly_longer() -> None:
    """Given the corpus, when redacted, then no text is longer by more than the marks that stand in it."""
    for entry in PLANTED:
        redacted = redact(entry.text)

        assert len(redacted) <= len(entry.text) + redacted.count("[redacted") * len("[redacted Hugging Face token]")


def test_a_text_that_was_cut_within_a_secret_shows_little_of_it() -> None:
    """Given the corpus, each text cut within its first secret, when redacted, then of 100 cuts at most 8 show it.

    Whoever cuts a text before it is redacted takes away what a secret ends with, and some are known by that alone.
    """
    cuts = [
        (entry.text[: entry.text.index(secret) + length] + "…", secret[:length])
        for entry in PLANTED
        for secret in entry.secrets[:1]
        for length in range(12, len(secret), max(1, len(secret) // 6))
    ]
    shown = [text for text, secret in cuts if Planted(text, (secret,)).shown_by(redact(text))]

    assert len(shown) <= 0.08 * len(cuts), shown
