"""The command-line tool: ``python -m frontdesk COMMAND FILE …`` looks at a desk in a SQLite file or a database, and keeps it.

``python -m frontdesk --help`` lists the commands. It is the program ``frontdesk``, over the same code.
"""

from __future__ import annotations

import os
import sys
from typing import Any, Callable, List, Optional, TextIO

from frontdesk import _core


def _writer(stream: TextIO) -> Callable[[bytes], Any]:
    """Writes UTF-8 into a stream, also into one that replaces that of the system, as in a notebook."""
    buffer: Any = getattr(stream, "buffer", None)

    def write(text: bytes) -> None:
        if buffer is None:
            stream.write(text.decode())
        else:
            buffer.write(text)

    return write


def main(arguments: Optional[List[str]] = None) -> int:
    """Runs one command and returns its exit code: 0 done, 1 an error, 2 invalid arguments, 3 a fault was found."""
    run_tool = getattr(_core, "run_tool", None)
    if run_tool is None:
        print("frontdesk: this build is without SQLite", file=sys.stderr)
        return 1
    from frontdesk.stores import _postgres_opener, _postgres_role_maker

    sys.stdout.flush()
    try:
        return int(
            run_tool(
                arguments=sys.argv[1:] if arguments is None else arguments,
                out=_writer(sys.stdout),
                error=_writer(sys.stderr),
                open_database=_postgres_opener,
                make_database_role=_postgres_role_maker,
                has_color=sys.stdout.isatty() and not os.environ.get("NO_COLOR"),
                has_progress=sys.stderr.isatty(),
            )
        )
    except BrokenPipeError:
        # The reader of a pipe has seen enough. Python would report it once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    finally:
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        except BrokenPipeError:
            pass


if __name__ == "__main__":
    sys.exit(main())
