#include "domain/import_cleaning.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "domain/event_maker.h"
#include "domain/interaction_part.h"
#include "frontdesk/base/id_text.h"
#include "frontdesk/base/reasons.h"
#include "frontdesk/domain/reasons.h"
#include "frontdesk/v1/customer.pb.h"
#include "google/protobuf/text_format.h"
#include "internal/escape_text.h"

namespace frontdesk {
namespace domain {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// A pass may uncover refusals that depend on the values it removed.
constexpr int kMaxPasses = 8;

std::string TextOf(const Message& message) {
  std::string text;
  google::protobuf::TextFormat::Printer printer;
  printer.SetSingleLineMode(true);
  printer.PrintToString(message, &text);
  return std::string(absl::StripSuffix(text, " "));
}

// The value of a field that is no list, as text.
std::string TextOf(const Message& message, const FieldDescriptor& field) {
  const google::protobuf::Reflection& access = *message.GetReflection();
  if (field.message_type() != nullptr) return TextOf(access.GetMessage(message, &field));
  if (field.type() == FieldDescriptor::TYPE_STRING) return access.GetString(message, &field);
  std::string text;
  google::protobuf::TextFormat::PrintFieldValueToString(message, &field, -1, &text);
  return text;
}

struct Reported {
  absl::string_view argument;
  const Reason* reason;
};

// The reason of the finding for each reason of a refusal.
constexpr Reported kReported[] = {
    {"ARGUMENT_REQUIRED", &kReasonImportItemIncomplete},
    {"ARGUMENT_COUNT", &kReasonImportItemIncomplete},
    {"ARGUMENT_FORBIDDEN", &kReasonImportContradiction},
    {"ARGUMENT_EXCLUSIVE", &kReasonImportContradiction},
    {"ARGUMENT_UNKNOWN_VALUE", &kReasonImportValueUnknown},
    {"ARGUMENT_OUT_OF_RANGE", &kReasonImportNumberInvalid},
    {"ARGUMENT_DUPLICATE", &kReasonImportDuplicate},
    {"ARGUMENT_SYNTAX", &kReasonImportSyntax},
    {"ARGUMENT_LANGUAGE_TAG", &kReasonImportLanguageInvalid},
    {"ARGUMENT_TIME_ZONE", &kReasonImportTimeZoneUnknown},
    {"ARGUMENT_CURRENCY_UNKNOWN", &kReasonImportCurrencyUnknown},
    {"ARGUMENT_CURRENCY_MISMATCH", &kReasonImportCurrencyUnknown},
    {"ATTRIBUTE_UNDEFINED", &kReasonImportAttributeUnknown},
    {"ATTRIBUTE_TYPE", &kReasonImportAttributeType},
    {"ATTRIBUTE_VALUE", &kReasonImportAttributeValue},
};

const Reason& ReasonFor(absl::string_view argument) {
  if (absl::StartsWith(argument, "ID_")) return kReasonImportIdInvalid;
  if (absl::StartsWith(argument, "CONTACT_POINT_")) return kReasonImportAddressInvalid;
  for (const Reported& each : kReported) {
    if (each.argument == argument) return *each.reason;
  }
  return kReasonImportItemIncomplete;
}

bool IsIdReason(absl::string_view reason) { return absl::StartsWith(reason, "ID_"); }

}  // namespace

// A field of the state, and the way to it.
struct ImportCleaner::Place {
  struct Step {
    Message* message;
    const FieldDescriptor* field;
    // Of an element in a list; -1 otherwise.
    int index;
    // The path up to here.
    std::string path;
  };
  // As far as the path leads: a part of it may be in a message that is not there.
  std::vector<Step> steps;
  bool is_whole = false;

  bool is_top() const { return steps.size() == 1 && steps[0].index < 0; }
  const Step& leaf() const { return steps.back(); }
  const std::string& name() const { return leaf().field->name(); }
  // The innermost element of a list; null when there is none.
  const Step* element() const {
    for (std::size_t i = steps.size(); i-- > 0;) {
      if (steps[i].index >= 0) return &steps[i];
    }
    return nullptr;
  }
};

namespace {

// The message that a step leads to; null when that is none, or not there.
Message* Enter(Message* message, const FieldDescriptor* field, int index) {
  if (field->message_type() == nullptr) return nullptr;
  const google::protobuf::Reflection& access = *message->GetReflection();
  if (field->is_repeated()) {
    return index < 0 ? nullptr : access.MutableRepeatedMessage(message, field, index);
  }
  return access.HasField(*message, field) ? access.MutableMessage(message, field) : nullptr;
}

template <typename T>
T* As(Message* message) {
  return message != nullptr && message->GetDescriptor() == T::descriptor()
             ? static_cast<T*>(message)
             : nullptr;
}

// Whether a field that is no list holds a message that is not there.
bool IsAbsentMessage(const Message& message, const FieldDescriptor& field) {
  return field.message_type() != nullptr && !field.is_repeated() &&
         !message.GetReflection()->HasField(message, &field);
}

// Whether a path is one of `paths`, or leads through one of them.
bool IsAtOrBelow(const std::set<std::string>& paths, const std::string& path) {
  if (paths.count(path) > 0) return true;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '.' && paths.count(path.substr(0, i)) > 0) return true;
  }
  return false;
}

