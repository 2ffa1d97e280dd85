"""A diagnosis from the command to its answer, as people in the channel see it."""

import pytest

from handlers.blocks.offers import CANCEL, RUN_AGAIN
from sickbay.diagnostics.model import Evidence, Table
from tests.integration.slack.stage import STEPS, Stage, text
from tests.unit.command_line.reports import AT, CAUSE, GAP, SYMPTOM, finding, report


def test_a_command_becomes_a_card_that_follows_the_job_to_its_end(stage: Stage) -> None:
    """Given `/diagnose local web-1`, when a worker takes, reads and ends it, then one card shows each of that."""
    stage.say("/diagnose local web-1")
    job = stage.job()
    stage.deliver(job)
    queued = text(stage.root())

    stage.work(job)
    stage.deliver(job)
    running = text(stage.root())
    stage.queue.finish(job, report(CAUSE))
    stage.deliver(job)
    done = text(stage.root())

    assert "Diagnosis of local › web-1, asked by @U0ALICE" in queued
    assert "Queued" in queued
    assert ":hourglass_flowing_sand: Connecting" in running
    assert "High: db exited with code 3." in done
    assert "[Run again]" in done
    assert not stage.told()


def test_findings_stand_in_one_reply_by_score(stage: Stage) -> None:
    """Given a report of a cause and its symptom, when done, then one reply tells both, the cause first."""
    stage.say("/diagnose local")
    stage.answer(stage.job(), report(CAUSE, SYMPTOM))

    (reply,) = stage.replies()
    told = text(reply)
    assert told.index("DKR-C101") < told.index("docker logs db") < told.index("This explains") < told.index("DKR-C102")


def test_a_ranking_stands_above_the_findings(stage: Stage) -> None:
    """Given `--top cpu`, when done, then the first reply is the table, as Slack takes it, and the next the findings."""
    table = Table(title="Top by CPU: 1 running container", columns=("Container", "CPU"), rows=(("<!channel>", "93 %"),))
    stage.say("/diagnose local --top cpu")
    job = stage.job()
    asked = stage.queue.record(job)
    stage.answer(job, report(CAUSE, tables=(table,)))

    ranking, findings = stage.replies()
    assert asked is not None
    assert asked.job.request.top == "cpu"
    assert ranking["blocks"][1]["rows"][1] == [
        {"type": "raw_text", "text": "<!channel>"},
        {"type": "raw_text", "text": "93 %"},
    ]
    assert "DKR-C101" in text(findings)
    assert "top by cpu" in text(stage.root())


def test_a_long_log_is_a_file_in_the_thread(stage: Stage) -> None:
    """Given evidence of 5,000 characters, when done, then its end stands in the reply, and a file has all."""
    log = "\n".join(f"line {number:04}" for number in range(500))
    stage.say("/diagnose local")
    stage.answer(stage.job(), report(finding(evidence=(Evidence(source="GET /containers/db/logs", value=log, at=AT),))))

    reply, file = stage.replies()
    assert "line 0499" in text(reply)
    assert "line 0100" not in text(reply)
    assert file["files"][0]["name"] == "db.log"
    assert stage.workspace.store.contents[file["files"][0]["id"]].decode() == log


def test_a_healthy_host_gets_one_line_and_no_reply(stage: Stage) -> None:
    """Given nothing wrong, when done, then the card says what was looked at, and nothing stands below it."""
    stage.say("/diagnose local")
    stage.answer(stage.job(), report())

    assert "Nothing wrong found: looked at 1 engine, 2 containers" in text(stage.root())
    assert stage.replies() == []


def test_gaps_are_listed(stage: Stage) -> None:
    """Given something that could not be read, when done, then the card says so, and the reply says what."""
    stage.say("/diagnose local")
    stage.answer(stage.job(), report(gaps=(GAP,)))

    assert "1 thing could not be read" in text(stage.root())
    assert "disk usage: no answer within 10 s" in text(*stage.replies())


