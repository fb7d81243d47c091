"""The program that runs the benchmarks: its rows, their baselines, and --only. The benchmarks of these tests are scripts."""

import importlib.util
import os
import pathlib
import shutil
import stat
import subprocess
import sys
from typing import Any, Dict, List

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import build_bench  # noqa: E402
import process_bench  # noqa: E402
import run_bench  # noqa: E402

# A Google Benchmark program of three benchmarks, one of which has a baseline. Appends the names that it runs to a file.
GOOGLE = """#!{python}
import json, re, sys
costs = {{"sort/10": 30.0, "floor/10": 20.0, "sorted": 5.0}}
options = dict(argument.split("=", 1) for argument in sys.argv[1:])
if "--benchmark_list_tests" in options:
    print("\\n".join(costs))
    sys.exit()
names = [name for name in costs if re.search(options["--benchmark_filter"], name)]
with open("{ran}", "a") as ran:
    ran.write(" ".join(names) + "\\n")
print(json.dumps({{"benchmarks": [
    {{"family_index": i, "per_family_instance_index": 0, "run_name": name, "cpu_time": costs[name], "time_unit": "us",
      "label": "against floor/10" if name == "sort/10" else ""}} for i, name in enumerate(names)]}}))
"""


def write_program(path: pathlib.Path, text: str) -> pathlib.Path:
    path.write_text(text, encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.fixture(name="google")
def fixture_google(tmp_path: pathlib.Path) -> pathlib.Path:
    return write_program(tmp_path / "bench", GOOGLE.format(python=sys.executable, ran=tmp_path / "ran"))


def test_all_rows_are_run_once(google):
    rows = run_bench.compared("cel", run_bench.google_rows(google, False, ""))
    assert rows == [
        {"area": "cel", "name": "sort/10", "value": 30000.0, "unit": "ns", "against": "floor/10", "ratio": 1.5},
        {"area": "cel", "name": "floor/10", "value": 20000.0, "unit": "ns"},
        {"area": "cel", "name": "sorted", "value": 5000.0, "unit": "ns"}]
    assert (google.parent / "ran").read_text(encoding="utf-8") == "sort/10 floor/10 sorted\n"


@pytest.mark.parametrize("only, names", [("sort/", ["sort/10", "floor/10"]), ("sorted", ["sorted"]),
                                         ("fl", ["floor/10"]), ("nothing", [])])
def test_only_some_rows_and_their_baselines(google, only, names):
    rows = run_bench.compared("cel", run_bench.google_rows(google, False, only))
    assert [row["name"] for row in rows] == names


def test_a_baseline_that_was_not_run_is_an_error():
    with pytest.raises(SystemExit, match="compared with floor, which was not run"):
        run_bench.compared("cel", [{"name": "a", "value": 1.0, "unit": "ns", "against": "floor"}])


def test_a_skipped_row_is_shown_with_its_cause_and_has_no_value(capsys):
    rows = run_bench.compared("desk", [{"name": "a", "skipped": "COMMAND_TOO_LARGE"},
                                       {"name": "b", "value": 1.0, "unit": "ns", "against": None}])
    assert rows == [{"area": "desk", "name": "a", "skipped": "COMMAND_TOO_LARGE"},
                    {"area": "desk", "name": "b", "value": 1.0, "unit": "ns"}]
    assert "desk/a is skipped: COMMAND_TOO_LARGE" in capsys.readouterr().err
    run_bench.print_table(rows)
    assert "desk/a  skipped: COMMAND_TOO_LARGE\n" in capsys.readouterr().out


def test_instructions_are_the_sums_of_the_dumps():
    dumps = ["# callgrind format\nevents: Ir\n\nfn=(1) main\n1 7\n\ntotals: 4200\n",
             "events: Ir\nsummary: 12\n\nfn=(1) main\n"]
    assert run_bench.parse_instructions(dumps) == [4200, 12]
    with pytest.raises(SystemExit):
        run_bench.parse_instructions(["events: Ir\n"])


def test_without_valgrind_the_instructions_are_left_out(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert run_bench.count_instructions(tmp_path / "none", False, "instructions_") == []
    assert "valgrind is not installed" in capsys.readouterr().err
    assert run_bench.count_instructions(tmp_path / "none", False, "execute_") == []
    assert capsys.readouterr().err == ""


def test_the_slowest_units_come_first():
    log = "\n".join(["# ninja log v5", "0\t500\t1\ta.o\tf1", "100\t2100\t1\tgen.pb.cc\tf2", "100\t2100\t1\tgen.pb.h\tf2",
                     "0\t9\t1\tb.o\tf3", ""])
    assert build_bench.slowest_units(log, 2) == [build_bench.Unit(2.0, "gen.pb.cc"), build_bench.Unit(0.5, "a.o")]


def test_the_areas_have_programs():
    assert {"build", "cel", "cpp", "desk", "python", "rules"} <= set(run_bench.areas())
    assert run_bench.targets("cpp") == ["frontdesk_cpp_bench", "frontdesk_empty_program"]
    assert run_bench.targets("python") == ["frontdesk_python_bench", "frontdesk_python"]
    assert run_bench.targets("desk") == ["frontdesk_desk_bench", "frontdesk_desk_agent", "frontdesk_desk_growth", "frontdesk_desk_reads",
                                         "frontdesk_program", "frontdesk_desk_sqlite", "frontdesk_desk_open", "frontdesk_desk_postgres"]
    assert "proto/frontdesk/v1/order.pb.h" in run_bench.targets("build")


@pytest.mark.skipif("FRONTDESK_BUILD_DIR" not in os.environ, reason="run by hand: there is no build folder")
def test_added_lines_are_those_of_the_header(tmp_path):
    build = tmp_path / "build"
    build.mkdir()
    include = tmp_path / "include"
    include.mkdir()
    (include / "small.h").write_text("#include <google/protobuf/message.h>\n#include <absl/status/statusor.h>\n\n// One.\n"
                                     "int one();\n\nint two();\n", encoding="utf-8")
    real = pathlib.Path(os.environ["FRONTDESK_BUILD_DIR"])
    (build / "CMakeCache.txt").write_text((real / "CMakeCache.txt").read_text(encoding="utf-8"), encoding="utf-8")
    (build / "include-dirs.txt").write_text("\n".join([str(include), *build_bench.include_dirs(real)]), encoding="utf-8")
    assert build_bench.added_lines(build, ["small.h"]) == {"small.h": 2}


@pytest.mark.skipif("FRONTDESK_BUILD_DIR" not in os.environ, reason="run by hand: there is no build folder")
@pytest.mark.parametrize("arguments, cause", [
    (["--rounds", "0"], "--rounds needs a number from 1"), (["--rounds", "9x"], "--rounds needs a number"),
    (["--rounds"], "--rounds needs a value"), (["--round", "9"], "unknown option --round"),
    (["--entities", "1000"], "--entities needs a number from 1001")])
def test_an_option_that_is_not_valid_is_an_error(arguments, cause):
    program = pathlib.Path(os.environ["FRONTDESK_BUILD_DIR"]) / "tests" / "bench" / "frontdesk_desk_reads"
    ended = subprocess.run([str(program), *arguments], check=False, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert ended.returncode == 1 and cause in ended.stderr and not ended.stdout


def smoke(area: str) -> List[Dict[str, Any]]:
    build = pathlib.Path(os.environ["FRONTDESK_BUILD_DIR"])
    return run_bench.compared(area, run_bench.run_area(area, build, True, ""))


@pytest.mark.skipif("FRONTDESK_BUILD_DIR" not in os.environ, reason="run by hand: there is no build folder")
def test_a_condition_on_random_inputs_is_compared_with_its_floor():
    build = pathlib.Path(os.environ["FRONTDESK_BUILD_DIR"])
    rows = run_bench.compared("cel", run_bench.run_area("cel", build, True, "four_conjuncts_random"))
    # The program ends with an error when a result differs from that of the floor.
    assert {row["name"]: row.get("against") for row in rows} == {
        "four_conjuncts_random_floor": None, "four_conjuncts_random": "four_conjuncts_random_floor"}


# The six commands, the reads, and the lists, of docs/performance.md.
NAMES = ("create_customer", "open_case", "add_part", "place_order", "cancel_order", "refund_order")
READS = ("get", "find_phone", "profile", "queue_page")
LISTS = ("case_part", "chat_part", "account_entry", "payment", "refund", "verification", "consent", "case_task", "case_link",
         "merge", "customer_merge")


@pytest.mark.skipif("FRONTDESK_BUILD_DIR" not in os.environ, reason="run by hand: there is no build folder")
def test_a_short_run_of_the_desk_has_all_rows():
    rows = {row["name"]: row for row in smoke("desk")}
    for name in NAMES:
        assert rows[f"execute_{name}"]["against"] == f"floor_{name}"
        assert rows[f"allocations_{name}"]["against"] == f"floor_allocations_{name}"
        assert rows[f"allocations_{name}"]["ratio"] > 0
    if shutil.which("valgrind"):
        assert rows["instructions_create_customer"]["against"] == "floor_instructions_create_customer"
        assert rows["instructions_create_customer"]["ratio"] > 1
    for name in ("two_threads", "two_desks"):
        assert rows[name]["against"] == "one_thread" and rows[name]["value"] > 0
    for name in READS:
        for way in ("", "warm_"):
            assert rows[f"{way}{name}_2000"]["against"] == f"{way}{name}_1000"
            assert rows[f"{way}{name}_2000"]["value"] > 0
    for name in LISTS:
        for late, early in ((f"bytes_per_{name}_20", f"bytes_per_{name}_1"), (f"time_per_{name}_40", f"time_per_{name}_10")):
            assert rows[late]["against"] == early
            assert rows[f"{late}_worst"]["value"] >= rows[late]["value"] > 0
    assert rows["kept_per_command_40_rules"]["against"] == "kept_per_command_3_rules"
    assert rows["pack_100"]["against"] == "pack_1"
    assert rows["command_40_rules"]["against"] == "decide_40_rules_and_command_3_rules"
    if (pathlib.Path(os.environ["FRONTDESK_BUILD_DIR"]) / "tests" / "bench" / "frontdesk_desk_sqlite").exists():
        for name in ("sqlite_command", "sqlite_unsynced_command", "sqlite_import"):
            assert rows[name]["against"] == f"{name}_bare" and rows[f"{name}_bare"]["value"] > 0
        # The rows hold the events, the record and more besides.
        assert rows["sqlite_bytes_per_command"]["against"] == "sqlite_command_event_bytes"
        assert rows["sqlite_bytes_per_command"]["ratio"] > 1
        assert rows["sync"]["value"] > 0
        assert rows["open_2000"]["against"] == "open_1000" and rows["open_1000"]["value"] > 0
        assert rows["import_memory_2000"]["against"] == "import_memory_200"
        assert rows["import_memory_2000"]["ratio"] >= 1
    assert not [row for row in rows.values() if "skipped" in row]


def test_without_postgresql_its_rows_are_left_out(monkeypatch, capsys, tmp_path):
    assert run_bench.postgres_rows(tmp_path, False, "") == []
    assert "is not built" in capsys.readouterr().err
    write_program(tmp_path / "frontdesk_desk_postgres", "#!/bin/sh\n")
    absent = tmp_path / "scratch.py"
    absent.write_text("print('absent: no server is installed')\nraise SystemExit(3)\n", encoding="utf-8")
    monkeypatch.setattr(run_bench, "SCRATCH_POSTGRES", absent)
    assert run_bench.postgres_rows(tmp_path, False, "postgres_import") == []
    assert "is run: no server is installed" in capsys.readouterr().err
    absent.write_text("raise SystemExit(1)\n", encoding="utf-8")
    with pytest.raises(subprocess.CalledProcessError):
        run_bench.postgres_rows(tmp_path, False, "post")
    assert run_bench.postgres_rows(tmp_path, False, "sqlite") == []


@pytest.mark.skipif("FRONTDESK_BUILD_DIR" not in os.environ, reason="run by hand: there is no build folder")
def test_a_short_run_on_postgresql_has_all_rows():
    folder = pathlib.Path(os.environ["FRONTDESK_BUILD_DIR"]) / "tests" / "bench"
    rows = {row["name"]: row for row in run_bench.compared("desk", run_bench.postgres_rows(folder, True, ""))}
    if not rows:
        pytest.skip("there is no PostgreSQL")
    for name in ("postgres_command", "postgres_import"):
        assert rows[name]["against"] == f"{name}_bare" and rows[f"{name}_bare"]["value"] > 0
    assert 1 <= rows["postgres_command_exchanges"]["value"] < 2
    assert rows["postgres_import_exchanges"]["value"] < 1
    for name in ("1_thread", "4_threads", "16_threads", "4_processes", "4_processes_16_threads", "16_desks"):
        assert rows[f"postgres_{name}"]["unit"] == "1/s" and rows[f"postgres_{name}"]["value"] > 0


@pytest.mark.skipif("FRONTDESK_BUILD_DIR" not in os.environ, reason="run by hand: there is no build folder")
def test_a_short_run_of_processes_has_both_sides():
    rows = {row["name"]: row for row in smoke("cpp")}
    assert set(rows) == {"cold_start", "empty_program"}
    assert rows["cold_start"]["against"] == "empty_program" and rows["cold_start"]["ratio"] > 1


def test_a_process_that_decides_nothing_is_no_cold_start(tmp_path):
    program = write_program(tmp_path / "program", f"#!{sys.executable}\nprint('VERDICT_REFUSED', '0' * 64)\n")
    sides = (process_bench.Side("cold_start", [str(program)]), process_bench.Side("none", [str(program)]))
    with pytest.raises(SystemExit, match="does not decide"):
        process_bench.rows(tmp_path, sides, True, "")
    assert process_bench.rows(tmp_path, sides, True, "other") == []


def test_without_the_package_there_are_no_rows_of_python(tmp_path, capsys):
    (tmp_path / "CMakeCache.txt").write_text(f"Python_EXECUTABLE:FILEPATH={sys.executable}\n", encoding="utf-8")
    assert run_bench.python_rows(tmp_path, True, "") == []
    assert "the package is not built" in capsys.readouterr().err


PYTHON_ROWS = {"build_command", "execute", "get", "evaluate_message", "evaluate_dict", "decide"}


@pytest.mark.skipif("FRONTDESK_BUILD_DIR" not in os.environ, reason="run by hand: there is no build folder")
def test_a_short_run_of_python_has_all_rows():
    rows = {row["name"]: row for row in smoke("python")}
    if not rows:
        pytest.skip("the package is not built")
    for name in PYTHON_ROWS:
        assert rows[name]["against"] == f"{name}_cpp" and rows[f"{name}_cpp"]["value"] > 0
    compared = [("command_helper", "command_bare"), ("execute_all", "execute_loop"), ("two_threads", "one_thread"), ("cold_start", "pass")]
    has_sqlite = (pathlib.Path(os.environ["FRONTDESK_BUILD_DIR"]) / "tests" / "bench" / "frontdesk_desk_sqlite").exists()
    if has_sqlite and importlib.util.find_spec("pandas") is not None:
        compared += [("frames_100000", "frames_csv"), ("frames_bytes_100000", "frames_csv_bytes"), ("frames_peak_100000", "frames_csv_peak")]
    for name, against in compared:
        assert rows[name]["against"] == against and rows[name]["value"] > 0