// The steps of a path, up to the last one that is there.
template <typename Place>
Place FindPlace(absl::string_view path, Message* state) {
  Place place;
  Message* message = state;
  std::string walked;
  for (absl::string_view part : absl::StrSplit(path, '.')) {
    if (message == nullptr) return place;
    absl::StrAppend(&walked, walked.empty() ? "" : ".", part);
    int index = -1;
    const std::size_t bracket = part.find('[');
    if (bracket != absl::string_view::npos) {
      if (!absl::SimpleAtoi(absl::StripSuffix(part.substr(bracket + 1), "]"), &index)) return place;
      part = part.substr(0, bracket);
    }
    const FieldDescriptor* const field =
        message->GetDescriptor()->FindFieldByName(std::string(part));
    if (field == nullptr ||
        (index >= 0 && (!field->is_repeated() ||
                        index >= message->GetReflection()->FieldSize(*message, field)))) {
      return place;
    }
    place.steps.push_back({message, field, index, walked});
    message = Enter(message, field, index);
  }
  place.is_whole = true;
  return place;
}

}  // namespace

ImportCleaner::ImportCleaner(const FieldPath& root, const v1::ImportSource& source, Message* state,
                             ExternalIds* external_ids, Attributes* attributes,
                             Attributes* unrecognized)
    : root_(absl::StrCat(root.ToString(), ".")),
      system_(source.system()),
      state_(state),
      external_ids_(external_ids),
      attributes_(attributes),
      unrecognized_(unrecognized) {
  // Its elements are kept already.
  settled_.insert("unrecognized_attributes");
}

absl::string_view ImportCleaner::Below(absl::string_view field) const {
  absl::ConsumePrefix(&field, root_);
  return field;
}

void ImportCleaner::Report(absl::string_view field, const Reason& reason, absl::string_view text) {
  v1::ImportFinding& finding = findings_.emplace_back();
  finding.set_field(std::string(field));
  finding.set_reason(std::string(reason.word));
  finding.set_text(internal::EscapeText(text));
}

void ImportCleaner::PutAside(absl::string_view field, absl::string_view typed) {
  v1::Attribute& aside = *unrecognized_->Add();
  aside.set_name(std::string(field));
  aside.set_string_value(std::string(typed));
}

void ImportCleaner::PutAside(absl::string_view field, const Message& typed) {
  PutAside(field, TextOf(typed));
}

void ImportCleaner::Remove(absl::string_view list, int index, const Message& element) {
  const std::string path = absl::StrCat(list, "[", index, "]");
  PutAside(path, element);
  removed_.insert(path);
}

bool ImportCleaner::IsRemoved(absl::string_view list, int index) const {
  return removed_.count(absl::StrCat(list, "[", index, "]")) > 0;
}

bool ImportCleaner::IsSettled(const std::string& path) const { return IsAtOrBelow(settled_, path); }

void ImportCleaner::Clean(absl::FunctionRef<void(ArgumentChecker*)> check,
                          ArgumentChecker* checker) {
  std::vector<v1::Refusal> left;
  for (int pass = 0; pass <= kMaxPasses; ++pass) {
    cleared_.clear();
    // With the time and the region of the caller's.
    ArgumentChecker found(checker->now(), checker->default_region_code());
    check(&found);
    left.clear();
    bool is_changed = false;
    for (v1::Refusal& refusal : std::move(found).Take()) {
      const std::string path(Below(refusal.field()));
      // A refusal of a value that this pass cleared is out of date: the next pass checks the state without the value.
      if (IsSettled(path) || IsAtOrBelow(cleared_, path)) continue;
      // The refusals of the last pass stay, so that the event has no invalid value.
      if (pass < kMaxPasses && absl::StartsWith(refusal.field(), root_) && Handle(path, refusal)) {
        is_changed = true;
      } else {
        left.push_back(std::move(refusal));
      }
    }
    if (!is_changed) break;
  }
  checker->Add(std::move(left));
}

