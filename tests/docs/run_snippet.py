#!/usr/bin/env python3
"""Runs a snippet's program and compares what it prints with the `text` block after the snippet.

    run_snippet.py PAGE NUMBER COMMAND…
"""

import pathlib
import subprocess
import sys
import tempfile

import extract


def main() -> int:
    page = pathlib.Path(sys.argv[1])
    snippet = extract.page_snippets(page)[int(sys.argv[2])]
    # Files that it makes are new each time.
    with tempfile.TemporaryDirectory() as folder:
        extract.write_files(page, pathlib.Path(folder))
        run = subprocess.run(sys.argv[3:], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    if run.returncode != 0 or run.stderr or (snippet.prints is not None and run.stdout != snippet.prints):
        print(f"exit code {run.returncode}\n--- stderr\n{run.stderr}--- printed\n{run.stdout}--- expected\n{snippet.prints}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