def test_run_again_answers_in_the_same_thread(stage: Stage) -> None:
    """Given a finished diagnosis, when Bob clicks 'Run again', then his card and findings stand in its thread."""
    stage.say("/diagnose local web-1")
    stage.answer(stage.job(), report(CAUSE))
    stage.click(RUN_AGAIN, stage.root()["ts"], user="bob")

    again = stage.jobs()[-1]
    stage.answer(again.job.id, report())

    assert again.job.asked_by == "U0BOB"
    assert again.job.request.scope == "web-1"
    assert "asked by @U0BOB" in text(stage.replies()[-1])
    assert "Nothing wrong found" in text(stage.replies()[-1])


def test_cancel_ends_a_queued_job(stage: Stage) -> None:
    """Given a card that waits, when somebody clicks 'Cancel', then it says so, and no worker gets the job."""
    stage.say("/diagnose local")
    job = stage.job()
    stage.deliver(job)

    stage.click(CANCEL, stage.root()["ts"], user="bob")
    stage.deliver(job)

    assert "Cancelled" in text(stage.root())
    assert stage.queue.start(job, steps=STEPS, worker="worker") is None


def test_cancel_reaches_the_worker_of_a_running_job(stage: Stage) -> None:
    """Given a running job, when somebody clicks 'Cancel', then its worker sees it, and what it found comes too late."""
    stage.say("/diagnose local")
    job = stage.job()
    stage.work(job)
    stage.deliver(job)

    stage.click(CANCEL, stage.root()["ts"])
    assert stage.queue.ended(job)
    stage.queue.finish(job, report(CAUSE))
    stage.deliver(job)

    assert "Cancelled" in text(stage.root())


def test_cancelling_what_has_ended_is_told(stage: Stage) -> None:
    """Given a card that is behind, when 'Cancel' is clicked after the end, then the one who clicked is told."""
    stage.say("/diagnose local")
    job = stage.job()
    stage.deliver(job)
    stage.queue.finish(job, report())

    stage.click(CANCEL, stage.root()["ts"], user="bob")

    assert stage.told("bob") == ["That diagnosis has ended already."]


def test_a_mention_in_a_channel_is_answered_in_the_channel(stage: Stage) -> None:
    """Given a mention, when said in the channel, then the card stands there as after a command."""
    stage.say("@sickbay diagnose local web-1")
    stage.answer(stage.job(), report(CAUSE))

    assert "Diagnosis of local › web-1" in text(stage.root())
    assert "DKR-C101" in text(*stage.replies())


@pytest.mark.parametrize("said", ["@sickbay local", "@sickbay: Diagnose local", "@sickbay /diagnose local"])
def test_a_mention_may_say_the_verb(stage: Stage, said: str) -> None:
    """Given a mention with the verb, without it, or as a command, when said, then it means the same."""
    stage.say(said)

    (record,) = stage.jobs()
    assert (record.job.target, record.job.request.scope) == ("local", "")


def test_a_mention_in_a_thread_is_answered_in_that_thread(stage: Stage) -> None:
    """Given a thread, where Slack has no commands, when the bot is mentioned, then it answers there."""
    question = stage.workspace.say(user="bob", channel="#ops", text="down!")
    stage.say("@sickbay local", thread=question)
    stage.answer(stage.job(), report(CAUSE))

    assert stage.messages() == []
    card, findings = stage.messages(thread=question)
    assert "Diagnosis of local" in text(card)
    assert "DKR-C101" in text(findings)


def test_a_direct_message_needs_no_mention(stage: Stage) -> None:
    """Given a direct message, when it names a target, with or without the verb, then it is answered there."""
    stage.say("diagnose local", channel="U0ALICE")
    stage.answer(stage.job(), report())

    assert "Nothing wrong found" in text(stage.root("U0ALICE"))


def test_a_direct_message_that_is_not_understood_is_answered(stage: Stage) -> None:
    """Given a direct message without sense, when said, then the answer is a message there, with the grammar."""
    stage.say("what is wrong with you today", channel="U0ALICE")

    assert "What to type" in stage.root("U0ALICE")["text"]


