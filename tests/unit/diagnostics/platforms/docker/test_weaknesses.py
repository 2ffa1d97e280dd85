"""How an audit tells the weaknesses of many things: readable with one and with hundreds."""

from sickbay.diagnostics.model import Finding
from sickbay.diagnostics.platforms.docker.snapshot import Container
from sickbay.diagnostics.platforms.docker.weaknesses import Theme, Weakness, of_running
from tests.unit.diagnostics.platforms.docker.hosts import container, host, report

THEME = Theme("runs without", "run without")
ROOT, SLOPPY = Weakness("a user", "Config.User", "root", "4.1"), Weakness("a limit", "HostConfig.Memory", "0")


def told(*containers: Container, weak: dict[str, tuple[Weakness, ...]]) -> list[Finding]:
    return list(of_running(host(*containers), THEME, lambda one: weak.get(one.name, ())))


def test_one_alone_is_told_under_its_own_name() -> None:
    """Given one weak container of two, then the finding is its own, with the calls that prove it and its owner."""
    web = container("web-1", labels={"ansible_managed": "yes"})

    (finding,) = told(web, container("db-1"), weak={"web-1": (ROOT, SLOPPY)})

    assert finding.subject == web.subject
    assert finding.summary == "web-1 runs without a user, a limit."
    assert [(item.source, item.value) for item in finding.evidence] == [
        ("GET /containers/web-1/json Config.User", "CIS 4.1: root"),
        ("GET /containers/web-1/json HostConfig.Memory", "0"),
    ]
    assert (finding.owner, finding.count) == ("Ansible", 1)


def test_several_are_counted_in_one_finding_of_the_host() -> None:
    """Given weak containers of several kinds, then the commonest weakness is first, and those of a few have a count."""
    weak = {"a": (SLOPPY, ROOT), "b": (ROOT,), "c": (ROOT,)}

    (finding,) = told(*(container(name) for name in "abcd"), weak=weak)

    assert str(finding.subject) == "host/host-7"
    assert finding.summary == "3 of 4 running containers run without a user, a limit (1)."
    assert [(item.source, item.value) for item in finding.evidence] == [
        ("GET /containers/*/json Config.User", "CIS 4.1: root in a, b, c"),
        ("GET /containers/*/json HostConfig.Memory", "0 in a"),
    ]
    assert finding.count == 3


def test_what_all_have_is_not_listed_by_name() -> None:
    """Given a weakness of every running container, then its proof says so instead of naming them."""
    (finding,) = told(*(container(name) for name in "ab"), weak={"a": (ROOT,), "b": (ROOT,)})

    assert [item.value for item in finding.evidence] == ["CIS 4.1: root in all"]


def test_values_that_differ_stand_with_their_names() -> None:
    """Given a weakness that each container proves with a value of its own, then each name has its value."""
    other = Weakness("a user", "Config.User", "0:0", "4.1")

    (finding,) = told(*(container(name) for name in "ab"), weak={"a": (ROOT,), "b": (other,)})

    assert [item.value for item in finding.evidence] == ["CIS 4.1: a (root), b (0:0)"]


def test_many_names_are_cut_to_a_line() -> None:
    """Given 80 weak containers of 81 with long names, then a proof stays on a line and counts the rest."""
    names = [f"a-rather-long-name-of-a-container-{number}" for number in range(81)]

    (finding,) = told(*(container(name) for name in names), weak=dict.fromkeys(names[1:], (ROOT,)))

    assert len(finding.evidence[0].value) < 260
    assert finding.evidence[0].value.endswith(" more")


def test_owners_are_named_together() -> None:
    """Given weak containers of five projects and one made by hand, then three owners are named and two counted."""
    containers = [
        container(f"c{number}", labels={"com.docker.compose.project": f"p{number}"} if number else {})
        for number in range(6)
    ]

    (finding,) = told(*containers, weak={one.name: (ROOT,) for one in containers})

    assert finding.owner == "Compose project p1, Compose project p2, Compose project p3 and 2 more"


def test_an_audit_of_fifty_sloppy_containers_fits_a_screen() -> None:
    """Given fifty containers that leave out everything, when audited, then each theme is one finding, not fifty."""
    sloppy = [
        container(
            f"shop-{number}", user="", memory=0, nano_cpus=0, pids_limit=None, healthcheck=None, readonly_rootfs=False,
            security_opt=(), network_mode="host",
        )
        for number in range(50)
    ]  # fmt: skip

    judged = report(host(*sloppy, audit=True))

    assert sorted(item.code for item in judged.findings) == ["DKR-A102", "DKR-A103", "DKR-A104", "DKR-C113"]
    assert {item.count for item in judged.findings} == {50}


def test_without_an_audit_none_of_it_shows() -> None:
    """Given the same weaknesses, when nobody asked for an audit, then the report has nothing of them."""
    assert report(host(container(user="", readonly_rootfs=False, nano_cpus=0, network_mode="host"))).findings == ()
