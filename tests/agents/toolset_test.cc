#include "frontdesk/agents/toolset.h"

#include <algorithm>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "agents/agent_shop.h"
#include "agents/words.h"
#include "desk/shop.h"
#include "frontdesk/base/error.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/domain/make_command.h"
#include "frontdesk/v1/command_options.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace agents {
namespace {

using ::frontdesk::testing::kAllowAll;
using ::frontdesk::testing::MustCompile;
using ::frontdesk::testing::ReadAnswer;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// A shop's policy, with words of its own, and rules about who asks.
constexpr absl::string_view kShop = R"(
  name: "shop" version: "1"
  rule_sets {
    id: "refunds" decision_points: "RefundOrder" default_outcome: POLICY_OUTCOME_ALLOW
    rules { id: "no_ai" order: 1 outcome: POLICY_OUTCOME_REFUSE reason: "NO_AI" condition: "actor.kind == Actor.Kind.KIND_AGENT_AI" }
  }
  rule_sets {
    id: "cancels" decision_points: "CancelOrder" default_outcome: POLICY_OUTCOME_REFUSE
    rules { id: "supervisors" order: 1 outcome: POLICY_OUTCOME_ALLOW condition: "'supervisor' in actor.roles" }
  }
  rule_sets {
    id: "cases" decision_points: "OpenCase" default_outcome: POLICY_OUTCOME_REFUSE
    rules { id: "complaints" order: 1 outcome: POLICY_OUTCOME_HOLD reason: "COMPLAINT" authority: "lead"
            condition: "command.open_case.kind == Case.Kind.KIND_COMPLAINT" }
  }
  vocabulary { reasons { name: "damaged" } reasons { name: "late" } queues { name: "first_line" } }
  attribute_definitions { entity_kind: ENTITY_KIND_CUSTOMER name: "segment" type: TYPE_STRING }
)";

std::shared_ptr<const Toolset> MustMake(absl::string_view policy, ToolsetOptions options = {}) {
  auto toolset = Toolset::Make(MustCompile(policy), std::move(options));
  EXPECT_TRUE(toolset.ok()) << toolset.status();
  return *std::move(toolset);
}

std::vector<std::string> NamesOf(const Toolset& toolset) {
  std::vector<std::string> names;
  for (const ToolDefinition& tool : toolset.tools()) names.push_back(tool.name);
  return names;
}

std::string SchemaOf(const Toolset& toolset, absl::string_view name) {
  for (const ToolDefinition& tool : toolset.tools()) {
    if (tool.name == name) return tool.schema;
  }
  return "";
}

TEST(ToolsetTest, HasAToolForEachCommandThatIsForTheHostOnlyWhenAsked) {
  const auto usual = MustMake(kAllowAll);
  ToolsetOptions all_options;
  all_options.include_host_commands = true;
  all_options.include_previews = true;
  const auto all = MustMake(kAllowAll, all_options);
  const auto usual_names = NamesOf(*usual);
  const auto all_names = NamesOf(*all);
  for (const domain::CommandInfo& info : domain::Commands()) {
    const std::string name = ToolNameOf(*info.message);
    EXPECT_THAT(all_names, Contains(name));
    EXPECT_THAT(all_names, Contains(absl::StrCat("preview_", name)));
    if (info.options->host_only()) {
      EXPECT_THAT(usual_names, Not(Contains(name)));
    } else {
      EXPECT_THAT(usual_names, Contains(name));
    }
  }
  EXPECT_THAT(usual_names, Not(Contains("verify_identity")));
  EXPECT_EQ(all_names.size(), 6 + 2 * domain::Commands().size());
}

TEST(ToolsetTest, ChoosesByNameKindAndActor) {
  ToolsetOptions named;
  named.tools = {"refund_order", "get_profile", "preview_cancel_order"};
  EXPECT_THAT(NamesOf(*MustMake(kShop, named)),
              ElementsAre("get_profile", "preview_cancel_order", "refund_order"));

  ToolsetOptions orders;
  orders.include_reads = false;
  orders.entity_kinds = {v1::ENTITY_KIND_ACCOUNT};
  EXPECT_THAT(NamesOf(*MustMake(kShop, orders)), ElementsAre("credit_account", "debit_account"));

  ToolsetOptions by_actor;
  by_actor.include_reads = false;
  by_actor.actor = MakeActor("ada", v1::Actor::KIND_AGENT_AI);
  EXPECT_THAT(NamesOf(*MustMake(kShop, by_actor)), ElementsAre("open_case", "withdraw"));
  by_actor.actor = MakeActor("anna", v1::Actor::KIND_AGENT, {"supervisor"});
  EXPECT_THAT(NamesOf(*MustMake(kShop, by_actor)),
              ElementsAre("cancel_order", "open_case", "refund_order", "withdraw"));
}

TEST(ToolsetTest, RefusesOptionsThatNameNothing) {
  ToolsetOptions options;
  options.tools = {"refund_oder"};
  const auto unknown = Toolset::Make(MustCompile(kAllowAll), options);
  EXPECT_EQ(GetReason(unknown.status()), "AGENT_OPTIONS_INVALID");
  ToolsetOptions limits;
  limits.limits.max_depth = 0;
  EXPECT_EQ(GetReason(Toolset::Make(MustCompile(kAllowAll), limits).status()),
            "AGENT_OPTIONS_INVALID");
  EXPECT_EQ(GetReason(Toolset::Make(nullptr, {}).status()), "AGENT_OPTIONS_INVALID");
}