bool ImportCleaner::Handle(const std::string& path, const v1::Refusal& refusal) {
  const Place place = FindPlace<Place>(path, state_);
  if (place.steps.empty()) return false;
  if (IsStructural(place, path, refusal)) return false;
  return HandleShared(place, path, refusal) || HandleConsent(place, path, refusal) ||
         (IsIdReason(refusal.reason()) && HandleId(place, path, refusal)) ||
         TakeAway(place, path, refusal);
}

// Fields without which the state has no meaning, and those that are worked out.
bool ImportCleaner::IsStructural(const Place& place, const std::string& path,
                                 const v1::Refusal& refusal) const {
  const std::string& top = place.steps[0].field->name();
  if (std::find(structural_.begin(), structural_.end(), top) != structural_.end()) return true;
  if (!place.is_top()) return false;
  if (path == "subject" && refusal.reason() == kReasonArgumentRequired) return false;
  if (IsIdReason(refusal.reason())) return place.steps[0].field->number() == 1;
  if (refusal.reason() == kReasonArgumentForbidden) {
    // Others are worked out from the rest of the state.
    return path != "transfer_offer" && path != "escalation";
  }
  return refusal.reason() != kReasonArgumentOutOfRange;
}

// Fields that several entities have, each with a way of its own to keep what was typed.
bool ImportCleaner::HandleShared(const Place& place, const std::string& path,
                                 const v1::Refusal& refusal) {
  const std::string& top = place.steps[0].field->name();
  if (path == "subject") {
    Report(path, kReasonImportSubjectEmpty, "is empty");
    settled_.insert(path);
    return true;
  }
  if (top == "attributes" && place.steps[0].index >= 0) {
    const std::string& element = place.steps[0].path;
    const bool no_value = refusal.reason() == kReasonArgumentRequired && path == element;
    const bool no_time = refusal.reason() == kReasonArgumentOutOfRange;
    Report(path,
           no_value  ? kReasonImportAttributeValue
           : no_time ? kReasonImportTimeInvalid
                     : ReasonFor(refusal.reason()),
           refusal.text());
    settled_.insert(element);
    MoveAttribute(place.steps[0].index);
    return true;
  }
  if (auto* const id = As<v1::ExternalId>(
          top == "external_ids" ? Enter(state_, place.steps[0].field, place.steps[0].index)
                                : nullptr)) {
    if (refusal.reason() == kReasonArgumentDuplicate) {
      Report(path, kReasonImportDuplicate, refusal.text());
      settled_.insert(path);
      removed_.insert(path);
      return true;
    }
    // Whether it is valid is seen here.
    if (refusal.reason() != kReasonArgumentForbidden) {
      Report(path, kReasonImportIdInvalid, refusal.text());
      id->set_is_invalid(true);
      settled_.insert(place.steps[0].path);
    } else {
      id->clear_is_invalid();
    }
    return true;
  }
  Message* const owner = place.leaf().message;
  if (auto* const point = As<v1::ContactPoint>(owner)) {
    const bool no_service =
        place.name() == "service" && refusal.reason() == kReasonArgumentRequired;
    if (place.name() == "is_invalid") {
      point->clear_is_invalid();
      return true;
    }
    if (place.name() == "as_typed" || no_service) {
      Report(path, kReasonImportAddressInvalid, refusal.text());
      point->set_is_invalid(true);
      point->clear_canonical();
      point->clear_match_key();
      settled_.insert(path);
      settled_.insert(absl::StrCat(place.steps[0].path, ".is_invalid"));
      return true;
    }
  }
  if (place.name() == "verify_time" && refusal.reason() == kReasonArgumentRequired) {
    Report(path, kReasonImportVerificationTime, refusal.text());
    settled_.insert(path);
    return true;
  }
  if (auto* const address = As<v1::PostalAddress>(owner)) {
    if (place.name() == "lines" && place.leaf().index < 0) {
      Report(path, kReasonImportPostalAddress, refusal.text());
      settled_.insert(path);
      return true;
    }
    if (place.name() == "country_code") {
      Report(path, kReasonImportCountryUnknown, refusal.text());
      if (address->country_as_written().empty()) {
        address->set_country_as_written(address->country_code());
      } else {
        PutAside(path, address->country_code());
      }
      address->clear_country_code();
      cleared_.insert(path);
      return true;
    }
  }
  return false;
}

