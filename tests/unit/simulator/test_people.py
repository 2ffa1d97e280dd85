"""What a person types and clicks, and what the app is told of it."""

import asyncio
from typing import Any

import pytest

from sickbay.simulator.delivery import Ack
from sickbay.simulator.errors import SlackError
from tests.unit.simulator.scripted import Scene

EVENTS = {"settings": {"event_subscriptions": {"bot_events": ["app_mention", "message.im", "message.channels"]}}}


def commands(**parts: Any) -> dict[str, Any]:
    return {"slash_commands": [{"command": "/diagnose"} | parts]}


def text_sent(scene: Scene, typed: str) -> str:
    asyncio.run(scene.people.command("alice", "#ops", typed))
    return str(scene.app.sent[-1][1]["text"])


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("/diagnose local", "local"),
        ("/diagnose", ""),
        ("/diagnose   local   web-1  ", "local   web-1"),
        ("/diagnose\nlocal", "local"),
        ("/diagnose\tlocal", "local"),
        ("/diagnose a & <b>", "a &amp; &lt;b&gt;"),
    ],
)
def test_a_commands_words_are_told(typed: str, told: str) -> None:
    """Given what a person typed, when it is a command, then its words are told apart from its name."""
    scene = Scene(features=commands())

    assert text_sent(scene, typed) == told
    assert scene.app.sent[0][1]["command"] == "/diagnose"


def test_mentions_are_escaped_only_where_the_manifest_asks() -> None:
    """Given @alice and #ops in a command, when the manifest asks for it, then they are ids; else they are words."""
    typed = "/diagnose @alice #ops @nobody x@bob.example #nowhere"

    escaped = text_sent(Scene(features=commands(should_escape=True)), typed)

    assert escaped == "<@U0ALICE|alice> <#C0OPS|ops> @nobody x@bob.example #nowhere"
    assert text_sent(Scene(features=commands()), typed) == typed.removeprefix("/diagnose ")


@pytest.mark.parametrize(
    ("text", "thread_ts", "code", "sentence"),
    [
        ("/diagnose local", "1.0", "not_supported_in_threads", "/diagnose is not supported in threads. Sorry!"),
        ("/restart", "", "unknown_command", "/restart is not a valid command."),
        ("/", "", "unknown_command", "/ is not a valid command."),
        ("/Diagnose", "", "unknown_command", "/Diagnose is not a valid command."),
    ],
)
def test_a_command_is_refused_with_slacks_sentence(text: str, thread_ts: str, code: str, sentence: str) -> None:
    """Given a command in a thread or of no name, when it is typed, then Slack's sentence says so."""
    with pytest.raises(SlackError) as refused:
        Scene(features=commands()).people.check_command(text, thread_ts)

    assert (refused.value.code, refused.value.messages) == (code, (sentence,))


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (Ack(acked=False), '/diagnose failed with the error "operation_timeout"'),
        (Ack(acked=False, connected=False), '/diagnose failed with the error "dispatch_failed"'),
        (Ack(acked=True, payload={"blocks": [{"type": "no"}]}), '/diagnose failed with the error "invalid_blocks"'),
        (Ack(acked=True, payload=["x"]), '/diagnose failed with the error "no_text"'),
    ],
)
def test_a_failed_command_is_told_to_its_author_alone(answer: Ack, sentence: str) -> None:
    """Given an app that is late, absent or talks nonsense, when a command is sent, then only its author hears why."""
    scene = Scene(features=commands())
    scene.app.answer = answer

    asyncio.run(scene.people.command("alice", "#ops", "/diagnose local"))

    failed = [(event["message"], user) for event, user in scene.told if event["type"] == "command_failed"]
    assert failed == [(sentence, "U0ALICE")]


@pytest.mark.parametrize(
    ("payload", "ephemeral"),
    [("looking", True), ({"text": "looking"}, True), ({"text": "looking", "response_type": "in_channel"}, False)],
)
def test_an_answer_is_for_the_author_unless_it_says_otherwise(payload: Any, ephemeral: bool) -> None:
    """Given an acknowledgement with text, when it is shown, then to its author, or in the channel if it says so."""
    scene = Scene(features=commands())
    scene.answers(payload)

    asyncio.run(scene.people.command("alice", "#ops", "/diagnose"))

    hidden = [(message["text"], message["to"]) for message in scene.store.ephemerals]
    shown = [message["text"] for message in scene.store.messages["C0OPS"].values()]
    assert (hidden, shown) == (([("looking", "U0ALICE")], []) if ephemeral else ([], ["looking"]))


def events(scene: Scene) -> list[tuple[str, str]]:
    return [(payload["event"]["type"], payload["event"].get("channel_type", "")) for _, payload, _ in scene.app.sent]


@pytest.mark.parametrize(
    ("channel", "text", "told"),
    [
        ("#ops", "@sickbay why?", [("message", "channel"), ("app_mention", "")]),
        ("#ops", "sickbay why?", [("message", "channel")]),
        ("D0ALICE", "why?", [("message", "im")]),
        ("D0ALICE", "@sickbay why?", [("message", "im")]),
        ("#random-without-bot", "@sickbay why?", []),
    ],
)
def test_the_app_hears_what_it_asked_for(channel: str, text: str, told: list[tuple[str, str]]) -> None:
    """Given an app's events, when a person says something, then it is told where it is a member and as what."""
    scene = Scene(**EVENTS)

    asyncio.run(scene.events.of_message(scene.people.message("alice", channel, text, "")))

    assert events(scene) == told