def test_a_bot_is_not_answered(stage: Stage) -> None:
    """Given the bot's own words, when they mention it, then nothing comes of it: it cannot talk to itself."""
    stage.slack._client.chat_postMessage(channel="C0OPS", text="<@U0SICKBAY> local")
    stage.say("@sickbay help")

    assert stage.jobs() == []


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("/diagnose lokal", "There is no target `lokal`. Did you mean `local`?"),
        ("/diagnose local --sinze 2h", "I do not know `--sinze`."),
        ("/diagnose help", "*What to type:*"),
        (
            "/diagnose targets",
            "*Targets*\n• `local` docker, zone default\n• `prod` docker, zone eu\n• `guarded` docker, zone default",
        ),
        ("@sickbay diagnose lokal", "There is no target `lokal`. Did you mean `local`?"),
        ("@sickbay diagnose-prod", "There is no target `diagnose-prod`."),
        ("@sickbay", "*What to type:*"),
        ("/diagnose <!channel>", "There is no target `&lt;!channel&gt;`."),
    ],
)
def test_what_is_no_diagnosis_is_answered_to_the_asker_alone(stage: Stage, typed: str, answer: str) -> None:
    """Given words that start nothing, when typed, then only the one who typed sees why, or what was asked for."""
    stage.say(typed)

    (told,) = stage.told()
    assert told.startswith(answer)
    assert stage.messages() == []
    assert stage.jobs() == []


def test_a_mention_in_a_thread_that_is_wrong_is_answered_in_that_thread(stage: Stage) -> None:
    """Given a wrong target in a thread, when mentioned, then the asker is told there, and not in the channel."""
    question = stage.workspace.say(user="bob", channel="#ops", text="down!")

    stage.say("@sickbay lokal", thread=question)

    (told,) = stage.workspace.ephemerals("alice")
    assert told["thread_ts"] == question


def test_a_zone_without_workers_is_told_in_the_thread(stage: Stage) -> None:
    """Given a zone that no worker serves, when asked for, then the card says so at once, and at the end what to do."""
    stage.say("/diagnose prod")
    job = stage.job()
    stage.deliver(job)
    assert "No worker serves zone eu right now" in text(stage.root())

    stage.queue.expire(job)
    stage.deliver(job)

    assert "No answer: No worker serves zone eu. Start one" in text(stage.root())
    assert "[Run again]" in text(stage.root())


def test_a_channel_without_the_bot_tells_the_asker_once(stage: Stage) -> None:
    """Given a channel that the bot is not in, when asked there, then the asker is told once how to let it in."""
    stage.say("/diagnose local", channel="#random-without-bot")
    job = stage.job()
    stage.deliver(job)

    stage.answer(job, report(CAUSE))

    (told,) = stage.told()
    assert "`/invite @sickbay`" in told
    assert stage.messages("#random-without-bot") == []


def test_a_bot_that_is_let_in_meanwhile_shows_the_answer(stage: Stage) -> None:
    """Given an asker who was told, when the bot is invited before the end, then the answer is shown after all."""
    stage.say("/diagnose local", channel="#random-without-bot")
    job = stage.job()
    stage.deliver(job)
    channel = stage.workspace.store.channel("#random-without-bot")
    channel["members"].append("U0SICKBAY")

    stage.answer(job, report(CAUSE))

    assert "High: db exited with code 3." in text(stage.root("#random-without-bot"))


def test_hostile_names_ping_nobody(stage: Stage) -> None:
    """Given a report full of mentions, when shown, then none of them is one, in blocks or text."""
    evil = "<!channel> <@U0BOB> `x`"
    stage.say("/diagnose local")
    stage.answer(stage.job(), report(finding(subject=f"container/{evil}", summary=evil, title=evil)))

    for message in (stage.root(), *stage.replies()):
        assert "<" not in message["text"]
        assert "mrkdwn" not in str(message["blocks"])
    assert evil in text(*stage.replies())