TEST(ToolsetTest, IsCompactAndStable) {
  ToolsetOptions all;
  all.include_host_commands = true;
  all.include_reads = false;
  const auto toolset = MustMake(kAllowAll, all);
  const std::string text = toolset->Definitions(DefinitionForm::kFunction);
  for (const DefinitionForm form :
       {DefinitionForm::kFunction, DefinitionForm::kInputSchema, DefinitionForm::kMcp}) {
    EXPECT_LE(toolset->Definitions(form).size(), 80'000u);
  }
  EXPECT_EQ(text, MustMake(kAllowAll, all)->Definitions(DefinitionForm::kFunction));
  ToolsetOptions twenty;
  twenty.tools = {"find_customer",
                  "get_profile",
                  "get_timeline",
                  "get_entity",
                  "explain",
                  "list_approvals",
                  "cancel_order",
                  "cancel_items",
                  "change_items",
                  "request_return",
                  "request_exchange",
                  "refund_order",
                  "change_shipping_address",
                  "change_payment_method",
                  "open_case",
                  "add_case_part",
                  "resolve_case",
                  "edit_customer",
                  "change_address",
                  "credit_account"};
  EXPECT_LE(MustMake(kShop, twenty)->Definitions(DefinitionForm::kMcp).size(), 16'000u);
}

TEST(ToolsetTest, WritesEachForm) {
  ToolsetOptions options;
  options.tools = {"explain", "end_interaction"};
  const auto toolset = MustMake(kAllowAll, options);
  const std::string schema = SchemaOf(*toolset, "end_interaction");
  EXPECT_EQ(schema, R"({"type":"object","properties":{"interaction_id":{"type":"string"}},)"
                    R"("required":["interaction_id"],"additionalProperties":false})");
  const std::string about =
      R"("name":"end_interaction","description":"Records that an interaction ended.",)";
  EXPECT_THAT(toolset->Definitions(DefinitionForm::kFunction),
              HasSubstr(absl::StrCat(R"({"type":"function","function":{)", about,
                                     R"("parameters":)", schema, "}}")));
  EXPECT_THAT(toolset->Definitions(DefinitionForm::kInputSchema),
              HasSubstr(absl::StrCat("{", about, R"("input_schema":)", schema, "}")));
  EXPECT_THAT(toolset->Definitions(DefinitionForm::kMcp),
              HasSubstr(absl::StrCat("{", about, R"("inputSchema":)", schema,
                                     R"(,"annotations":{"readOnlyHint":false}})")));
  for (const ToolDefinition& tool : toolset->tools()) ReadAnswer(tool.schema);
}

TEST(ToolsetTest, ListsTheWordsOfThePack) {
  const auto toolset = MustMake(kShop);
  EXPECT_THAT(SchemaOf(*toolset, "cancel_order"), HasSubstr(R"("enum":["damaged","late"])"));
  EXPECT_THAT(SchemaOf(*toolset, "assign_case"), HasSubstr(R"("enum":["first_line"])"));
  EXPECT_THAT(SchemaOf(*toolset, "edit_customer"), HasSubstr(R"("enum":["segment"])"));
  EXPECT_THAT(SchemaOf(*MustMake(kAllowAll), "cancel_order"), Not(HasSubstr(R"("late")")));
}

TEST(ToolsetTest, HasNoArgumentForKnowledgeOfTheHost) {
  ToolsetOptions all;
  all.include_host_commands = true;
  const auto toolset = MustMake(kAllowAll, all);
  for (const ToolDefinition& tool : toolset->tools()) {
    for (const absl::string_view name :
         {"\"actor\":{", "\"author\":{", "\"tool_call\":{", "\"idempotency_key\":{",
          "\"authorities\":{", "\"now\":{", "\"tool_call\""}) {
      EXPECT_THAT(tool.schema, Not(HasSubstr(name))) << tool.name;
    }
    EXPECT_FALSE(tool.description.empty()) << tool.name;
    EXPECT_LE(tool.description.size(), 500u) << tool.name;
  }
}

// The kind of entity that an id is of is read off the name of its field. Each reference that the options of a command declare has such
// a name.
TEST(ToolsetTest, KnowsEachFieldThatNamesAnEntity) {
  for (const domain::CommandInfo& info : domain::Commands()) {
    for (const domain::ReferenceInfo& reference : info.references) {
      const google::protobuf::FieldDescriptor& last = *reference.path.back();
      if (last.cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) {
        EXPECT_EQ(last.message_type(), v1::EntityRef::descriptor()) << last.full_name();
      } else {
        EXPECT_EQ(EntityKindOfField(last), reference.options->entity_kind()) << last.full_name();
      }
    }
    if (info.id_fields.empty() || info.entity_kind == v1::ENTITY_KIND_UNSPECIFIED) continue;
    EXPECT_EQ(EntityKindOfField(*info.id_fields.back()), info.entity_kind) << info.name;
  }
}

}  // namespace
}  // namespace agents
}  // namespace frontdesk