// Of two answers for one purpose and channel the later counts. Where their times do not say which that is, the refusal counts.
bool ImportCleaner::HandleConsent(const Place& place, const std::string& path,
                                  const v1::Refusal& refusal) {
  if (refusal.reason() != kReasonArgumentDuplicate || place.steps.size() != 1) return false;
  auto* const second = As<v1::Consent>(Enter(state_, place.steps[0].field, place.steps[0].index));
  if (second == nullptr) return false;
  const auto time_of = [](const v1::Consent& consent) {
    return consent.has_occur_time() ? consent.occur_time() : consent.record_time();
  };
  const auto has_time = [](const v1::Consent& consent) {
    return consent.has_occur_time() || consent.has_record_time();
  };
  for (int i = 0; i < place.steps[0].index; ++i) {
    auto& first = static_cast<v1::Consent&>(
        *state_->GetReflection()->MutableRepeatedMessage(state_, place.steps[0].field, i));
    if (first.purpose() != second->purpose() || first.channel() != second->channel()) continue;
    const bool is_known = has_time(first) && has_time(*second);
    const bool is_later = is_known && IsBefore(time_of(first), time_of(*second));
    const bool is_refusal = !is_known && second->answer() == v1::Consent::ANSWER_REFUSED;
    if (is_later || is_refusal) first.Swap(second);
    break;
  }
  return RemoveElement(place, /*keeps_it=*/true, refusal, path);
}

// An id in a reference becomes one of the other system; any other is put aside.
bool ImportCleaner::HandleId(const Place& place, const std::string& path,
                             const v1::Refusal& refusal) {
  const Place::Step& leaf = place.leaf();
  const bool is_link = place.steps.size() == 2 && (place.steps[0].field->name() == "links" ||
                                                   place.steps[0].field->name() == "case_links");
  // A path may end at a message that is not there, or that has no such field.
  if ((!place.is_top() && !is_link) || !place.is_whole ||
      leaf.field->type() != FieldDescriptor::TYPE_STRING || leaf.field->is_repeated()) {
    return false;
  }
  std::string scratch;
  const std::string& id =
      leaf.message->GetReflection()->GetStringReference(*leaf.message, leaf.field, &scratch);
  if (is_link || absl::EndsWith(leaf.field->name(), "_id")) {
    v1::ExternalId& kept = *external_ids_->Add();
    kept.set_system(system_);
    kept.set_id(id);
    kept.set_is_invalid(true);
    settled_.insert(absl::StrCat("external_ids[", external_ids_->size() - 1, "]"));
  } else {
    PutAside(path, id);
  }
  if (is_link) return RemoveElement(place, /*keeps_it=*/false, refusal, path);
  Report(path, kReasonImportIdInvalid, refusal.text());
  leaf.message->GetReflection()->ClearField(leaf.message, leaf.field);
  settled_.insert(path);  // Where it is required, too.
  return true;
}

bool ImportCleaner::RemoveElement(const Place& place, bool keeps_it, const v1::Refusal& refusal,
                                  const std::string& path) {
  const Place::Step* const element = place.element();
  if (element == nullptr) return false;
  Report(path, ReasonFor(refusal.reason()), refusal.text());
  const google::protobuf::Reflection& access = *element->message->GetReflection();
  if (keeps_it && element->field->message_type() != nullptr) {
    PutAside(element->path,
             access.GetRepeatedMessage(*element->message, element->field, element->index));
  } else if (keeps_it && element->field->type() == FieldDescriptor::TYPE_STRING &&
             refusal.reason() != kReasonArgumentDuplicate) {
    PutAside(element->path,
             access.GetRepeatedString(*element->message, element->field, element->index));
  }
  settled_.insert(element->path);
  removed_.insert(element->path);
  return true;
}

