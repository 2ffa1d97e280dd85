"""Why a service does not get its tasks to run: what is said of it, and what to do."""

from msgspec import Struct

from sickbay.diagnostics.model import Evidence, Remedy


class Explanation(Struct, frozen=True, kw_only=True):
    """A class of fault in words, as the end of a sentence about the service, with its proof and its remedy.

    `inferred` says that the swarm itself has not said so.
    """

    says: str
    remedy: Remedy
    evidence: tuple[Evidence, ...] = ()
    inferred: bool = False
