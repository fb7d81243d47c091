"""The package itself: documentation, types, stubs, installation."""

import ast
import doctest
import importlib
import inspect
import os
import pkgutil
import re
import shutil
import subprocess
import sys
import textwrap

import pytest

import conftest
import frontdesk

PACKAGE = conftest.package_dir() / "frontdesk"
CONFIG = conftest.source_dir() / "pyproject.toml"


def modules():
    names = ["frontdesk"]
    for info in pkgutil.walk_packages(frontdesk.__path__, "frontdesk."):
        if not info.name.startswith("frontdesk.v1.") and info.name != "frontdesk._core":
            names.append(info.name)
    return names


@pytest.mark.parametrize("name", modules())
def test_doctests(name):
    module = importlib.import_module(name)
    failed, attempted = doctest.testmod(
        module, optionflags=doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL | doctest.NORMALIZE_WHITESPACE
    )
    assert failed == 0
    public = not name.rsplit(".", 1)[-1].startswith("_")
    without_examples = {"frontdesk.desk", "frontdesk.policy", "frontdesk.commands"}
    if public and name not in without_examples:
        assert attempted > 0, "a public module shows how it is used"


@pytest.mark.parametrize("name", [name for name in modules() if not name.rsplit(".", 1)[-1].startswith("_")])
def test_everything_public_is_listed_and_documented(name):
    module = importlib.import_module(name)
    assert module.__doc__
    for exported in module.__all__:
        thing = getattr(module, exported)
        if name == "frontdesk.v1" or inspect.ismodule(thing) or not callable(thing):
            continue
        if not getattr(thing, "__module__", "frontdesk").startswith("frontdesk"):
            continue
        assert inspect.getdoc(thing), f"{name}.{exported}"
        if inspect.isclass(thing):
            for member, value in vars(thing).items():
                if not member.startswith("_") and inspect.isfunction(value):
                    assert inspect.getdoc(value), f"{name}.{exported}.{member}"


def test_star_import_gives_what_is_listed():
    namespace = {}
    exec("from frontdesk import *", namespace)
    assert set(frontdesk.__all__) == set(namespace) - {"__builtins__"}


