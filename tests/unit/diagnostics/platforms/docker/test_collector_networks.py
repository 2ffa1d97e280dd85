"""What is read of a host's networks, volumes and plugins."""

import json
from typing import Any

import pytest

from sickbay.diagnostics.platforms.docker.collector import collection
from tests.unit.diagnostics.platforms.docker.conftest import read
from tests.unit.diagnostics.platforms.docker.fake_engine import FakeEngine, inspection

ATTACHED = {"c1": {"Name": "web", "EndpointID": "e1", "IPv4Address": "10.77.0.2/30", "IPv6Address": ""}}


def _network(name: str, driver: str = "bridge", **changes: Any) -> dict[str, Any]:
    return {
        "Name": name,
        "Id": name.encode().hex().ljust(64, "0"),
        "Driver": driver,
        "Scope": "local",
        "IPAM": {"Driver": "default", "Options": None, "Config": [{"Subnet": "10.77.0.0/30"}]},
        "Containers": ATTACHED,
        "Options": {"com.docker.network.bridge.enable_icc": "false"},
        **changes,
    }


def _on(network: str) -> dict[str, Any]:
    return {"NetworkSettings": {"Networks": {network: {"IPAddress": "10.77.0.2", "Aliases": None}}}}


def test_networks_are_read_with_what_is_on_them(engine: FakeEngine) -> None:
    """Given networks, then each is inspected for its endpoints but those that can have none of their own."""
    engine.networks(_network("back"), _network("host", "host"))

    back, host = read(engine).networks

    assert back.containers is not None
    assert back.containers["c1"].ipv4_address == "10.77.0.2/30"
    assert str(back.ipam.config[0].network) == "10.77.0.0/30"
    assert (back.icc, back.masquerade, back.default_bridge) == (False, True, False)
    assert not host.containers
    assert not [path for path in engine.requests if "686f7374" in path]


def test_a_scoped_run_inspects_its_own_networks(engine: FakeEngine) -> None:
    """Given a scope, then all networks are known, and only those that its containers are on are looked into."""
    engine.containers(inspection("web", **_on("back")))
    engine.networks(_network("back"), _network("front"))

    snapshot = read(engine, scope="web")

    assert [(network.name, bool(network.containers)) for network in snapshot.networks] == [
        ("back", True),
        ("front", False),
    ]
    assert snapshot.looked_at()["networks"] == 1


def test_too_many_networks_are_a_gap(engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given more networks than are inspected, then a gap counts those left out."""
    monkeypatch.setattr(collection, "NETWORKS", 2)
    engine.networks(*(_network(f"n{number}") for number in range(5)))

    snapshot = read(engine)

    assert [(gap.what, gap.reason) for gap in snapshot.gaps] == [("3 of 5 networks", "at most 2 are inspected")]
    assert len(snapshot.networks) == 5


def test_calls_that_a_proxy_forbids_are_gaps(engine: FakeEngine) -> None:
    """Given a proxy that lets networks, volumes and plugins not pass, then each is a gap and the rest is read."""
    engine.containers(inspection("web"))
    for route in ("/networks", "/volumes", "/plugins"):
        engine.json(route, {"message": "forbidden"}, status=403)

    snapshot = read(engine)

    assert {(gap.what, gap.reason) for gap in snapshot.gaps} == {
        ("GET /networks", "forbidden"),
        ("GET /volumes", "forbidden"),
        ("GET /plugins", "forbidden"),
    }
    assert [container.name for container in snapshot.containers] == ["web"]


def test_a_network_that_is_gone_meanwhile_is_no_gap(engine: FakeEngine) -> None:
    """Given a network that is removed between list and inspection, then what the list told stays, without a gap."""
    engine.networks(_network("back"))
    del engine.routes[f"/networks/{_network('back')['Id']}"]

    snapshot = read(engine)

    assert [network.name for network in snapshot.networks] == ["back"]
    assert snapshot.gaps == ()


def test_an_endpoint_that_is_just_being_made(engine: FakeEngine) -> None:
    """Given an endpoint without a container, then a second look decides: what came or went between the two is well."""
    left, new = {"Name": "left", "EndpointID": "e1"}, {"Name": "new", "EndpointID": "e2"}
    answers = iter([{"ep-e1": left, "ep-e0": left}, {"ep-e1": left, "ep-e2": new, "c1": new}])
    back = _network("back")
    engine.networks(back)
    engine.routes[f"/networks/{back['Id']}"] = lambda handler: handler.send(
        200, json.dumps({**back, "Containers": next(answers)}).encode()
    )

    (seen,) = read(engine).networks

    assert set(seen.containers or {}) == {"ep-e1", "c1"}
    assert [item.name for item in seen.lost_endpoints.values()] == ["left"]


def test_volumes_and_plugins(engine: FakeEngine) -> None:
    """Given volumes and a managed plugin, then they are read, and passwords among a driver's options are not."""
    options = {"type": "cifs", "o": "addr=10.0.0.9,username=shop,password=hunter2hunter2"}
    engine.json(
        "/volumes", {"Volumes": [{"Name": "data", "Driver": "local", "Options": options}], "Warnings": ["nope: gone"]}
    )
    engine.json(
        "/plugins",
        [
            {
                "Id": "p",
                "Name": "rexray:1",
                "Enabled": False,
                "Config": {"Interface": {"Types": ["docker.volumedriver/1.0"]}},
            }
        ],
    )

    snapshot = read(engine)

    assert (snapshot.volumes[0].name, snapshot.volume_warnings) == ("data", ("nope: gone",))
    assert "hunter2" not in str(snapshot.volumes)
    assert [
        (item.name, item.enabled, item.provides("volume"), item.provides("network")) for item in snapshot.plugins
    ] == [("rexray:1", False, True, False)]
    assert snapshot.looked_at()["volumes"] == 1


def test_podmans_own_network(engine: FakeEngine) -> None:
    """Given Podman, which lists its own network by another name than its containers do, then it is one network."""
    podman = {"Version": "4.3.1", "ApiVersion": "1.41", "Components": [{"Name": "Podman Engine", "Version": "4.3.1"}]}
    engine.json("/version", {**podman, "MinAPIVersion": "1.24"})
    engine.containers(inspection("web", **_on("podman")))
    engine.networks(_network("bridge", Options={}), _network("back", Options={}))

    (network,) = read(engine, scope="web").networks_in_scope

    assert (network.name, network.default_bridge, bool(network.containers)) == ("podman", True, True)


def test_podman_is_not_asked_for_plugins(engine: FakeEngine) -> None:
    """Given Podman, which has no plugins of that kind and no such call, then it is not asked and nothing is missing."""
    components = [{"Name": "Podman Engine", "Version": "4.3.1"}]
    engine.json(
        "/version", {"Version": "4.3.1", "ApiVersion": "1.41", "MinAPIVersion": "1.24", "Components": components}
    )
    del engine.routes["/plugins"]

    assert read(engine).gaps == ()
