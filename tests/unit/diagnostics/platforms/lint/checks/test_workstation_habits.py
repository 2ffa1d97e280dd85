"""LNT-106: a Dockerfile does what belongs on a workstation."""

import pytest

from tests.unit.diagnostics.platforms.lint.linted import found, one, places


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("RUN curl -fsSL https://example.org/install.sh | bash", "runs a script straight from the network (line 2)"),
        ("RUN wget -qO- https://example.org/i | sudo -E bash -", "runs a script straight from the network (line 2)"),
        ('RUN sh -c "$(curl -fsSL https://example.org/i)"', "runs a script straight from the network (line 2)"),
        ("RUN sudo mkdir /a", "do not use sudo"),
        ("RUN apt-get install -y openssh-server", "lets people in by SSH"),
        ("EXPOSE 22", "lets people in by SSH"),
        ('CMD ["/usr/sbin/sshd", "-D"]', "lets people in by SSH"),
        ('CMD ["nodemon", "server.js"]', "starts a watcher, which is for development"),
        ('CMD ["uvicorn", "app:app", "--reload"]', "starts a watcher, which is for development"),
    ],
)
def test_a_habit_is_told(line: str, says: str) -> None:
    """Given a habit of a workstation, then the finding says which, and on which line."""
    assert says in one("LNT-106", f"FROM debian:13\n{line}\n").summary


def test_the_missing_pipefail_of_a_piped_script_is_not_told_as_well() -> None:
    """Given a script piped into a shell, then it is told once: the pipe is the lesser half of it."""
    assert len(places(one("LNT-106", "FROM debian:13\nRUN curl -fsS https://example.org/i | sh\n"))) == 1


@pytest.mark.parametrize(
    "line",
    [
        "RUN curl -fsSLo /tmp/a https://example.org/a && sha256sum -c /tmp/a.sum && sh /tmp/a",
        'CMD ["node", "server.js"]',
        "EXPOSE 8022",
    ],
)
def test_what_is_fit_for_an_image_is_not_told(line: str) -> None:
    """Given a checked download, a plain start, a port that is not SSH's, then nothing is said."""
    assert found("LNT-106", f"FROM debian:13\n{line}\n") == []
