"""LNT-101: a base image that nobody keeps up, or that nobody chose."""

import pytest

from tests.unit.diagnostics.platforms.lint.linted import found, one, places


def test_a_base_without_a_tag_is_told_by_its_line() -> None:
    """Given one base without a tag and one that is `latest`, then both are told in one finding, with their lines."""
    finding = one("LNT-101", "FROM alpine AS build\n\nFROM nginx:latest\n")

    assert places(finding) == ["Dockerfile:1", "Dockerfile:3"]
    assert [evidence.value[:6] for evidence in finding.evidence] == ["DL3006", "DL3007"]


@pytest.mark.parametrize(
    ("base", "says"),
    [
        ("debian:wheezy", "debian:wheezy got its last fixes on 2018-05-31"),
        ("docker.io/library/debian:7.11", "got its last fixes on 2018-05-31"),
        ("python:3.12-buster", "python:3.12-buster stands on debian 10, which got its last fixes on 2024-06-30"),
        ("python:3.6.8", "python:3.6.8 got its last fixes on 2021-12-23"),
        ("node:12-alpine3.12", "got its last fixes on 2022-04-30"),
        ("rails:onbuild", "rails:onbuild got its last fixes on 2016-12-31"),
        ("centos:7", "centos:7 got its last fixes on 2024-06-30"),
    ],
)
def test_a_base_out_of_support_is_told_with_its_day(base: str, says: str) -> None:
    """Given an official image whose release, or whose distribution, gets no more fixes, then the day is told."""
    assert says in one("LNT-101", f"FROM {base}\n").summary


@pytest.mark.parametrize(
    "base",
    ["debian:13-slim", "python:3.14-alpine3.23", "node:24", "ubuntu:24.04", "me/debian:7", "registry.example/debian:7",
     "scratch", "debian:13@sha256:" + "0" * 64, "python:3.12-slim", "postgres:130"],
)  # fmt: skip
def test_a_base_that_is_kept_up_or_not_known_is_not_told(base: str) -> None:
    """Given a release in support, or an image that is not the official one, then nothing is said of its age."""
    assert found("LNT-101", f"FROM {base}\n") == []


def test_build_arguments_are_filled_in() -> None:
    """Given a base whose release is a build argument's default, then that release is judged."""
    finding = one("LNT-101", "ARG RELEASE=stretch\nFROM debian:${RELEASE}-slim\n")

    assert "debian:stretch-slim got its last fixes on 2022-06-30 (line 2)" in finding.summary


def test_images_of_services_are_judged_too() -> None:
    """Given a service without a tag and one out of support, then both are told; what is built here may be `latest`."""
    text = "services:\n  a: {image: redis}\n  b: {image: 'mysql:5.7'}\n  c: {image: 'me/app:latest', build: .}\n"

    finding = one("LNT-101", text, "compose.yml")

    assert places(finding) == ["compose.yml:2", "compose.yml:3"]
