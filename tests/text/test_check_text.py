"""The checker of prose finds what is hard to read, and leaves code, data and plain sentences alone."""

import os
import pathlib

import check_text
import pytest

ROOT = pathlib.Path(os.environ.get("FRONTDESK_SOURCE_DIR", pathlib.Path(__file__).parents[2]))
PHRASES = check_text.read_phrases((pathlib.Path(__file__).parent / "phrases.txt").read_text(encoding="utf-8"))
LONG = "one two three four five six seven eight nine ten " * 3 + "eleven."
THIRTY = ("one two three four five six seven eight nine ten " * 3).strip() + "."


def find(path, text, kinds=check_text.KINDS):
    return [(finding.line, finding.text) for finding in check_text.check_file(path, text, PHRASES, kinds)]


FOUND = [
    ("The caller is not told the reason, the log tells it.", ["told", "tells"]),
    ("At most ten rules are taken.", ["taken"]),
    ("The name stands in the file.", ["stands"]),
    ("The other one names the survivor.", ["The other one"]),
    ("The other one that stands for it is kept.", ["other one", "stands"]),
    ("The merged-away customer stays readable.", ["merged-away"]),
    ("The papers describe it.", ["papers"]),
    ("This page says how.", ["This page says"]),
    ("It depends on what the case is about.", ["what the case is about"]),
    ("A case keeps what it is waiting for.", ["what it is"]),
    ("A transfer waits for whom it is offered to.", ["whom"]),
    ("That which is left is removed.", ["That which"]),
    ("What is left is removed.", ["What"]),
    ("A list of what was read.", ["of what"]),
    ("What an environment holds.", ["What"]),
    ("It returns two things: what was read, and where.", [": what was"]),
    ("A wrong name is an error.", ["wrong"]),
    ("The time of the case cannot be.", ["cannot be"]),
    ("The store cannot be right.", ["cannot be"]),
    ("The past facts are folded.", ["past facts"]),
    ("The case goes away and its amount is given back.", ["goes away", "given back"]),
    ("So many rules are run.", ["So many"]),
    ("It waits as long as the policy demands.", ["waits as long as"]),
    ("The order was cancelled.", ["cancelled"]),
    ("Its behaviour is recognised by the organisation.", ["behaviour", "recognised", "organisation"]),
    ("A grey catalogue of serialised, labelled colours of the neighbour.",
     ["grey", "catalogue", "serialised", "labelled", "colours", "neighbour"]),
    ("They are analysed and authorised by an optimiser.", ["analysed", "authorised", "optimiser"]),
]

NOT_FOUND = [
    "The customer was told the amount.",
    "Two records are told apart by their ids.",
    "Money is taken through the gateway, and the case is taken over.",
    "The account is in good standing.",
    "A customer may return a wrong item.",
    "The value cannot be parsed.",
    "A fact has a kind and an id.",
    "A host may call it only as long as the desk exists.",
    "Nobody knows what happened.",
    "What was refused, and why?",
    "What OK means is a part of the comment.",
    "The code `told`, the reason `CASE_TAKEN` and the word \"wrong\" are names.",
    "See catalogue.proto, colour_code, and shop::Colour::grey.",
    "They are organized, canceled, recognized and analyzed, with a gray label, a color and a catalog.",
    "The rise, the promise, the exercise and the premise are comprised of advice.",
    "The understanding is outstanding.",
]


@pytest.mark.parametrize("sentence,words", FOUND)
def test_sentence_is_found(sentence, words):
    found = [text for _, text in find("docs/a.md", sentence + "\n")]
    for word in words:
        assert any(word.lower() in text.lower() for text in found), (word, found)


@pytest.mark.parametrize("sentence", NOT_FOUND)
def test_sentence_is_not_found(sentence):
    assert find("docs/a.md", sentence + "\n") == []


def test_each_pattern_has_a_hint_and_finds_a_sentence_here_or_a_spelling():
    for phrase in PHRASES:
        assert phrase.hint
    table = PHRASES[:[phrase.hint for phrase in PHRASES].index("color")]
    for phrase in table:
        assert any(phrase.pattern.search(sentence) for sentence, _ in FOUND), phrase.pattern.pattern


def test_phrases_of_a_wrong_form_are_errors():
    with pytest.raises(ValueError, match="phrases.txt:1"):
        check_text.read_phrases("told reported\n")
    with pytest.raises(ValueError, match="phrases.txt:1"):
        check_text.read_phrases("  a context\n")


def test_thirty_words_are_enough():
    assert find("docs/a.md", LONG) and "31 words" in find("docs/a.md", LONG)[0][1]
    assert find("docs/a.md", THIRTY) == []
    assert find("docs/a.md", THIRTY + " " + THIRTY) == []
    # A list is a sentence an item.
    assert find("docs/a.md", "- " + THIRTY[:-1] + "\n- " + THIRTY) == []
    # A list of identifiers is one word.
    assert find("docs/a.md", THIRTY[:-5] + "`a`, `b`, `c` and `d`.") == []
    # An abbreviation ends no sentence.
    assert find("docs/a.md", THIRTY[:-1] + ", e.g. this one.")


