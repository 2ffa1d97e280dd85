"""The entry point of `sickbay`."""

import io
import sys


def main() -> None:
    """Run the command line."""
    from bot.command_line import application

    if isinstance(sys.stdout, io.TextIOWrapper):
        # What a terminal's encoding lacks is written out rather than ending the command.
        sys.stdout.reconfigure(errors="backslashreplace")
    application()()


if __name__ == "__main__":
    main()
