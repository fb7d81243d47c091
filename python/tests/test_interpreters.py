"""Sub-interpreters: a clear error at import; and importing twice in one interpreter."""

import subprocess
import sys
import textwrap

import pytest

PREPARE = """
    import sys
    import _xxsubinterpreters as interpreters

    def run(text):
        identity = interpreters.create()
        try:
            interpreters.run_string(identity, "import sys; sys.path[:] = " + repr(sys.path) + "\\n" + text)
            print("no error")
        except interpreters.RunFailedError as error:
            print(error)
        interpreters.destroy(identity)
"""
ERROR = "<class 'ImportError'>: frontdesk works in the main interpreter only, not in a sub-interpreter\n"


def run(program):
    pytest.importorskip("_xxsubinterpreters")
    text = textwrap.dedent(PREPARE) + textwrap.dedent(program)
    result = subprocess.run([sys.executable, "-B", "-c", text], capture_output=True, text=True, timeout=600, check=False)
    assert (result.returncode, result.stderr) == (0, "")
    return result.stdout


def test_import_before_the_main_interpreter():
    program = """
        run("import frontdesk")
        run("from frontdesk import cel")
        import frontdesk
        print(frontdesk.cel.evaluate("1 + 1"))
    """
    assert run(program) == ERROR + ERROR + "2\n"


def test_import_after_the_main_interpreter():
    program = """
        import frontdesk
        run("import frontdesk")
        run("import frontdesk._core")
        print(frontdesk.cel.evaluate("1 + 1"))
    """
    assert run(program) == ERROR + ERROR + "2\n"


def test_import_twice():
    program = """
        import frontdesk
        first = frontdesk._core.Desk
        del sys.modules["frontdesk._core"]
        import importlib
        print(importlib.import_module("frontdesk._core").Desk is first)
        print(frontdesk.cel.evaluate("1 + 1"))
    """
    assert run(program) == "True\n2\n"
