"""The summary of a test run can be trusted."""

import count_results


def write(folder, name, cases):
    (folder / name).write_text("<testsuite>" + "".join(cases) + "</testsuite>")


PASS = '<testcase name="{}" status="run"/>'
FAIL = '<testcase name="{}" status="fail"><failure message="no"/></testcase>'
SKIP = '<testcase name="{}" status="notrun"><skipped message="no"/></testcase>'


def test_cases_count_instead_of_their_program(tmp_path, capsys):
    write(tmp_path, "ctest.xml", [PASS.format("base"), PASS.format("consume")])
    write(tmp_path, "base.xml", [PASS.format("a"), PASS.format("b"), SKIP.format("c")])
    write(tmp_path, "python.xml", [PASS.format("d")])
    assert count_results.main(["", str(tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "4 passed, 0 failed, 1 skipped"


def test_a_failed_case_is_one_failure(tmp_path, capsys):
    write(tmp_path, "ctest.xml", [FAIL.format("base")])
    write(tmp_path, "base.xml", [PASS.format("a"), FAIL.format("b")])
    assert count_results.main(["", str(tmp_path)]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "1 passed, 1 failed"


def test_a_program_that_died_after_its_cases_is_a_failure(tmp_path, capsys):
    write(tmp_path, "ctest.xml", [FAIL.format("base"), FAIL.format("cel")])
    write(tmp_path, "base.xml", [PASS.format("a")])
    assert count_results.main(["", str(tmp_path)]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "1 passed, 2 failed"


def test_a_run_without_tests_is_a_failure(tmp_path):
    assert count_results.main(["", str(tmp_path)]) == 1