def test_the_app_hears_nothing_it_did_not_ask_for() -> None:
    """Given an app without events, when a person mentions it, then it is told nothing."""
    scene = Scene()

    asyncio.run(scene.events.of_message(scene.people.message("alice", "#ops", "@sickbay", "")))

    assert scene.app.sent == []


def test_no_event_waits_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given an app that never takes a message, when it is mentioned, then the mention is sent all the same."""
    scene = Scene(**EVENTS)
    sent: list[str] = []

    async def never(_kind: str, name: str, _payload: dict[str, Any], **_parts: Any) -> Ack:
        sent.append(name)
        await asyncio.Event().wait()
        return Ack(acked=True)

    monkeypatch.setattr(scene.app, "send", never)

    async def say() -> None:
        task = asyncio.ensure_future(scene.events.of_message(scene.people.message("alice", "#ops", "@sickbay", "")))
        while len(sent) < 2:
            await asyncio.sleep(0)
        task.cancel()

    asyncio.run(asyncio.wait_for(say(), 10))
    assert sent == ["message", "app_mention"]


def test_a_mention_is_an_id_and_markup_is_escaped() -> None:
    """Given a message with a mention and markup, when it is said, then it is stored as Slack stores it."""
    said = Scene().people.message("alice", "#ops", "@sickbay <!channel> & @nobody", "")

    assert said["text"] == "<@U0SICKBAY> &lt;!channel&gt; &amp; @nobody"


def test_an_answer_to_a_reply_is_in_its_thread() -> None:
    """Given a reply, when a person answers it, then that is in the same thread, which has no threads of its own."""
    people = Scene().people
    root = people.message("alice", "#ops", "root", "")
    reply = people.message("bob", "#ops", "reply", root["ts"])

    assert people.message("alice", "#ops", "answer", reply["ts"])["thread_ts"] == root["ts"]


@pytest.mark.parametrize(("channel", "code"), [("D0BOB", "not_in_channel"), ("#nowhere", "channel_not_found")])
def test_a_person_speaks_only_where_they_are(channel: str, code: str) -> None:
    """Given another's direct messages or no channel, when a person writes there, then it is refused."""
    with pytest.raises(SlackError, match=f"^{code}$"):
        Scene().people.message("alice", channel, "x", "")


def test_nobody_speaks_in_an_archived_channel() -> None:
    """Given an archived channel, when a person writes there, then it is refused."""
    scene = Scene()
    scene.store.channel("#ops")["is_archived"] = True

    with pytest.raises(SlackError, match=r"^is_archived$"):
        scene.people.message("alice", "#ops", "x", "")


def test_an_event_that_was_not_acknowledged_comes_once_more() -> None:
    """Given an app that does not acknowledge, when an event is sent, then it comes again, with the same id."""
    scene = Scene(**EVENTS)
    scene.app.answer = Ack(acked=False)

    asyncio.run(scene.events.send({"type": "app_mention"}))

    assert [retry for _, _, retry in scene.app.sent] == [0, 1]
    assert len({payload["event_id"] for _, payload, _ in scene.app.sent}) == 1


def option(text: str = "web") -> dict[str, Any]:
    return {"text": {"type": "plain_text", "text": text}, "value": "web"}


@pytest.mark.parametrize(
    ("answer", "refused"),
    [
        ({"options": [option()]}, []),
        ({"options": []}, []),
        ({"option_groups": [{"label": {"type": "plain_text", "text": "Up"}, "options": [option()]}]}, []),
        ({"options": [option()] * 101}, ["must have 1 to 100 items [json-pointer:/options]"]),
        ({"options": [option("x" * 76)]}, ["must be less than 76 characters [json-pointer:/options/0/text/text]"]),
        ({"option_groups": [{"options": [option()]}]}, ["must be a text object of type plain_text"]),
    ],
)
def test_offered_options_keep_slacks_limits(answer: dict[str, Any], refused: list[str]) -> None:
    """Given an app's options, when they are too many or too long, then they are refused with the place of the fault."""
    scene = Scene()
    scene.answers(answer)
    ts = scene.people.message("alice", "#ops", "x", "")["ts"]
    asked = {"action_id": "pick", "block_id": "row", "value": "we", "channel": "C0OPS", "message_ts": ts}

    given = asyncio.run(scene.people.options("alice", asked))

    assert [found.startswith(wanted) for found, wanted in zip(given["refused"], refused, strict=True)] == [True] * len(
        refused
    )
    assert ("options" in given or "option_groups" in given) is not bool(refused)


def test_links_to_the_apps_domains_are_told() -> None:
    """Given an app that unfolds links, when a message has some, then it is told of those of its domains."""
    scene = Scene(
        features={"unfurl_domains": ["wiki.test"]},
        settings={"event_subscriptions": {"bot_events": ["link_shared"]}},
    )
    text = "see https://run.wiki.test/a?b=1 and https://wiki.test.evil.test/ and http://wiki.test"
    said = scene.people.message("alice", "#ops", text, "")

    asyncio.run(scene.events.of_message(said))

    (event,) = [payload["event"] for _, payload, _ in scene.app.sent]
    assert [link["url"] for link in event["links"]] == ["https://run.wiki.test/a?b=1", "http://wiki.test"]
    assert (event["channel"], event["message_ts"]) == ("C0OPS", said["ts"])
