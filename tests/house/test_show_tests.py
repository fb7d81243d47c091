"""A test run says how long it will take."""

import io

import show_tests

LINES = """Test project /x
      Start  1: base
      Start  2: cel
 1/4 Test  #1: base .........................   Passed    2.00 sec
 2/4 Test  #2: cel ..........................***Failed    8.00 sec
what it said
 3/4 Test  #3: rules ........................   Passed   20.00 sec
 4/4 Test  #4: desk .........................   Passed    1.00 sec
75% tests passed, 1 tests failed out of 4
"""


def shown(costs, jobs):
    now = [0.0]

    def clock():
        now[0] += 8.0
        return now[0]

    out = io.StringIO()
    show_tests.show(io.StringIO(LINES), show_tests.Progress(costs, jobs, ["base", "cel", "rules", "desk"]), out, clock)
    return out.getvalue().splitlines()


def test_all_but_starts_is_passed_on():
    passed_on = [line for line in shown({}, 2) if " so far, about " not in line]
    assert passed_on == [line for line in LINES.splitlines() if "Start " not in line]


def test_time_left_by_the_last_run():
    told = [line for line in shown({"base": 2, "cel": 10, "rules": 300, "desk": 4}, 2) if "so far" in line]
    assert told[0] == "      1 of 4 tests, 8 s so far, about 5 min left"
    assert told[-1].endswith("about 0 s left")


def test_an_unknown_duration_counts_as_the_average():
    told = [line for line in shown({"base": 2, "other": 999}, 2) if "so far" in line]
    assert told[0] == "      1 of 4 tests, 8 s so far, about 24 s left"


def test_costs_of_ctest(tmp_path):
    path = tmp_path / "CTestCostData.txt"
    assert show_tests.read_costs(path) == {}
    path.write_text("base 3 1.5\ncel 0 0\n---\ncel\n", encoding="utf-8")
    assert show_tests.read_costs(path) == {"base": 1.5}
