"""examples/crm/crm.py: a program that is copied, with the output that crm.cc has too."""

import os
import subprocess
import sys

import frontdesk
import pytest

from conftest import package_dir, source_dir


@pytest.mark.skipif(not hasattr(frontdesk._core, "open_sqlite"), reason="built without SQLite")
def test_the_output_is_the_golden_one():
    done = subprocess.run(
        [sys.executable, "-B", str(source_dir() / "examples" / "crm" / "crm.py")],
        capture_output=True, check=False, env={**os.environ, "PYTHONPATH": str(package_dir())})
    golden = (source_dir() / "tests" / "examples" / "crm.txt").read_bytes()
    assert (done.returncode, done.stderr, done.stdout) == (0, b"", golden)