def test_a_sentence_goes_over_lines():
    assert find("src/a/b.cc", "// " + LONG.replace(" six ", "\n// six ") + "\n")[0][0] == 1
    assert find("src/a/b.cc", "// A value that is not\n// taken.\n") == [(2, '"taken"')]
    # A blank line ends it.
    assert find("src/a/b.cc", "// " + THIRTY[:-1] + "\n//\n// " + THIRTY) == []


def test_code_and_tables_are_no_prose():
    assert find("docs/a.md", "```\ntold taken wrong\n```\n\n| told | taken |\n") == []
    assert find("docs/a.md", "Plain.\n\n    indented told\n") == []
    assert find("include/a.h", "// Plain:\n//\n//   int taken = 1;  // told\n//\n// Taken.\n") == [(5, '"Taken"')]
    assert find("include/a.h", "int taken = told;\n") == []
    assert find("a.py", 'def f():\n    """Plain.\n\n    >>> told\n    taken\n\n    Told.\n    """\n') == [(7, '"Told"')]


def test_lists_in_comments_are_prose():
    assert find("include/a.h", "// - one is told\n//   and the next taken\n") == [(1, '"told"'), (2, '"taken"')]


def test_a_row_of_a_name_and_its_description_is_a_sentence():
    row = "NAME    one two three four five six seven eight nine ten\n"
    assert find("src/a.cc", "// " + "// ".join([row] * 4)) == []
    assert find("src/a.cc", "// NAME    is told\n") == [(1, '"told"')]


def test_every_language_has_comments():
    assert find("src/a.cc", "int a;  // told\n") == [(1, '"told"')]
    assert find("src/a.cc", "/* a\n * told */\n") == [(2, '"told"')]
    assert find("proto/a.proto", "// It is told.\nmessage A {}\n") == [(1, '"told"')]
    assert find("a/CMakeLists.txt", "# It is told.\nset(taken)\n") == [(1, '"told"')]
    assert find("a.py", "x = 1  # It is told.\n") == [(1, '"told"')]
    assert find("a.py", '"""It is told."""\n') == [(1, '"told"')]
    assert find("dev", "#!/bin/bash\necho told  # It is told.\n") == [(2, '"told"')]


def test_trailing_comments_are_apart_unless_they_continue():
    text = "int a;  // the first is not\nint b;  // taken, and the second is\n        // told\n"
    assert find("src/a.cc", text) == [(2, '"taken"'), (3, '"told"')]
    assert find("src/a.cc", f"int a;  // {THIRTY[:-1]}\nint b;  // and more\n") == []
    assert find("src/a.cc", f"int a;  // {THIRTY[:-1]}\n        // and more\n")


def test_literals_of_the_product_are_texts():
    assert find("src/a.cc", 'f("the rule is not told");\n') == [(1, '"told"')]
    assert find("src/a.cc", 'f("the rule is not "\n  "told");\n') == [(2, '"told"')]
    assert find("src/a.cc", 'f("' + LONG + '");\n')[0][1].startswith("31 words")
    assert find("python/frontdesk/a.py", 'raise E("the rule is not told")\n') == [(1, '"told"')]
    # Data, expressions and keys are no texts; nor are the literals of tests.
    assert find("src/a.cc", 'f("taken", "told.taken == 1", R"(the rule is told)", "a = told");\n') == []
    assert find("tests/a.cc", 'f("the rule is not told");\n') == []
    assert find("src/a.cc", 'f("the rule is not told");\n', ["comments"]) == []


def test_names_of_tests_are_read():
    assert find("tests/a/b_test.cc", "TEST(RuleTest, IsToldTwice) {}\n") == [(1, '"Told"')]
    assert find("tests/a/test_b.py", "def test_it_is_told(): pass\n") == [(1, '"told"')]
    assert find("tests/a/b_test.cc", "TEST(RuleTest, IsToldTwice) {}\n", ["comments", "texts"]) == []


def test_findings_have_place_and_hint_and_an_exit_code(tmp_path, capsys):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text("Plain.\n\nIt is told.\n", encoding="utf-8")
    assert check_text.main(["--root", str(tmp_path), "docs"]) == 1
    assert capsys.readouterr().out.startswith('docs/a.md:3: "told": reported')
    assert check_text.main(["--root", str(tmp_path), "--count"]) == 1
    assert "     1  docs\n     1  in all" in capsys.readouterr().out
    (tmp_path / "docs" / "a.md").write_text("Plain.\n", encoding="utf-8")
    assert check_text.main(["--root", str(tmp_path), "docs"]) == 0
    # A path that names nothing would have no findings for ever.
    assert check_text.main(["--root", str(tmp_path), "documents"]) == 1


def test_the_tree_is_plain():
    findings = check_text.check_tree(ROOT, [check_text.Target(".", check_text.KINDS)], PHRASES)
    assert not findings, "\n".join(map(str, findings))