def run(*arguments: str, path=None):
    environment = dict(os.environ)
    if conftest.package_dir().name != "site-packages":  # Not installed: in a build tree.
        environment.update(PYTHONPATH=str(conftest.package_dir()), MYPYPATH=str(conftest.package_dir()))
    return subprocess.run(
        [sys.executable, "-B", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        cwd=path,
    )


@pytest.fixture(scope="module")
def mypy():
    return pytest.importorskip("mypy")


def test_mypy_strict(mypy, tmp_path):
    sources = tmp_path / "frontdesk"
    shutil.copytree(PACKAGE, sources, ignore=shutil.ignore_patterns("*.so*", "__pycache__"))
    result = run(
        "-m", "mypy", "--config-file", str(CONFIG), "--cache-dir", str(tmp_path / "cache"), "frontdesk", path=tmp_path
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_a_typed_user(mypy, tmp_path):
    """A stranger's script is checked against our types: it passes, and its mistakes are found."""
    script = tmp_path / "user.py"
    script.write_text(
        textwrap.dedent(
            """
            import datetime
            import frontdesk
            from frontdesk import cel, v1

            def cancel(desk: frontdesk.Desk, order_id: str, now: datetime.datetime) -> bool:
                outcome = desk.execute(
                    frontdesk.command(v1.CancelOrder(order_id=order_id), actor=frontdesk.actor("anna"), now=now))
                reveal_type(outcome)
                for event in desk.history(frontdesk.entity_ref(frontdesk.EntityKind.ORDER, order_id)):
                    print(event.version)
                if outcome.verdict == frontdesk.Verdict.REFUSED:
                    print(outcome.refusals[0].reason)
                return outcome.verdict == frontdesk.Verdict.DONE

            program = cel.Environment(variables={"n": int}).compile("n + 1")
            print(program.evaluate({"n": 1}))
            v1.StartInteraction(channel=frontdesk.Channel.VOICE, direction=frontdesk.Direction.INBOUND)
            v1.OpenCase(kind=frontdesk.CaseKind.COMPLAINT)
            v1.AddCasePart(part=v1.InteractionPart(kind=frontdesk.InteractionPartKind.NOTE, visibility=v1.VISIBILITY_INTERNAL))
            v1.StartInteraction(channel=frontdesk.Direction.INBOUND)
            frontdesk.Desk.open("policy")
            frontdesk.money.parse(5, "EUR")
            """
        )
    )
    result = run(
        "-m", "mypy", "--config-file", str(CONFIG), "--cache-dir", str(tmp_path / "cache"), "user.py", path=tmp_path
    )
    found = [line for line in result.stdout.splitlines() if "error:" in line]
    assert "frontdesk.v1.outcome_pb2.Outcome" in result.stdout
    assert len(found) == 3, result.stdout
    assert '"channel" to "StartInteraction"' in found[0]
    assert '"open" of "Desk"' in found[1] and '"parse"' in found[2]


def test_stubtest(mypy, tmp_path):
    """The stub of the extension and the extension have the same names and signatures."""
    result = run("-m", "mypy.stubtest", "frontdesk._core", "--mypy-config-file", str(CONFIG), path=tmp_path)
    assert result.returncode == 0, result.stdout + result.stderr


def stub_functions():
    """(qualified name, argument names) of everything in the extension's stub that can be called."""
    tree = ast.parse((PACKAGE / "_core.pyi").read_text(encoding="utf-8"))
    for node in tree.body:
        owner, members = ("", [node]) if not isinstance(node, ast.ClassDef) else (node.name + ".", node.body)
        for each in members:
            if isinstance(each, ast.FunctionDef) and not owner.startswith("_"):
                if not any(isinstance(mark, ast.Name) and mark.id == "property" for mark in each.decorator_list):
                    names = [argument.arg for argument in each.args.args]
                    yield owner + each.name, names


@pytest.mark.parametrize("name, names", list(stub_functions()))
def test_stub_arguments_are_those_of_the_extension(name, names):
    """stubtest cannot see the signatures of compiled functions; pybind11 writes them into their documentation."""
    thing = frontdesk._core
    for part in name.split("."):
        thing = getattr(thing, part)
    signature = thing.__doc__.splitlines()[0]
    runtime = re.findall(r"[(,] ?(\w+): ", re.sub(r"\[[^]]*\]", "", signature))
    expected = [f"arg{index}" if each.startswith("__") else each for index, each in enumerate(names)]
    if names[:1] == ["self"]:
        expected = ["self"] + [f"arg{index}" if each.startswith("__") else each for index, each in enumerate(names[1:])]
    assert [each.replace("arg0", "self") if index == 0 and names[:1] == ["self"] else each
            for index, each in enumerate(runtime)] == expected, signature


def test_marked_as_typed():
    assert (PACKAGE / "py.typed").exists()
    for module in (PACKAGE / "v1").glob("*_pb2.py"):
        assert module.with_suffix(".pyi").exists()


def test_nothing_on_stderr_when_imported():
    result = run("-c", "import frontdesk")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_objects_left_at_exit_do_no_harm():
    script = """
        import frontdesk
        from frontdesk import cel
        class Ids:
            def next_id(self, now):
                return "x"
        policy = frontdesk.Policy.from_text('rule_sets { id: "a" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }')
        desk = frontdesk.Desk.open(policy, ids=Ids())
        program = cel.Environment(functions=[cel.Function("f", lambda n: n, [int], int)]).compile("f(1)")
        holder = [desk, program]
        holder.append(holder)
    """
    result = run("-c", textwrap.dedent(script))
    assert (result.returncode, result.stderr) == (0, "")
