// Cases that hang together, to decide commands in: what a desk does, without a store.
#ifndef FRONTDESK_TESTS_DOMAIN_CASE_CASE_WORLD_H_
#define FRONTDESK_TESTS_DOMAIN_CASE_CASE_WORLD_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "domain/domain_testing.h"
#include "frontdesk/domain/case/case.h"
#include "frontdesk/domain/case/case_parts.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/v1/case.pb.h"
#include "frontdesk/v1/case_input.pb.h"
#include "frontdesk/v1/command_options.pb.h"
#include "frontdesk/v1/outcome.pb.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {

// The id of the case that the command refers to beside its own; empty when it refers to none.
inline std::string OtherCaseId(const v1::Command& command) {
  for (const v1::CommandReference& reference : FindCommand(command)->options->references()) {
    if (reference.input_field() == "other_case")
      return GetTextField(*GetCommandMessage(command), reference.field());
  }
  return "";
}

// Those above, then the others.
inline google::protobuf::RepeatedPtrField<v1::CaseLink> AllLinks(const v1::Case& one) {
  google::protobuf::RepeatedPtrField<v1::CaseLink> links = one.case_links();
  links.MergeFrom(one.further_case_links());
  return links;
}

// The case with the counts and sums of its lists, as one that begins with them.
inline v1::Case Counted(const v1::Case& lists) {
  v1::Event event;
  event.mutable_entity()->set_kind(v1::ENTITY_KIND_CASE);
  event.mutable_entity()->set_id(lists.case_id());
  *event.mutable_case_()->mutable_case_imported()->mutable_case_() = lists;
  v1::Case counted;
  const absl::Status folded = EvolveCase(event, &counted);
  EXPECT_TRUE(folded.ok()) << folded;
  counted.clear_import_source();
  return counted;
}

class CaseWorld {
 public:
  std::map<std::string, v1::Case> cases;
  std::map<std::string, std::vector<v1::Event>> histories;
  // `now` of the next command; every one that is done makes it later.
  int64_t seconds = 1000;
  // The result of the last command.
  Decided last;

  CaseLookup lookup() const {
    return [this](const std::string& case_id) {
      const auto found = cases.find(case_id);
      return found == cases.end() ? nullptr : &found->second;
    };
  }

  v1::Command Make(const std::string& verb) const { return CommandAt(seconds, verb); }

  // With the case, the second case of the command, and the cases that it caused.
  v1::CaseDecisionInput Input(const v1::Command& command) const {
    v1::CaseDecisionInput input;
    SetCommand(command, &input);
    const auto put = [this](const std::string& case_id, auto make_room) {
      const auto found = cases.find(case_id);
      if (found != cases.end()) *make_room() = found->second;
    };
    put(AddressedEntity(command).id(), [&] { return input.mutable_case_(); });
    put(OtherCaseId(command), [&] { return input.mutable_other_case(); });
    for (const v1::CaseLink& link : input.case_().further_case_links()) {
      if (!command.case_().has_resolve_case() || link.kind() != v1::CaseLink::KIND_CAUSE_OF)
        continue;
      put(link.case_id(), [&] { return input.add_caused_cases(); });
    }
    *input.mutable_assessment() = AssessCase(input, {});
    return input;
  }

  // Checks, decides and, unless it is refused, folds.
  const Decided& Do(const v1::Command& command) {
    last = Decided();
    last.refusals = CheckCaseArguments(command.case_());
    if (last.refused()) return last;
    absl::StatusOr<Decided> decided = DecideCase(Input(command));
    EXPECT_TRUE(decided.ok()) << decided.status();
    if (!decided.ok()) return last;
    last = *std::move(decided);
    if (last.refused()) {
      EXPECT_TRUE(last.events.empty() && last.effects.empty());
      return last;
    }
    ExpectDeclared(command, last);
    for (const v1::Event& event : last.events) {
      EXPECT_EQ(event.entity().kind(), v1::ENTITY_KIND_CASE);
      EXPECT_EQ(event.time().seconds(), command.now().seconds());
      EXPECT_EQ(event.actor_id(), "agent-1");
      const absl::Status folded = EvolveCase(event, &cases[event.entity().id()]);
      EXPECT_TRUE(folded.ok()) << folded << " " << event.ShortDebugString();
      histories[event.entity().id()].push_back(event);
    }
    return last;
  }

  // Does what must be done; "case_merged@a case_merged_away@b": what happened to which case.
  std::string Done(const std::string& verb) {
    Do(Make(verb));
    EXPECT_EQ(Summary(last.refusals), "") << verb;
    seconds += 10;
    return absl::StrJoin(last.events, " ", [](std::string* out, const v1::Event& event) {
      absl::StrAppend(out, EventNames({event}), "@", event.entity().id());
    });
  }

  // The refusals of a command that must be refused: "REASON@field".
  std::string Refused(const std::string& verb) {
    Do(Make(verb));
    EXPECT_TRUE(last.refused()) << verb;
    return Summary(last.refusals);
  }

  // The value of that name in the details of the leading refusal; empty when there is none.
  std::string Detail(const std::string& name) const {
    if (last.refusals.empty()) return "";
    for (const v1::DetailValue& detail : last.refusals.at(0).details()) {
      if (detail.name() == name) return detail.value();
    }
    return "";
  }

  void Open(const std::string& case_id, const std::string& customer_id = "c1") {
    Done(absl::StrCat("open_case { case_id: '", case_id, "' kind: KIND_TROUBLE subject: 'about ",
                      case_id, "' customer_id: '", customer_id, "' queue_id: 'first' }"));
  }

  void AddPart(const std::string& case_id, const std::string& part_id,
               const std::string& more = "") {
    Done(absl::StrCat("add_case_part { case_id: '", case_id, "' part { part_id: '", part_id,
                      "' kind: KIND_MESSAGE text: 'text' ", more, " } }"));
  }

  // "a/1 b/1": the parts that a case shows, each with the case that holds it.
  std::string Parts(const std::string& case_id) const {
    const CaseParts collected = CollectCaseParts(cases.at(case_id), lookup());
    EXPECT_TRUE(collected.missing_case_ids.empty()) << case_id;
    return absl::StrJoin(collected.parts, " ", [](std::string* out, const CasePart& each) {
      absl::StrAppend(out, each.source->case_id(), "/", each.part->part_id());
    });
  }

  // "RELATED:b CHILD:c": the links of a case with other cases.
  std::string Links(const std::string& case_id) const {
    return absl::StrJoin(
        AllLinks(cases.at(case_id)), " ", [](std::string* out, const v1::CaseLink& link) {
          absl::StrAppend(out, v1::CaseLink::Kind_Name(link.kind()).substr(5), ":", link.case_id());
        });
  }

  // "NEW@1000 MERGED@1010": the history of a case's state.
  std::string Spans(const std::string& case_id) const {
    return absl::StrJoin(cases.at(case_id).state_spans(), " ",
                         [](std::string* out, const v1::CaseStateSpan& span) {
                           absl::StrAppend(out, v1::Case::State_Name(span.state()).substr(6),
                                           span.state_name().empty() ? "" : "/", span.state_name(),
                                           "@", span.start_time().seconds());
                         });
  }
};

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_DOMAIN_CASE_CASE_WORLD_H_
