// Texts with placeholders that are filled from a message, and those that the options of the events declare.
#include "decide/message_text.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "desk/planter.h"
#include "desk/shop.h"
#include "frontdesk/v1/account.pb.h"
#include "frontdesk/v1/case.pb.h"
#include "frontdesk/v1/command_options.pb.h"
#include "frontdesk/v1/customer.pb.h"
#include "frontdesk/v1/event.pb.h"
#include "frontdesk/v1/money.pb.h"
#include "frontdesk/v1/order.pb.h"
#include "frontdesk/v1/outcome.pb.h"
#include "gmock/gmock.h"
#include "google/protobuf/descriptor.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::frontdesk::internal::EnumWords;
using ::frontdesk::internal::FillText;
using ::google::protobuf::Descriptor;
using ::google::protobuf::FieldDescriptor;
using ::testing::IsEmpty;

// ---- FillText ----------------------------------------------------------------------------------------

v1::Case LampCase() {
  v1::Case one;
  one.set_case_id("k1");
  one.set_subject("lamp");
  one.set_kind(v1::Case::KIND_TROUBLE);
  one.set_state(v1::Case::STATE_WAITING_ON_THIRD_PARTY);
  one.set_impact(2);
  one.add_tags("red");
  one.add_tags("loud");
  one.add_links()->set_id("o1");
  one.mutable_links(0)->set_kind(v1::ENTITY_KIND_ORDER);
  return one;
}

TEST(FillTextTest, TextWithoutPlaceholdersStaysAsItIs) {
  EXPECT_EQ(FillText("", LampCase()), "");
  EXPECT_EQ(FillText("reopened, at 7:30 (twice)", LampCase()), "reopened, at 7:30 (twice)");
}

TEST(FillTextTest, FieldsByPath) {
  EXPECT_EQ(FillText("{case_id} is {subject}", LampCase()), "k1 is lamp");
  EXPECT_EQ(FillText("impact {impact}, urgency {urgency}", LampCase()), "impact 2, urgency 0");
  v1::Event event;
  *event.mutable_case_()->mutable_case_opened()->mutable_case_() = LampCase();
  EXPECT_EQ(FillText("{case.case_opened.case.case_id}!", event), "k1!");
  // Messages on the way that are not set have fields that are empty.
  EXPECT_EQ(FillText("<{case.case_reopened.state_name}>", event), "<>");
}

TEST(FillTextTest, EnumsAreWords) {
  EXPECT_EQ(FillText("{kind}, {state}", LampCase()), "trouble, waiting on third party");
  EXPECT_EQ(FillText("{kind}", v1::Case()), "unspecified");
  v1::Case newer;
  newer.set_kind(static_cast<v1::Case::Kind>(77));
  EXPECT_EQ(FillText("{kind}", newer), "of an unknown kind");
  EXPECT_EQ(EnumWords(*v1::EscalationBasis_descriptor(), v1::ESCALATION_BASIS_AUTHORITY),
            "authority");
  EXPECT_EQ(EnumWords(*v1::PaymentMethod::Kind_descriptor(), v1::PaymentMethod::KIND_GIFT_CARD),
            "gift card");
}

TEST(FillTextTest, MoneyHasItsCurrency) {
  v1::LedgerEntry entry;
  entry.mutable_amount()->set_units(2400);
  entry.mutable_amount()->set_currency_code("USD");
  entry.mutable_balance_after()->set_units(-5);
  entry.mutable_balance_after()->set_currency_code("JPY");
  EXPECT_EQ(FillText("{amount}, then {balance_after}", entry), "24.00 USD, then -5 JPY");
  EXPECT_EQ(FillText("{-amount}, then {-balance_after}", entry), "24.00 USD, then 5 JPY");
  // A message of any other type is no value.
  EXPECT_EQ(FillText("[{time}]", entry), "");
}

