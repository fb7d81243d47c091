"""The tree keeps its own laws, and the check that says so can see a breach."""

import os
import pathlib

import pytest

import check_tree

ROOT = pathlib.Path(os.environ.get("FRONTDESK_SOURCE_DIR", pathlib.Path(__file__).parents[2]))


def test_the_tree_keeps_its_laws():
    findings = check_tree.check_tree(ROOT)
    assert not findings, "\n" + "\n".join(map(str, findings))


def test_the_check_looks_at_every_room():
    files = check_tree.tracked_files(ROOT)
    rooms = {check_tree.room_of_file(pathlib.PurePosixPath(path.relative_to(ROOT).as_posix()))
             for path in files if path.suffix in (".h", ".cc")}
    assert {"base", "cel", "rules", "domain", "policy", "decide", "desk", "internal"} <= rooms


@pytest.mark.parametrize("file, included", [
    ("src/cel/parser.cc", "frontdesk/base/money.h"),             # sideways
    ("src/cel/parser.cc", "frontdesk/v1/order.pb.h"),            # the language knows no message
    ("src/base/money.cc", "frontdesk/cel/value.h"),              # sideways
    ("src/base/money.cc", "frontdesk/domain/order/order.h"),           # up
    ("src/rules/rule_set.cc", "frontdesk/domain/order/order.h"),  # sideways
    ("src/rules/rule_set.cc", "frontdesk/v1/order.pb.h"),        # rules know no entity
    ("src/rules/rule_set.cc", "cel/parser.h"),                   # private to a lower floor
    ("src/domain/order/order.cc", "frontdesk/rules/rule_set.h"),  # sideways
    ("src/domain/order/order.cc", "frontdesk/domain/account/account.h"),  # entities do not meet
    ("src/domain/order/order.cc", "domain/case/case_draft.h"),   # nor behind the door
    ("include/frontdesk/domain/order/order.h", "frontdesk/domain/case/case.h"),
    ("src/domain/arguments.cc", "domain/case/case_draft.h"),     # private to an entity
    ("src/domain/order/order.cc", "frontdesk/frontdesk.h"),      # up, through the umbrella
    ("src/calendar/zone.cc", "frontdesk/v1/case.pb.h"),          # calendars know no entity
    ("src/calendar/zone.cc", "frontdesk/cel/time_zone.h"),       # nor the language
    ("src/base/error.cc", "frontdesk/calendar/zone.h"),          # up
    ("src/internal/time.h", "frontdesk/v1/money.pb.h"),          # sideways
    ("src/policy/policy.cc", "frontdesk/decide/decide.h"),       # up
    ("src/policy/policy.cc", "frontdesk/desk/desk.h"),           # up
    ("src/decide/decide.cc", "frontdesk/desk/desk.h"),           # up
    ("src/decide/decide.cc", "policy/rule_sets.h"),              # private to a lower floor
    ("src/decide/decide.cc", "frontdesk/store/store.h"),         # deciding knows no store
    ("src/store/memory.cc", "frontdesk/v1/event.pb.h"),          # stores hold bytes
    ("src/desk/desk.cc", "frontdesk/report/report.h"),           # up
    ("include/frontdesk/desk/desk.h", "internal/sha256.h"),      # private in public
    ("include/frontdesk/desk/desk.h", "desk/approvals.h"),       # private in public
    ("python/src/desk.cc", "internal/sha256.h"),                 # guests use the front door
    ("examples/shop/shop_desk.cc", "desk/approvals.h"),
    ("tests/acceptance/retail/main.cc", "desk/approvals.h"),
])
def test_a_forbidden_include_is_found(file, included):
    path = pathlib.PurePosixPath(file)
    assert check_tree.check_include(path, check_tree.room_of_file(path), included)


@pytest.mark.parametrize("file, included", [
    ("src/cel/parser.cc", "cel/lexer.h"),
    ("src/cel/parser.cc", "lexer.h"),
    ("src/cel/parser.cc", "internal/status_macros.h"),
    ("src/cel/parser.cc", "absl/strings/str_cat.h"),
    ("src/calendar/zone.cc", "frontdesk/base/error.h"),
    ("src/calendar/compile.cc", "frontdesk/v1/calendar.pb.h"),
    ("src/policy/policy.cc", "frontdesk/calendar/business_calendar.h"),
    ("src/rules/rule_set.cc", "frontdesk/v1/policy.pb.h"),
    ("src/domain/order/refund_order.cc", "frontdesk/domain/order/order.h"),
    ("src/domain/order/refund_order.cc", "domain/order/order_money.h"),
    ("src/domain/order/refund_order.cc", "domain/event_maker.h"),
    ("src/domain/verbs.cc", "frontdesk/domain/account/account.h"),
    ("src/policy/rule_sets.cc", "frontdesk/v1/accessors.h"),
    ("src/decide/decide.cc", "frontdesk/policy/policy.h"),
    ("src/decide/decide.cc", "policy/input_arms.h"),             # shared with the rooms above
    ("src/desk/make_batch.cc", "decide/command_run.h"),
    ("src/desk/desk.cc", "frontdesk/store/store.h"),
    ("python/src/desk.cc", "frontdesk/desk/desk.h"),
])
def test_an_allowed_include_is_not(file, included):
    path = pathlib.PurePosixPath(file)
    assert check_tree.check_include(path, check_tree.room_of_file(path), included) is None


def test_breaches_in_files_are_found_with_their_place(tmp_path):
    header = tmp_path / "include" / "frontdesk" / "base" / "money.h"
    header.parent.mkdir(parents=True)
    header.write_text("#ifndef WRONG_H_\n#define WRONG_H_\n" + '#include "frontdesk/cel/value.h"\n' + "\n" * 400
                      + "// TO" + "DO: money\n#endif\n")
    (tmp_path / "scratch").mkdir()
    (tmp_path / "scratch" / "notes.md").write_text("notes\n")
    found = {(finding.path, finding.line) for finding in check_tree.check_tree(tmp_path)}
    assert found == {
        ("include/frontdesk/base/money.h", 1),    # no comment, invalid guard
        ("include/frontdesk/base/money.h", 3),    # the include
        ("include/frontdesk/base/money.h", 404),  # the leftover
        ("include/frontdesk/base/money.h", 405),  # too long
        ("scratch", 1),                           # no place for it
    }
