#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "domain/attributes.h"
#include "domain/customer/customer_changes.h"
#include "domain/customer/customer_draft.h"
#include "domain/event_maker.h"
#include "domain/external_ids.h"
#include "frontdesk/domain/customer/reasons.h"
#include "frontdesk/domain/reasons.h"
#include "google/protobuf/util/message_differencer.h"

namespace frontdesk {
namespace domain {
namespace {

using google::protobuf::util::MessageDifferencer;
using v1::Customer;

// A text field of a customer, by the name that EditCustomer has for it.
struct TextField {
  absl::string_view name;
  bool (*is_edited)(const v1::EditCustomer& verb);
  const std::string& (*wanted)(const v1::EditCustomer& verb);
  const std::string& (*get)(const Customer& customer);
  void (*set)(const std::string& text, Customer* customer);
};

#define FRONTDESK_TEXT_FIELD(field)                                                           \
  {                                                                                           \
#field, [](const v1::EditCustomer& verb) { return verb.has_##field(); },                    \
        [](const v1::EditCustomer& verb) -> const std::string& { return verb.field(); },        \
        [](const Customer& customer) -> const std::string& { return customer.field(); },        \
        [](const std::string& text, Customer* customer) { customer->set_##field(text); } \
  }
#define FRONTDESK_PREFERENCE(field, own)                                                      \
  {                                                                                           \
#field, [](const v1::EditCustomer& verb) { return verb.has_##field(); },                    \
        [](const v1::EditCustomer& verb) -> const std::string& { return verb.field(); },        \
        [](const Customer& customer) -> const std::string& {                                    \
          return customer.preferences().own();                                                  \
        },                                                                                      \
        [](const std::string& text, Customer* customer) {                                       \
          customer->mutable_preferences()->set_##own(text);                                     \
        } \
  }

const TextField kTextFields[] = {
    FRONTDESK_TEXT_FIELD(given_name),
    FRONTDESK_TEXT_FIELD(family_name),
    FRONTDESK_TEXT_FIELD(organization_name),
    FRONTDESK_PREFERENCE(language_tag, language_tag),
    FRONTDESK_PREFERENCE(preferred_channel, channel),
    FRONTDESK_PREFERENCE(time_zone, time_zone),
    FRONTDESK_TEXT_FIELD(tier),
};

#undef FRONTDESK_TEXT_FIELD
#undef FRONTDESK_PREFERENCE

constexpr absl::string_view kAttributeFields[] = {"set_attributes[", "remove_attributes["};
constexpr absl::string_view kExternalIdFields[] = {"add_external_ids[", "remove_external_ids["};

template <typename Names>
bool BeginsWithOneOf(absl::string_view name, const Names& prefixes) {
  return std::any_of(std::begin(prefixes), std::end(prefixes),
                     [name](absl::string_view prefix) { return absl::StartsWith(name, prefix); });
}

// Preferences without content are none.
void DropEmptyPreferences(Customer* customer) {
  const v1::CustomerPreferences& preferences = customer->preferences();
  if (preferences.language_tag().empty() && preferences.channel().empty() &&
      preferences.time_zone().empty()) {
    customer->clear_preferences();
  }
}

// The items of a list by key: to compare them, and to write them sorted, so that the order of two edits
// leaves no trace.
template <typename Item>
using ByKey = std::map<std::string, Item>;

ByKey<v1::Attribute> AttributesByName(const Customer& customer) {
  ByKey<v1::Attribute> by_name;
  for (const v1::Attribute& attribute : customer.attributes()) {
    by_name.emplace(attribute.name(), attribute);
  }
  return by_name;
}

// The key sorts as (system, id) does.
std::string ExternalIdKey(const v1::ExternalId& external_id) {
  return external_id.system() + '\0' + external_id.id();
}

ByKey<v1::ExternalId> ExternalIdsByKey(const Customer& customer) {
  ByKey<v1::ExternalId> by_key;
  for (const v1::ExternalId& external_id : customer.external_ids()) {
    by_key.emplace(ExternalIdKey(external_id), external_id);
  }
  return by_key;
}

// The bytes under a key, or nothing.
template <typename Item>
absl::optional<std::string> BytesAt(const ByKey<Item>& by_key, const std::string& key) {
  const auto found = by_key.find(key);
  if (found == by_key.end()) return absl::nullopt;
  return found->second.SerializeAsString();
}

// The edit on `input.customer` as three-way merge with `input.base_customer`: fills `fact`, or returns everything that speaks
// against it. See DecideCustomer().
class CustomerEdit {
 public:
  CustomerEdit(const v1::CustomerDecisionInput& input, v1::CustomerEdited* fact)
      : verb_(input.command().edit_customer()), input_(input), fact_(fact) {}

  std::vector<v1::Refusal> Run() {
    if (!input_.has_base_customer()) {
      Refuse(kReasonCustomerEditBaseUnknown, "base_version");
      return std::move(refusals_);
    }
    refusals_ = CheckSetAttributes("edit_customer.set_attributes", verb_.set_attributes(),
                                   input_.attribute_definitions());
    after_ = input_.customer();
    for (const TextField& field : kTextFields) EditText(field);
    EditAttributes();
    EditExternalIds();
    DropEmptyPreferences(&after_);
    if (after_.given_name().empty() && after_.family_name().empty() &&
        after_.organization_name().empty()) {
      Refuse(kReasonCustomerEditNameMissing, "");
    }
    return std::move(refusals_);
  }

 private:
  void Refuse(const Reason& reason, const std::string& field) {
    refusals_.push_back(MakeRefusal(
        reason, field.empty() ? "edit_customer" : absl::StrCat("edit_customer.", field)));
  }

  // Whether a field changes. Adds a refusal when somebody else changed it to another value.
  template <typename Value>
  bool IsChange(const std::string& path, const Value& wanted, const Value& current,
                const Value& base) {
    if (wanted == current) return false;
    if (current == base) return true;
    Refuse(kReasonCustomerEditConflict, path);
    return false;
  }

  void EditText(const TextField& field) {
    if (!field.is_edited(verb_)) return;
    const std::string name(field.name);
    const std::string& wanted = field.wanted(verb_);
    if (!IsChange(name, wanted, field.get(input_.customer()), field.get(input_.base_customer()))) {
      return;
    }
    field.set(wanted, &after_);
    field.set(wanted, fact_->mutable_after());
    field.set(field.get(input_.customer()), fact_->mutable_before());
    fact_->add_changed_fields(name);
  }

  // One item of a list that is to be `wanted`, or gone.
  template <typename Item>
  void EditItem(const std::string& path, const std::string& name, const std::string& key,
                const Item* wanted, const ByKey<Item>& current, const ByKey<Item>& base,
                ByKey<Item>* after) {
    absl::optional<std::string> bytes;
    if (wanted != nullptr) bytes = wanted->SerializeAsString();
    if (!IsChange(path, bytes, BytesAt(current, key), BytesAt(base, key))) return;
    if (wanted != nullptr) {
      (*after)[key] = *wanted;
    } else {
      after->erase(key);
    }
    fact_->add_changed_fields(name);
  }

  void EditAttributes() {
    const ByKey<v1::Attribute> current = AttributesByName(input_.customer());
    const ByKey<v1::Attribute> base = AttributesByName(input_.base_customer());
    ByKey<v1::Attribute> after = current;
    const int changed = fact_->changed_fields_size();
    for (int i = 0; i < verb_.set_attributes_size(); ++i) {
      const v1::Attribute& attribute = verb_.set_attributes(i);
      EditItem(absl::StrCat("set_attributes[", i, "]"),
               absl::StrCat("set_attributes[", attribute.name(), "]"), attribute.name(), &attribute,
               current, base, &after);
    }
    for (int i = 0; i < verb_.remove_attributes_size(); ++i) {
      const std::string& name = verb_.remove_attributes(i);
      EditItem<v1::Attribute>(absl::StrCat("remove_attributes[", i, "]"),
                              absl::StrCat("remove_attributes[", name, "]"), name, nullptr, current,
                              base, &after);
    }
    if (fact_->changed_fields_size() == changed) return;
    *fact_->mutable_before()->mutable_attributes() = input_.customer().attributes();
    for (auto& [key, attribute] : after) {
      *fact_->mutable_after()->add_attributes() = std::move(attribute);
    }
  }

  void EditExternalIds() {
    const ByKey<v1::ExternalId> current = ExternalIdsByKey(input_.customer());
    const ByKey<v1::ExternalId> base = ExternalIdsByKey(input_.base_customer());
    ByKey<v1::ExternalId> after = current;
    const int changed = fact_->changed_fields_size();
    for (int i = 0; i < verb_.add_external_ids_size(); ++i) {
      const v1::ExternalId& external_id = verb_.add_external_ids(i);
      EditItem(absl::StrCat("add_external_ids[", i, "]"),
               absl::StrCat("add_external_ids[", ExternalIdName(external_id), "]"),
               ExternalIdKey(external_id), &external_id, current, base, &after);
    }
    for (int i = 0; i < verb_.remove_external_ids_size(); ++i) {
      const v1::ExternalId& external_id = verb_.remove_external_ids(i);
      EditItem<v1::ExternalId>(
          absl::StrCat("remove_external_ids[", i, "]"),
          absl::StrCat("remove_external_ids[", ExternalIdName(external_id), "]"),
          ExternalIdKey(external_id), nullptr, current, base, &after);
    }
    if (fact_->changed_fields_size() == changed) return;
    *fact_->mutable_before()->mutable_external_ids() = input_.customer().external_ids();
    for (auto& [key, external_id] : after) {
      *fact_->mutable_after()->add_external_ids() = std::move(external_id);
    }
  }

  const v1::EditCustomer& verb_;
  const v1::CustomerDecisionInput& input_;
  v1::CustomerEdited* fact_;
  Customer after_;  // Texts only.
  std::vector<v1::Refusal> refusals_;
};

// Whether `items` has one that equals `wanted`.
template <typename Items, typename Item>
bool HasItem(const Items& items, const Item& wanted) {
  return std::any_of(items.begin(), items.end(), [&wanted](const Item& each) {
    return MessageDifferencer::Equals(each, wanted);
  });
}

bool HasAttribute(const Customer& customer, const std::string& name) {
  const auto& attributes = customer.attributes();
  return std::any_of(attributes.begin(), attributes.end(),
                     [&name](const v1::Attribute& each) { return each.name() == name; });
}

}  // namespace

std::string ExternalIdName(const v1::ExternalId& external_id) {
  return absl::StrCat(external_id.system(), "/", external_id.id());
}

void CheckEditCustomer(const FieldPath& root, const v1::CustomerCommand& command,
                       ArgumentChecker* checker) {
  const v1::EditCustomer& verb = command.edit_customer();
  checker->CheckRange({&root, "base_version"}, verb.base_version(), 1,
                      std::numeric_limits<int64_t>::max());
  checker->CheckLanguageTag({&root, "language_tag"}, verb.language_tag());
  checker->CheckTimeZone({&root, "time_zone"}, verb.time_zone());
  checker->CheckAttributes(root, verb.set_attributes(), "set_attributes");
  DistinctIds attributes;
  ArgumentChecker told;  // Duplicates among those to set were reported.
  for (const v1::Attribute& attribute : verb.set_attributes()) {
    attributes.Check(root, attribute.name(), &told);
  }
  for (int i = 0; i < verb.remove_attributes_size(); ++i) {
    const FieldPath field{&root, "remove_attributes", i};
    if (checker->RequireText(field, verb.remove_attributes(i))) {
      attributes.Check(field, verb.remove_attributes(i), checker);
    }
  }
  checker->CheckExternalIds(root, verb.add_external_ids(), "add_external_ids");
  checker->CheckExternalIds(root, verb.remove_external_ids(), "remove_external_ids");
  std::set<std::pair<std::string, std::string>> added;
  for (const v1::ExternalId& external_id : verb.add_external_ids()) {
    added.emplace(external_id.system(), external_id.id());
  }
  for (int i = 0; i < verb.remove_external_ids_size(); ++i) {
    const v1::ExternalId& removed = verb.remove_external_ids(i);
    if (added.count({removed.system(), removed.id()}) > 0) {
      checker->Add({&root, "remove_external_ids", i}, kReasonArgumentDuplicate, "occurs twice");
    }
  }
}

bool IsEditCustomerUnchanged(const v1::CustomerDecisionInput& input,
                             const v1::CustomerAssessment&) {
  if (!input.has_base_customer()) return false;
  const v1::EditCustomer& verb = input.command().edit_customer();
  const Customer& current = input.customer();
  const auto all = [](const auto& items, const auto& is_as_wanted) {
    return std::all_of(std::begin(items), std::end(items), is_as_wanted);
  };
  return all(kTextFields,
             [&](const TextField& field) {
               return !field.is_edited(verb) || field.wanted(verb) == field.get(current);
             }) &&
         all(verb.set_attributes(),
             [&](const v1::Attribute& each) { return HasItem(current.attributes(), each); }) &&
         all(verb.remove_attributes(),
             [&](const std::string& name) { return !HasAttribute(current, name); }) &&
         all(verb.add_external_ids(),
             [&](const v1::ExternalId& each) { return HasItem(current.external_ids(), each); }) &&
         all(verb.remove_external_ids(),
             [&](const v1::ExternalId& each) { return !HasExternalId(current.external_ids(), each); });
}

void DecideEditCustomer(CustomerDraft* draft) {
  v1::CustomerEdited* fact = draft->AddEvent().mutable_customer()->mutable_customer_edited();
  draft->Refuse(CustomerEdit(draft->input(), fact).Run());
}

absl::Status ApplyEdit(const v1::CustomerEdited& fact, Customer* customer) {
  Customer after = *customer;
  for (const std::string& name : fact.changed_fields()) {
    const TextField* text =
        std::find_if(std::begin(kTextFields), std::end(kTextFields),
                     [&name](const TextField& field) { return field.name == name; });
    if (text != std::end(kTextFields)) {
      text->set(text->get(fact.after()), &after);
    } else if (BeginsWithOneOf(name, kAttributeFields)) {
      *after.mutable_attributes() = fact.after().attributes();
    } else if (BeginsWithOneOf(name, kExternalIdFields)) {
      *after.mutable_external_ids() = fact.after().external_ids();
    } else {
      return NotApplicableError("the event changed a field that this build does not know");
    }
  }
  DropEmptyPreferences(&after);
  *customer = std::move(after);
  return absl::OkStatus();
}

}  // namespace domain
}  // namespace frontdesk