TEST(FillTextTest, ListsHaveCommas) {
  EXPECT_EQ(FillText("{tags}", LampCase()), "red, loud");
  EXPECT_EQ(FillText("<{tags}>", v1::Case()), "<>");
  v1::Order order;
  EXPECT_EQ(FillText("{lines.#}", order), "0");
}

TEST(FillTextTest, CountsAndSumsWithTheirNouns) {
  EXPECT_EQ(FillText("{tags.#}", LampCase()), "2");
  EXPECT_EQ(FillText("{tags.#:tag} and {links.#:link}", LampCase()), "2 tags and 1 link");
  EXPECT_EQ(FillText("{parts.#:part}", LampCase()), "0 parts");
  v1::Shipment shipment;
  EXPECT_EQ(FillText("{lines.+quantity:piece}", shipment), "0 pieces");
  shipment.add_lines()->set_quantity(1);
  EXPECT_EQ(FillText("{lines.+quantity:piece}", shipment), "1 piece");
  shipment.add_lines()->set_quantity(40);
  EXPECT_EQ(FillText("{lines.+quantity:piece}, {lines.+quantity}", shipment), "41 pieces, 41");
  // A field that the elements do not have adds nothing.
  EXPECT_EQ(FillText("{lines.+weight:piece}", shipment), "0 pieces");
  EXPECT_EQ(FillText("{lines.+line_id:piece}", shipment), "0 pieces");
}

TEST(FillTextTest, AlternativesOfAFieldThatIsSetOrNot) {
  const absl::string_view text = "given to {assignee_id?{assignee_id}|queue {queue_id}}.";
  v1::Case one;
  one.set_queue_id("q");
  EXPECT_EQ(FillText(text, one), "given to queue q.");
  one.set_assignee_id("anna");
  EXPECT_EQ(FillText(text, one), "given to anna.");
  EXPECT_EQ(FillText("{tags?tagged|plain}", one), "plain");
  EXPECT_EQ(FillText("{tags?tagged|plain}", LampCase()), "tagged");
  EXPECT_EQ(FillText("{transfer_offer?offered|}", one), "");
  one.mutable_transfer_offer();
  EXPECT_EQ(FillText("{transfer_offer?offered|}", one), "offered") << "a message without content";
  EXPECT_EQ(FillText("{transfer_offer.assignee_id?a|{tags?b|c}}", one), "c") << "inside each other";
}

TEST(FillTextTest, GroupsAreLeftOutWithAnEmptyValue) {
  const absl::string_view text = "canceled[ ({subject})][, {case_id}].";
  v1::Case one;
  EXPECT_EQ(FillText(text, one), "canceled.");
  one.set_case_id("k1");
  EXPECT_EQ(FillText(text, one), "canceled, k1.");
  one.set_subject("x");
  EXPECT_EQ(FillText(text, one), "canceled (x), k1.");
  EXPECT_EQ(FillText("a[ {tags}]", one), "a");
  EXPECT_EQ(FillText("a[ {case_id} {tags}]", one), "a") << "one of two values is empty";
  EXPECT_EQ(FillText("a[ {case_id}[ {tags}]]", one), "a k1") << "the inner group alone";
  EXPECT_EQ(FillText("a[ {tags?{tags}|no tags}]", one), "a no tags");
  EXPECT_EQ(FillText("a[ {case_id?{tags}|no tags}]", one), "a");
  EXPECT_EQ(FillText("a[ always]", one), "a always");
}

