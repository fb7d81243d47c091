"""Python values that no honest program makes: see value_fuzzer.py, which runs here in a process of its own."""

import os
import pathlib
import subprocess
import sys

PROGRAM = pathlib.Path(__file__).with_name("value_fuzzer.py")


def test_any_value_is_accepted_or_refused():
    """``FRONTDESK_VALUE_SECONDS`` says for how long; otherwise a number of runs."""
    seconds = os.environ.get("FRONTDESK_VALUE_SECONDS")
    how_long = ["--seconds", seconds] if seconds else ["--runs", "3000"]
    result = subprocess.run(
        [sys.executable, "-B", str(PROGRAM), *how_long], capture_output=True, text=True, timeout=None, check=False
    )
    print(result.stdout)
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-6000:]
    assert "nothing found" in result.stdout