// Takes away the value itself where the rest has a meaning without it; otherwise the element that it is in, or the message.
bool ImportCleaner::TakeAway(const Place& place, const std::string& path,
                             const v1::Refusal& refusal) {
  const absl::string_view reason = refusal.reason();
  const bool is_preference = place.name() == "preferred";
  const bool needs_rest =
      !is_preference &&
      (reason == kReasonArgumentRequired || reason == kReasonArgumentCount ||
       reason == kReasonArgumentUnknownValue || reason == kReasonArgumentDuplicate ||
       reason == kReasonArgumentExclusive || absl::StartsWith(reason, "CONTACT_POINT_"));
  const bool is_element = place.leaf().index >= 0;
  const bool is_absent = IsAbsentMessage(*place.leaf().message, *place.leaf().field);
  if ((needs_rest || is_element || is_absent) && place.element() != nullptr) {
    return RemoveElement(place, /*keeps_it=*/true, refusal, path);
  }
  std::size_t at = needs_rest ? 0 : place.steps.size() - 1;
  // An amount is one value, and so is an instant.
  while (at > 0 && As<v1::Money>(place.steps[at].message) != nullptr) --at;
  const Place::Step& step = place.steps[at];
  if (step.field->is_repeated() || IsAbsentMessage(*step.message, *step.field)) return false;
  const bool is_time = step.field->message_type() == google::protobuf::Timestamp::descriptor();
  Report(path, is_time ? kReasonImportTimeInvalid : ReasonFor(reason), refusal.text());
  if (!is_preference) PutAside(step.path, TextOf(*step.message, *step.field));
  step.message->GetReflection()->ClearField(step.message, step.field);
  cleared_.insert(step.path);
  // A number that is not set may be out of the range, too.
  if (reason == kReasonArgumentOutOfRange && !is_time) settled_.insert(path);
  return true;
}

void ImportCleaner::MoveAttribute(int index) {
  v1::Attribute attribute = attributes_->Get(index);
  const std::string path = absl::StrCat("attributes[", index, "]");
  if (FindIdFault(attribute.name()).has_value()) {
    // A name that is none has no place in a name.
    PutAside(absl::StrCat(path, ".name"), attribute.name());
    attribute.set_name(path);
  }
  if (attribute.has_time_value() || attribute.value_case() == v1::Attribute::VALUE_NOT_SET) {
    // An instant that is none has no other form.
    PutAside(attribute.name(),
             attribute.has_time_value() ? TextOf(attribute.time_value()) : std::string());
  } else {
    *unrecognized_->Add() = std::move(attribute);
  }
  removed_.insert(path);
}

void ImportCleaner::CleanAttributes(const AttributeDefinitions& definitions) {
  for (const v1::Refusal& refusal : CheckSetAttributes("attributes", *attributes_, definitions)) {
    const Place place = FindPlace<Place>(refusal.field(), state_);
    if (place.steps.empty() || IsSettled(refusal.field())) continue;
    Report(place.steps[0].path, ReasonFor(refusal.reason()), refusal.text());
    settled_.insert(place.steps[0].path);
    MoveAttribute(place.steps[0].index);
  }
}

std::vector<v1::ImportFinding> ImportCleaner::Finish() && {
  // The elements to remove, by their list.
  std::map<std::string, std::set<int>> by_list;
  for (const std::string& path : removed_) {
    const std::size_t bracket = path.rfind('[');
    int index = 0;
    if (absl::SimpleAtoi(absl::StripSuffix(absl::string_view(path).substr(bracket + 1), "]"),
                         &index)) {
      by_list[path.substr(0, bracket)].insert(index);
    }
  }
  // Longer paths first: they are inside of lists whose places are still the given ones.
  std::vector<std::pair<std::string, std::set<int>>> lists(by_list.begin(), by_list.end());
  std::stable_sort(lists.begin(), lists.end(),
                   [](const auto& a, const auto& b) { return a.first.size() > b.first.size(); });
  for (const auto& [list, indexes] : lists) {
    const Place place = FindPlace<Place>(list, state_);
    if (!place.is_whole) continue;
    Message* const owner = place.leaf().message;
    const FieldDescriptor* const field = place.leaf().field;
    const google::protobuf::Reflection& access = *owner->GetReflection();
    int kept = 0;
    for (int i = 0; i < access.FieldSize(*owner, field); ++i) {
      if (indexes.count(i) > 0) continue;
      if (kept != i) access.SwapElements(owner, field, kept, i);
      ++kept;
    }
    while (access.FieldSize(*owner, field) > kept) access.RemoveLast(owner, field);
  }
  const google::protobuf::Descriptor& type = *state_->GetDescriptor();
  const auto place_of = [&type](const v1::ImportFinding& finding) {
    const FieldDescriptor* const field =
        type.FindFieldByName(finding.field().substr(0, finding.field().find_first_of(".[")));
    return field == nullptr ? type.field_count() : field->index();
  };
  std::stable_sort(findings_.begin(), findings_.end(),
                   [&](const auto& a, const auto& b) { return place_of(a) < place_of(b); });
  return std::move(findings_);
}

}  // namespace domain
}  // namespace frontdesk
