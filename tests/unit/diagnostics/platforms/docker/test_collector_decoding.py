"""Answers of engines old and new, and of Podman, are read leniently, and never trusted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sickbay.diagnostics.platforms.docker.collector.decoding import ShapeError, decode, decode_lines
from sickbay.diagnostics.platforms.docker.wire.base import NEVER
from sickbay.diagnostics.platforms.docker.wire.containers import ContainerInspect
from sickbay.diagnostics.platforms.docker.wire.engine import Event


def test_nulls_are_empty() -> None:
    """Docker writes null for an empty list, an absent part and an unknown number."""
    body = b'{"Id":"x","Args":null,"Mounts":[null],"HostConfig":{"Binds":null,"Memory":null},"NetworkSettings":null}'

    container = decode(body, ContainerInspect)

    assert (container.args, container.mounts, container.host_config.memory) == ((), (), 0)


def test_numbers_as_strings_and_times_with_offsets() -> None:
    """Podman writes some numbers as strings and its times in the host's zone; an empty time means never."""
    body = (
        b'{"Id":"x","HostConfig":{"Memory":"64"},"Created":"2026-11-23T11:00:00.123456789+01:00",'
        b'"State":{"FinishedAt":""}}'
    )

    container = decode(body, ContainerInspect)

    assert container.host_config.memory == 64
    assert container.created.isoformat() == "2026-11-23T11:00:00.123457+01:00"
    assert container.state.finished_at == NEVER


def test_empty_label_stays() -> None:
    """A label without a value is a label."""
    assert decode(b'{"Id":"x","Config":{"Labels":{"a":""}}}', ContainerInspect).config.labels == {"a": ""}


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[]", b'{"Id":1}', b'"x"', b'{"Name":"no id"}'])
def test_anything_else_is_a_shape_error(body: bytes) -> None:
    """What is not the documented shape raises one error that says so."""
    with pytest.raises(ShapeError):
        decode(body, ContainerInspect)


@given(st.binary())
def test_no_bytes_break_the_decoder(body: bytes) -> None:
    """Any bytes at all give a value or a ShapeError."""
    for reading in (lambda: decode(body, ContainerInspect), lambda: list(decode_lines(body, Event))):
        try:
            reading()
        except ShapeError:
            continue


@pytest.mark.parametrize("depth", [900, 100_000])
def test_nesting_without_end(depth: int) -> None:
    """An answer that is nested deeper than anything documented is refused as one, and passed over in a stream."""
    nested = b"[" * depth + b"]" * depth

    with pytest.raises(ShapeError, match="nested too deeply"):
        decode(b'{"Id":' + nested + b"}", ContainerInspect)
    assert list(decode_lines(b'{"Type":"a"}\n' + b"[" * 100_000, Event)) == [Event(type="a")]
