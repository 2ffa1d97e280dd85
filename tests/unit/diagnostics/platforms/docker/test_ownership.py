"""Whose a container is, by the labels that tools leave."""

import pytest

from sickbay.diagnostics.platforms.docker.ownership import orchestrated, owner_of, quoted, remedy
from tests.unit.diagnostics.platforms.docker.hosts import container

FILES = {"com.docker.compose.project": "shop", "com.docker.compose.project.config_files": "/srv/shop/compose.yaml"}


@pytest.mark.parametrize(
    ("labels", "owner"),
    [
        (FILES, "Compose project shop (/srv/shop/compose.yaml)"),
        ({"com.docker.compose.project": "shop"}, "Compose project shop"),
        ({"com.docker.swarm.service.name": "web"}, "Swarm service web"),
        ({"io.kubernetes.pod.name": "web-x", "io.kubernetes.pod.namespace": "shop"}, "Kubernetes pod shop/web-x"),
        ({"io.kubernetes.pod.name": "web-x"}, "Kubernetes pod default/web-x"),
        ({"ansible_managed": "yes"}, "Ansible"),
        ({"Ansible.role": "web"}, "Ansible"),
        ({"puppet.environment": "production"}, "Puppet"),
        ({"com.puppet.class": "web"}, "Puppet"),
        ({"chef_cookbook": "web"}, "Chef"),
        ({"chefs-choice": "", "puppeteer.version": "24"}, None),
        ({"com.hashicorp.nomad.alloc_id": "1f2e", "com.hashicorp.nomad.job_name": "web"}, "Nomad job web"),
        ({"com.hashicorp.nomad.alloc_id": "1f2e"}, "Nomad allocation 1f2e"),
        ({"sickbay.owner": "Puppet, module web (ops@example.com)", **FILES}, "Puppet, module web (ops@example.com)"),
        ({"sickbay.owner": ""}, None),
        ({"com.docker.compose.service": "web"}, None),
        ({"com.docker.compose.project": ""}, None),
        ({"maintainer": "ansible"}, None),
        ({}, None),
    ],
)
def test_the_owner_is_told_by_labels(labels: dict[str, str], owner: str | None) -> None:
    """Given labels, then the tool that left them owns the container; nobody is made up."""
    assert owner_of(labels) == owner


@pytest.mark.parametrize(
    ("labels", "kept"),
    [
        ({"com.docker.swarm.task.id": "x"}, True),
        ({"io.kubernetes.pod.uid": "x"}, True),
        ({"com.hashicorp.nomad.alloc_id": "x"}, True),
        ({"com.docker.compose.project": "shop"}, False),
        ({}, False),
    ],
)
def test_orchestrators_keep_their_containers(labels: dict[str, str], kept: bool) -> None:
    """Given a container of an orchestrator, then that one restarts it, and the engine need not."""
    assert orchestrated(labels) is kept


def test_a_remedy_carries_its_owner() -> None:
    """Given a container of a Compose project, then its remedy has text, command and owner."""
    cure = remedy(container(labels=FILES), "Mend it.", "docker start web-1")

    assert (cure.text, cure.command) == ("Mend it.", "docker start web-1")
    assert cure.owner == "Compose project shop (/srv/shop/compose.yaml)"


@pytest.mark.parametrize(("name", "word"), [("web-1", "web-1"), ("$(x)", "'$(x)'"), ("it's", "'it'\"'\"'s'")])
def test_names_are_quoted_where_a_shell_needs_it(name: str, word: str) -> None:
    """Given a name, then a shell takes it as one word, and a plain one stays readable."""
    assert quoted(container(name)) == word
