"""The catalogue finds what there is, and refuses at start what would mislead later."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from msgspec.structs import replace

from sickbay.diagnostics import catalogue, platforms
from sickbay.diagnostics.catalogue import CatalogueError, checks_of, load_checks, load_platforms, validated
from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity

TESTS = Path(__file__).parent / "platforms"
SDKS = (
    "docker",
    "requests",
    "urllib3",
    "paramiko",
    "boto3",
    "botocore",
    "kubernetes",
    "azure",
    "slack_sdk",
    "slack_bolt",
)


@check("DKR-C901", title="Ill", severity=Severity.HIGH, remedy="Mend it.")
def sound(_snapshot: object) -> Iterator[Finding]:
    """Say nothing."""
    yield from ()


def test_sound_checks_are_given_by_code_in_order() -> None:
    """Given sound checks in any order, then they are given by code, in the order of the codes."""
    other = replace(sound, code="DKR-C100")

    assert list(validated([sound, other]).items()) == [("DKR-C100", other), ("DKR-C901", sound)]


def test_a_code_that_is_taken_is_refused() -> None:
    """Given two checks of one code, then the error names the code and both modules."""
    with pytest.raises(
        CatalogueError, match=r"second: DKR-C901 is taken by .*test_catalogue|DKR-C901 is taken by second"
    ):
        validated([sound, replace(sound, module="second")])


@pytest.mark.parametrize(
    "flaw",
    [{"title": ""}, {"explanation": ""}, {"remedy": ""}, {"remedy": "No sentence"}],
    ids=["no title", "no docstring", "no remedy", "a remedy that is no sentence"],
)
def test_a_check_that_does_not_say_enough_is_refused(flaw: dict[str, str]) -> None:
    """Given a check without title, explanation or remedy, then the error names its module and code."""
    with pytest.raises(CatalogueError, match=r"test_catalogue: DKR-C901 needs a title, a docstring and a remedy"):
        validated([replace(sound, **flaw)])


@pytest.mark.parametrize(
    "code", ["", "C101", "DKR-101x", "DKR-CC101", "dkr-C101", "DKR-C10", "DKR-C101\n", " DKR-C101"]
)
def test_a_code_that_is_none_is_refused(code: str) -> None:
    """Given a check whose code is not of the form, then the error says so."""
    with pytest.raises(CatalogueError, match="is not a code like DKR-C101"):
        validated([replace(sound, code=code)])


@pytest.mark.parametrize("code", ["DKR-C101", "LNT-101", "AKS-116", "K8S-P101"])
def test_the_codes_of_all_families_are_codes(code: str) -> None:
    """Given a code with or without a letter after its family, then it is one."""
    assert list(validated([replace(sound, code=code)])) == [code]


@pytest.fixture
def package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """Give an empty folder that stands for the platforms, and clean caches before and after."""
    monkeypatch.setattr(platforms, "__path__", [str(tmp_path)])
    known = set(sys.modules)
    for cached in (load_platforms, load_checks, checks_of):
        cached.cache_clear()
    yield tmp_path
    for cached in (load_platforms, load_checks, checks_of):
        cached.cache_clear()
    for name in set(sys.modules) - known:
        del sys.modules[name]


def test_a_platform_without_its_manifest_is_refused(package: Path) -> None:
    """Given a folder among the platforms that declares none, then the error names it."""
    (package / "lost.py").write_text("")

    with pytest.raises(CatalogueError, match=r"platforms\.lost: a platform needs its PLATFORM"):
        load_platforms()


def test_two_platforms_of_one_name_are_refused(package: Path) -> None:
    """Given two folders that declare the same platform, then the error names the second."""
    for name in ("one", "two"):
        (package / f"{name}.py").write_text(_MANIFEST)

    with pytest.raises(CatalogueError, match=r"platforms\.two: the platform 'toy' is there already"):
        load_platforms()


_MANIFEST = """
from sickbay.diagnostics.platform import Platform
from sickbay.diagnostics.targets import Target
PLATFORM = Platform(name="toy", title="Toy", target=Target, snapshot=dict, collector="", checks=__name__, steps=())
"""


def test_a_check_that_another_module_imports_is_found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a module that imports the check of its neighbour, then that is no duplicate."""
    first, second = ModuleType(sound.module), ModuleType("neighbour")
    first.sound = second.sound = sound  # type: ignore[attr-defined]
    load_platforms()
    monkeypatch.setattr(catalogue, "_modules", lambda _package: (first, second))
    checks_of.cache_clear()

    found = checks_of("docker")
    checks_of.cache_clear()

    assert found == (sound,)


def test_the_engines_checks_are_those_of_the_catalogue() -> None:
    """Given all platforms, then what the engine runs is what the catalogue lists and has validated."""
    run = [item for name in load_platforms() for item in checks_of(name)]

    assert sorted(run, key=lambda item: item.code) == list(load_checks().values())


@pytest.mark.parametrize("code", list(load_checks()))
def test_every_check_has_a_test_that_names_it(code: str) -> None:
    """Given a check, then a test file among its platform's checks' names its code."""
    module = load_checks()[code].module.split(".")
    folder = TESTS / module[-3] / "checks"

    assert [path.name for path in folder.glob("test_*.py") if code in path.read_text(encoding="utf-8")] != []


@pytest.mark.parametrize("code", [item.code for item in checks_of("docker")])
def test_what_a_check_explains_is_there_to_be_explained(code: str) -> None:
    """Given a check, then each code that it explains is there: a slip of the pen would fold nothing."""
    assert [symptom for symptom in load_checks()[code].explains if symptom not in load_checks()] == []


def test_loading_the_catalogue_imports_no_sdk() -> None:
    """Given a fresh process, when it loads all checks, then no platform's SDK and nothing of Slack was imported."""
    program = (
        "import sys; from sickbay.diagnostics.catalogue import load_checks; assert load_checks();"
        f"print([name for name in sys.modules if name.partition('.')[0] in {SDKS!r}])"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)

    assert done.stdout.strip() == "[]"
