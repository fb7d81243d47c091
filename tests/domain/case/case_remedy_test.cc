// The remedies that a policy lists: a case is resolved with one of them, for its kind of case and with its amount.
#include <string>

#include "domain/case/case_testing.h"
#include "domain/commands.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using v1::Case;

v1::CasePolicy Remedies() {
  return FromText<v1::CasePolicy>(R"pb(
    remedies {
      name: "credit"
      code: "paid"
      amount { units: 2000 currency_code: "EUR" }
    }
    remedies { name: "sorry" code: "apologized" }
    remedies { name: "lamp" code: "replaced" kinds: KIND_TROUBLE }
  )pb");
}

// The reasons against resolving a case of that kind with a remedy and, unless the code is empty, an amount.
std::vector<std::string> ResolvedWith(Case::Kind kind, const std::string& remedy, int64_t units = 0,
                                      const std::string& currency_code = "") {
  Case current_case = Made(Case::STATE_OPEN);
  current_case.set_kind(kind);
  v1::Command command = Resolve(500);
  v1::ResolveCase& verb = *command.mutable_case_()->mutable_resolve_case();
  verb.set_remedy(remedy);
  if (!currency_code.empty()) {
    verb.mutable_remedy_amount()->set_units(units);
    verb.mutable_remedy_amount()->set_currency_code(currency_code);
  }
  return Reasons(Decide(command, current_case, Remedies()).refusals);
}

TEST(CaseRemedyTest, HasTheAmountThatThePolicyLists) {
  EXPECT_THAT(ResolvedWith(Case::KIND_TROUBLE, "credit", 2000, "EUR"), IsEmpty());
  for (const auto& [units, code] : {std::pair(2001, "EUR"), std::pair(1999, "EUR"),
                                    std::pair(2000, "USD"), std::pair(0, "EUR")}) {
    EXPECT_THAT(ResolvedWith(Case::KIND_TROUBLE, "credit", units, code),
                ElementsAre("CASE_RESOLVE_REMEDY_AMOUNT"))
        << units << code;
  }
  EXPECT_THAT(ResolvedWith(Case::KIND_TROUBLE, "credit"),
              ElementsAre("CASE_RESOLVE_REMEDY_AMOUNT"));
  EXPECT_THAT(ResolvedWith(Case::KIND_TROUBLE, "sorry"), IsEmpty());
  EXPECT_THAT(ResolvedWith(Case::KIND_TROUBLE, "sorry", 1, "EUR"),
              ElementsAre("CASE_RESOLVE_REMEDY_AMOUNT"));
}

TEST(CaseRemedyTest, IsForItsKindsOfCase) {
  EXPECT_THAT(ResolvedWith(Case::KIND_TROUBLE, "lamp"), IsEmpty());
  EXPECT_THAT(ResolvedWith(Case::KIND_QUESTION, "lamp"),
              ElementsAre("CASE_RESOLVE_REMEDY_UNKNOWN"));
  EXPECT_THAT(ResolvedWith(Case::KIND_QUESTION, "sorry"), IsEmpty());
  EXPECT_THAT(ResolvedWith(Case::KIND_TROUBLE, "holiday"),
              ElementsAre("CASE_RESOLVE_REMEDY_UNKNOWN"));
  EXPECT_THAT(ResolvedWith(Case::KIND_TROUBLE, ""), IsEmpty());
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
