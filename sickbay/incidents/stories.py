"""What the database knows of an incident, gathered for its post-mortem."""

from collections.abc import Callable, Iterator, Sequence

from sickbay.incidents.database import Database
from sickbay.incidents.diagnoses import Diagnoses, PastDiagnosis
from sickbay.incidents.incidents import Incidents
from sickbay.incidents.marks import Marks
from sickbay.incidents.model import Incident, Mark
from sickbay.incidents.postmortem import Similar, Story, causes_of
from sickbay.incidents.timeline import Timeline

#: Entries of a timeline, past incidents that are looked at, and those that are listed.
_ENTRIES, _LOOKED_AT, _LISTED = 10_000, 50, 5


class Stories:
    """Gathers stories. Raises DatabaseUnavailableError, and IncidentError where there is no such incident."""

    def __init__(self, database: Database) -> None:
        self._incidents = Incidents(database)
        self._timeline = Timeline(database)
        self._diagnoses = Diagnoses(database)
        self._marks = Marks(database)

    def story(self, number: int, may_see: Callable[[Incident], bool] = lambda _: True) -> Story:
        """Give all that is known of an incident; of others like it, those that the reader may see."""
        incident = self._incidents.get(number)
        runs, marks = self._of(incident)
        return Story(
            incident=incident,
            entries=self._timeline.entries(number, limit=_ENTRIES),
            diagnoses=runs,
            marks=marks,
            similar=tuple(filter(lambda like: may_see(like.incident), self._similar(incident, runs, marks)))[:_LISTED],
        )

    def _of(self, incident: Incident) -> tuple[Sequence[PastDiagnosis], Sequence[Mark]]:
        runs = self._diagnoses.all_in_thread(incident.channel, incident.thread_ts) if incident.thread_ts else ()
        return runs, self._marks.of(incident.number)

    def _similar(self, incident: Incident, runs: Sequence[PastDiagnosis], marks: Sequence[Mark]) -> Iterator[Similar]:
        """Yield resolved incidents with the same cause, on whatever target, and then those of the same target."""
        codes = {finding.code for finding in causes_of(runs, marks)}
        lately = self._incidents.listed(only_open=False, limit=_LOOKED_AT)
        here = self._incidents.of_target(incident.target, limit=_LOOKED_AT) if incident.target else ()
        alike: list[Similar] = []
        for other in {item.number: item for item in (*here, *lately)}.values():
            if other.number == incident.number or other.open:
                continue
            same = codes & {finding.code for finding in causes_of(*self._of(other))}
            if same:
                yield Similar(incident=other, why=f"same cause {', '.join(sorted(same))}", fix=other.summary)
            elif other in here:
                alike.append(Similar(incident=other, why=f"same target {incident.target}", fix=other.summary))
        yield from alike
