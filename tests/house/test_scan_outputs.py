"""The scan for planted personal data finds it, and looks for all of it."""

import os
import pathlib

import scan_outputs

ROOT = pathlib.Path(os.environ.get("FRONTDESK_SOURCE_DIR", pathlib.Path(__file__).parents[2]))


def write(build: pathlib.Path, text: str) -> None:
    (build / "Testing" / "Temporary").mkdir(parents=True)
    (build / "test-cases").mkdir()
    (build / "Testing" / "Temporary" / "LastTest.log").write_text(text, encoding="utf-8")
    (build / "test-cases" / "desk.xml").write_text("<testsuites/>", encoding="utf-8")


def test_clean_outputs(tmp_path, capsys):
    write(tmp_path, "refused: the card ends\n")
    assert scan_outputs.main(["scan", str(tmp_path)]) == 0
    assert "2 outputs of tests, 0 planted" in capsys.readouterr().out


def test_planted_data_is_found(tmp_path, capsys):
    write(tmp_path, "fine\ncalled +1 415-555 0137\nDear QUASTENBERG, card 4111 1111 1111 1111\n")
    assert scan_outputs.main(["scan", str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert "LastTest.log:2: +14155550137" in out and "LastTest.log:3: quastenberg" in out and "3 planted" in out


def test_nothing_to_read_is_a_failure(tmp_path):
    assert scan_outputs.main(["scan", str(tmp_path)]) == 1


def test_it_looks_for_the_data_that_tests_plant():
    sources = [ROOT / "tests/desk/planter.cc", ROOT / "tests/rules/mask_test.cc",
               ROOT / "python/tests/test_personal_data.py"]
    planted = "".join(path.read_text(encoding="utf-8") for path in sources).replace(" ", "").lower()
    assert [text for text in scan_outputs.PLANTED if text not in planted] == []
