"""A Dockerfile is read into instructions, each with its line, the way BuildKit reads it."""

from hypothesis import given
from hypothesis import strategies as st

from sickbay.diagnostics.platforms.lint.collector.stages import stages_of
from sickbay.diagnostics.platforms.lint.dockerfile import parse
from sickbay.diagnostics.platforms.lint.shell import commands, split


def test_lines_are_counted_through_continuations_and_comments() -> None:
    """Given a continued instruction with a comment and an empty line in it, then what follows has its own line."""
    parsed = parse("FROM a:1\nRUN one \\\n  # a comment\n\n  && two\nUSER 1\n")

    assert [(item.keyword, item.line) for item in parsed.instructions] == [("FROM", 1), ("RUN", 2), ("USER", 6)]
    assert [(command.text, command.line) for command in commands(parsed.instructions[1])] == [("one", 2), ("two", 5)]


def test_the_escape_directive_is_followed() -> None:
    """Given a backtick as escape, then it continues lines, and a backslash does not."""
    parsed = parse("# escape=`\nFROM a:1\nCOPY a `\n  c:\\\nRUN b\n")

    assert [item.keyword for item in parsed.instructions] == ["FROM", "COPY", "RUN"]


def test_the_syntax_is_read_only_from_the_top() -> None:
    """Given `# syntax=`, then it counts before everything else, and is a comment behind a comment."""
    assert parse("# syntax = docker/dockerfile:1\nFROM a:1\n").syntax == "docker/dockerfile:1"
    assert parse("# a comment\n# syntax=docker/dockerfile:1\nFROM a:1\n").syntax == ""


def test_heredocs_belong_to_their_instruction() -> None:
    """Given two heredocs, then their text is no instruction, and commands in one have its lines."""
    parsed = parse('FROM a:1\nRUN <<EOF\nFROM b\napt-get update\nEOF\nCOPY <<-A <<"B" /c/\n\tx\n\tA\ny\nB\nUSER 1\n')

    assert [(item.keyword, item.line) for item in parsed.instructions] == [
        ("FROM", 1),
        ("RUN", 2),
        ("COPY", 6),
        ("USER", 11),
    ]
    assert [(command.name, command.line) for command in commands(parsed.instructions[1])] == [
        ("FROM", 3),
        ("apt-get", 4),
    ]
    assert [heredoc.text for heredoc in parsed.instructions[2].heredocs] == ["\tx", "y"]
    assert parsed.unended == ()


def test_flags_arrays_and_onbuild_are_told_apart() -> None:
    """Given flags, a JSON array and ONBUILD, then each is where it belongs."""
    copy, cmd, built, odd = parse(
        'COPY --from=x --link a b\nCMD ["a", "b c"]\nONBUILD RUN x\nCMD [a, b]\n'
    ).instructions

    assert (copy.flags, copy.words) == ({"from": "x", "link": ""}, ("a", "b"))
    assert (cmd.exec, odd.exec) == (("a", "b c"), None)
    assert (built.keyword, built.onbuild) == ("RUN", True)


def test_windows_line_ends_and_a_byte_order_mark_change_nothing() -> None:
    """Given CRLF and a mark, then the instructions are those of the same file without."""
    text = "FROM a:1\nRUN one \\\n  && two\nCOPY <<EOF /b\nx\nEOF\n"

    assert parse("\ufeff" + text.replace("\n", "\r\n")) == parse(text)


def test_stages_know_their_names_and_their_bases_arguments() -> None:
    """Given arguments before the first FROM, then they are filled in; names are kept."""
    first, second = stages_of(parse("ARG V=1\nARG W\nFROM a:${V} AS build\nRUN x\nFROM b:$W\n").instructions)

    assert (first.base, first.name, [item.keyword for item in first.instructions]) == ("a:1", "build", ["RUN"])
    assert (second.base, second.name) == ("b:$W", "")


def test_commands_are_seen_behind_what_stands_before_them() -> None:
    """Given variables, keywords, quotes, groups and redirections, then the commands themselves are seen."""
    text = "A=1 exec foo 'a b' > /dev/null; if ! (bar --x); then sudo -E baz; fi && echo \"x && y\" | tee a & wait"

    assert [(command.name, command.then) for command in split(text, 1)] == [
        ("foo", ";"), ("bar", ")"), ("sudo", ";"), ("-E", ";"), ("fi", "&&"), ("echo", "|"), ("tee", "&"), ("wait", "")
    ]  # fmt: skip


_PIECES = [
    "FROM a",
    "RUN ",
    "\\\n",
    "<<EOF",
    "\nEOF\n",
    "\n",
    "# ",
    "# escape=`\n",
    '["a"',
    "]",
    "--x=",
    "'",
    '"',
    "$(",
    "ENV A",
    "ONBUILD ",
    "\x00",
    "é",
]


@given(st.lists(st.sampled_from(_PIECES) | st.text(max_size=5), max_size=40).map("".join))
def test_any_text_is_read_and_its_lines_are_lines_of_it(text: str) -> None:
    """Given any text, then something is read, its lines rise, and every command's line is one of the text's."""
    parsed = parse(text)
    lines = [item.line for item in parsed.instructions]
    last = text.count("\n") + 1

    assert lines == sorted(set(lines))
    assert all(1 <= line <= last for line in lines)
    stages_of(parsed.instructions)
    for item in parsed.instructions:
        assert all(item.line <= command.line <= last and command.words for command in commands(item))
