"""In what a container differs from the one that had its place before."""

from typing import Any

import pytest

from sickbay.diagnostics.events import EventKind
from sickbay.diagnostics.platforms.docker.differences import CONFIG_HASH, Made, differences, made_of
from sickbay.diagnostics.platforms.docker.wire.containers import (
    Endpoint,
    Healthcheck,
    LogConfig,
    Mount,
    PortBinding,
    RestartPolicy,
)
from tests.unit.diagnostics.platforms.docker.hosts import MIB, container, identity


def _told(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[EventKind, str, str, str]]:
    one, other = (made_of(container(**differs).inspect) for differs in (before, after))
    return [(item.kind, item.field, item.before, item.after) for item in differences(one, other)]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ({"memory": 64 * MIB}, {"memory": 32 * MIB}, ("template", "HostConfig.Memory", "64 MiB", "32 MiB")),
        ({"nano_cpus": 0}, {"nano_cpus": 500_000_000}, ("template", "HostConfig.NanoCpus", "", "0.5 CPUs")),
        ({"cmd": ("serve",)}, {"cmd": ("serve", "a b")}, ("template", "Config.Cmd", "serve", "serve 'a b'")),
        (
            {"env": ("LEVEL=info",)},
            {"env": ("LEVEL=debug",)},
            ("template", "Config.Env[LEVEL]", "a value", "another value"),
        ),
        ({"env": ("OLD=1",)}, {"env": ()}, ("template", "Config.Env[OLD]", "a value", "")),
        ({"env": ()}, {"env": ("NEW=1",)}, ("template", "Config.Env[NEW]", "", "a value")),
        ({"image": "web:1"}, {"image": "web:2"}, ("image", "Config.Image", "web:1", "web:2")),
        (
            {"image_id": f"sha256:{'a' * 64}"},
            {"image_id": f"sha256:{'b' * 64}"},
            ("image", "Image", "a" * 12, "b" * 12),
        ),
        (
            {"networks": {"front": Endpoint()}},
            {"networks": {"front": Endpoint(), "back": Endpoint()}},
            ("network", "NetworkSettings.Networks[back]", "", "connected"),
        ),
        (
            {"port_bindings": {"80/tcp": (PortBinding(host_ip="", host_port="8080"),)}},
            {"port_bindings": {"80/tcp": (PortBinding(host_ip="127.0.0.1", host_port="8080"),)}},
            ("network", "HostConfig.PortBindings[80/tcp]", "*:8080", "127.0.0.1:8080"),
        ),
        (
            {"mounts": (Mount(type="volume", name="data", destination="/data"),)},
            {"mounts": (Mount(type="bind", source="/srv", destination="/data", rw=False),)},
            ("template", "Mounts[/data]", "volume data", "bind /srv (read-only)"),
        ),
        (
            {"restart_policy": RestartPolicy(name="on-failure", maximum_retry_count=3)},
            {"restart_policy": RestartPolicy(name="no")},
            ("template", "HostConfig.RestartPolicy", "on-failure:3", ""),
        ),
        (
            {"healthcheck": Healthcheck(test=("CMD", "probe"), interval=10**9)},
            {"healthcheck": Healthcheck(test=("CMD", "probe"), interval=30 * 10**9)},
            ("template", "Config.Healthcheck.Interval", "1 s", "30 s"),
        ),
        (
            {"log_config": LogConfig(type="json-file")},
            {"log_config": LogConfig(type="syslog", config={"tag": "web"})},
            ("template", "HostConfig.LogConfig", "json-file", "syslog tag=web"),
        ),
        (
            {"labels": {"traefik.enable": "true"}},
            {"labels": {"traefik.enable": "false"}},
            ("template", "Config.Labels[traefik.enable]", "true", "false"),
        ),
        (
            {"labels": {CONFIG_HASH: "a" * 64}},
            {"labels": {CONFIG_HASH: "b" * 64}},
            ("template", f"Config.Labels[{CONFIG_HASH}]", "a" * 12, "b" * 12),
        ),
    ],
)
def test_each_field(before: dict[str, Any], after: dict[str, Any], told: tuple[str, ...]) -> None:
    """Given two containers that differ in one thing, then it is told with its field, from what to what."""
    assert _told(before, after) == [told]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {}),
        ({"hostname": "a1b2"}, {"hostname": "c3d4"}),
        ({"labels": {"com.docker.compose.image": "x"}}, {"labels": {"com.docker.compose.image": "y"}}),
        (
            {"mounts": (Mount(type="volume", name=identity("a"), destination="/tmp"),)},
            {"mounts": (Mount(type="volume", name=identity("b"), destination="/tmp"),)},
        ),
        ({"networks": {"front": Endpoint(ip_address="1")}}, {"networks": {"front": Endpoint(ip_address="2")}}),
    ],
)
def test_what_differs_each_time_is_no_difference(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Given what is another for each container, as addresses and volumes without a name, then nothing is told."""
    assert _told(before, after) == []


def test_another_image_brings_its_own_labels() -> None:
    """Given another reference, then neither the image's id nor the labels that came with it are told beside it."""
    told = _told({"image": "web:1", "labels": {"v": "1"}}, {"image": "web:2", "image_id": "x", "labels": {"v": "2"}})

    assert [field for _, field, _, _ in told] == ["Config.Image"]


def test_a_secret_that_changed() -> None:
    """Given another password, of which nobody sees but that it is hidden, then it is told that it is another."""
    inspected = container(env=("PASSWORD=[redacted]",)).inspect
    before, after = (made_of(inspected, (f"PASSWORD={value}",)) for value in ("hunter1", "hunter2"))

    (told,) = differences(before, after)

    assert (told.field, told.before, told.after) == ("Config.Env[PASSWORD]", "a value", "another value")
    assert "hunter" not in repr((before, after, told))


def test_a_label_that_is_hidden() -> None:
    """Given a label whose name is that of a secret, then it is told that it is another, and not what it is."""
    before, after = (Made(image="web:1", labels={"api.password": value}) for value in ("hunter1", "hunter2"))

    (told,) = differences(before, after)

    assert (told.before, told.after) == ("a value", "another value")
    assert differences(Made(image="web:1", labels={"api.password": "[redacted]"}), after) == ()


def test_what_only_an_event_told_of() -> None:
    """Given a container that only an event told of, then what it could not tell is not taken for different."""
    inspected = made_of(container(image="web:2", memory=MIB).inspect)

    assert [item.field for item in differences(Made(image="web:1", labels={}), inspected)] == ["Config.Image"]


def test_many_differences_are_cut() -> None:
    """Given a hundred changed variables, then thirty are told, the image first."""
    before = {"image": "web:1", "env": tuple(f"V{number}=1" for number in range(100))}
    after = {"image": "web:2", "env": tuple(f"V{number}=2" for number in range(100))}

    told = _told(before, after)

    assert (len(told), told[0][1]) == (30, "Config.Image")