// A value is written as it is, whatever it looks like.
TEST(FillTextTest, ValuesAreNoTexts) {
  v1::Case one;
  one.set_case_id("{subject}");
  one.set_subject("secret");
  one.set_queue_id("]}|[?{");
  one.add_tags("[a]");
  one.add_tags("{b");
  EXPECT_EQ(FillText("<{case_id}>", one), "<{subject}>");
  EXPECT_EQ(FillText("[<{queue_id}>]{queue_id?x{queue_id}y|z}", one), "<]}|[?{>x]}|[?{y");
  EXPECT_EQ(FillText("{tags}", one), "[a], {b");
  one.set_case_id(std::string("\0\xff%s\n", 5));
  EXPECT_EQ(FillText("<{case_id}>", one), "<\\u0000\\ufffd%s\\n>");
  one.set_case_id(std::string(100'000, '{'));
  EXPECT_EQ(FillText("{case_id}", one).size(), 100'000u);
}

TEST(FillTextTest, UnknownFieldsAndBrokenTextsAreEmptyValues) {
  for (const char* placeholder : {"{nothing}", "{}", "{.}", "{case_id.x}", "{tags.x}",
                                  "{nothing.#x}", "{links.id}", "{+quantity}", "{case_id..}"}) {
    EXPECT_EQ(FillText(absl::StrCat("a[ ", placeholder, "]b"), LampCase()), "ab") << placeholder;
  }
  EXPECT_EQ(FillText("{nothing?a|b}", LampCase()), "b");
  for (const char* endless :
       {"{case_id", "{case_id?b", "{case_id?b|c", "{case_id?{subject}|{impact}"}) {
    EXPECT_EQ(FillText(absl::StrCat("a ", endless), LampCase()), "a ") << endless;
    EXPECT_EQ(FillText(absl::StrCat("a[ ", endless, "]"), LampCase()), "a") << endless;
  }
  EXPECT_EQ(FillText("a [{case_id}", LampCase()), "a k1");
  EXPECT_EQ(FillText("a ] b", LampCase()), "a ] b");
}

// ---- The texts of events ------------------------------------------------------------------------------

// A message of an event or of an effect, and its text.
struct WithText {
  const Descriptor* message;
  std::string text;
};

void AddMessages(const Descriptor& envelope, std::vector<WithText>* messages) {
  for (int i = 0; i < envelope.field_count(); ++i) {
    const FieldDescriptor* arm = envelope.field(i);
    if (arm->real_containing_oneof() == nullptr) continue;
    for (int k = 0; k < arm->message_type()->field_count(); ++k) {
      const Descriptor* message = arm->message_type()->field(k)->message_type();
      messages->push_back({message, &envelope == v1::Event::descriptor()
                                        ? message->options().GetExtension(v1::event).text()
                                        : message->options().GetExtension(v1::effect).text()});
    }
  }
}

// Every event and every effect.
std::vector<WithText> AllWithText() {
  std::vector<WithText> messages;
  AddMessages(*v1::Event::descriptor(), &messages);
  AddMessages(*v1::Effect::descriptor(), &messages);
  return messages;
}

// The placeholders of a text, each without its braces and alternatives.
std::vector<std::string> Placeholders(absl::string_view text) {
  std::vector<std::string> found;
  for (std::size_t at = text.find('{'); at != absl::string_view::npos;
       at = text.find('{', at + 1)) {
    const std::size_t end = text.find_first_of("}?", at);
    // "?" behind a path asks whether it is set.
    const bool asks = end != absl::string_view::npos && text[end] == '?';
    found.push_back(absl::StrCat(text.substr(at + 1, end - at - 1), asks ? "?" : ""));
  }
  return found;
}

// Why a placeholder cannot be filled from a message of the type; "" when it can.
std::string CheckPlaceholder(const Descriptor& type, std::string path) {
  const bool asks = !path.empty() && path.back() == '?';
  if (asks) path.pop_back();
  const bool is_unsigned = !path.empty() && path[0] == '-';
  if (is_unsigned) path.erase(0, 1);
  path = path.substr(0, path.find(':'));
  std::vector<std::string> parts = absl::StrSplit(path, '.');
  std::string sum_of;
  const bool counts = parts.back() == "#";
  if (parts.back().size() > 1 && parts.back()[0] == '+') sum_of = parts.back().substr(1);
  if (counts || !sum_of.empty()) parts.pop_back();
  const Descriptor* at = &type;
  const FieldDescriptor* field = nullptr;
  for (const std::string& part : parts) {
    if (field != nullptr && field->is_repeated()) return "leads through a list";
    if (at == nullptr) return "leads through a field that is no message";
    field = at->FindFieldByName(part);
    if (field == nullptr) return absl::StrCat("there is no field ", part);
    at = field->message_type();
  }
  if (field == nullptr) return "names no field";
  if (asks) return "";
  if (is_unsigned && at != v1::Money::descriptor()) return "has no sign";
  if (counts) return field->is_repeated() ? "" : "counts what is no list";
  if (!sum_of.empty()) {
    if (!field->is_repeated() || at == nullptr) return "sums over what is no list of messages";
    const FieldDescriptor* summed = at->FindFieldByName(sum_of);
    return summed != nullptr && summed->cpp_type() == FieldDescriptor::CPPTYPE_INT64
               ? ""
               : "sums what is no number";
  }
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return testing::IsPersonal(*field) ? "can hold personal data" : "";
    case FieldDescriptor::CPPTYPE_ENUM:
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
      return "";
    default:
      return at == v1::Money::descriptor() ? "" : "is nothing that can be written";
  }
}

TEST(EventTextTest, EveryEventAndEffectHasATextThatItsFieldsFill) {
  EXPECT_GT(AllWithText().size(), 64u);
  int placeholders = 0;
  for (const auto& [event, text] : AllWithText()) {
    EXPECT_FALSE(text.empty()) << event->name();
    for (const std::string& placeholder : Placeholders(text)) {
      EXPECT_EQ(CheckPlaceholder(*event, placeholder), "")
          << event->name() << ": {" << placeholder << "}";
      ++placeholders;
    }
  }
  EXPECT_GT(placeholders, 80);
}

TEST(EventTextTest, TheCheckFindsWhatCannotBeFilled) {
  const Descriptor& type = *v1::Case::descriptor();
  EXPECT_EQ(CheckPlaceholder(type, "case_id"), "");
  EXPECT_EQ(CheckPlaceholder(type, "parts.#:part"), "");
  for (const char* broken : {"", "case_di", "case_id.x", "parts.part_id", "case_id.#", "links.+id",
                             "open_time", "subject", "-case_id"}) {
    EXPECT_NE(CheckPlaceholder(type, broken), "") << broken;
  }
}

// Brackets and braces close what they open, and each question has two answers.
TEST(EventTextTest, TextsAreWellFormed) {
  for (const auto& [event, text] : AllWithText()) {
    std::string open;  // The brackets around the place.
    for (const char c : text) {
      if (c == '[' || c == '{') {
        open.push_back(c);
      } else if (c == '?' && !open.empty()) {
        ASSERT_EQ(open.back(), '{') << event->name();
        open.back() = '?';
      } else if (c == '|') {
        ASSERT_FALSE(open.empty()) << event->name();
        ASSERT_EQ(open.back(), '?') << event->name();
        open.back() = '|';
      } else if (c == ']' || c == '}') {
        ASSERT_FALSE(open.empty()) << event->name();
        EXPECT_TRUE(c == ']' ? open.back() == '[' : open.back() == '{' || open.back() == '|')
            << event->name();
        open.pop_back();
      }
    }
    EXPECT_THAT(open, IsEmpty()) << event->name();
  }
}

// No text repeats what personal fields hold, and each says something with all fields set.
TEST(EventTextTest, FilledTextsHoldNoPersonalData) {
  for (const auto& [event, template_text] : AllWithText()) {
    const google::protobuf::Message* prototype =
        google::protobuf::MessageFactory::generated_factory()->GetPrototype(event);
    ASSERT_NE(prototype, nullptr) << event->name();
    const std::unique_ptr<google::protobuf::Message> message(prototype->New());
    testing::Plant(testing::Planting::kEverything, message.get());
    const std::string text = FillText(template_text, *message);
    EXPECT_NE(text, "") << event->name();
    EXPECT_EQ(testing::FindPersonal(text), "") << event->name() << ": " << text;
  }
}

}  // namespace
}  // namespace frontdesk
