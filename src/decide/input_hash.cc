#include "decide/input_hash.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <type_traits>

#include "absl/container/fixed_array.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "decide/decision_inputs.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/message.h"
#include "google/protobuf/wire_format_lite.h"
#include "internal/canonical.h"
#include "internal/sha256.h"
#include "internal/short_hash.h"
#include "policy/input_arms.h"

namespace frontdesk {
namespace internal {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

constexpr char kAssessment[] = "assessment";
constexpr std::size_t kFewBytes = 4'096;
// Most inputs have no more fields.
constexpr int kFewFields = 12;

// Calls `visit(number, bytes)` for each field in the canonical bytes of a message. The elements of a list are next to each other there.
template <typename Visit>
void VisitFieldBytes(absl::string_view bytes, Visit visit) {
  CodedInputStream stream(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                          static_cast<int>(bytes.size()));
  int number = 0;
  int begin = 0;
  int end = 0;
  while (const std::uint32_t tag = stream.ReadTag()) {
    if (!WireFormatLite::SkipField(&stream, tag)) break;
    if (WireFormatLite::GetTagFieldNumber(tag) != number) {
      if (end > begin) visit(number, bytes.substr(begin, end - begin));
      number = WireFormatLite::GetTagFieldNumber(tag);
      begin = end;
    }
    end = stream.CurrentPosition();
  }
  if (end > begin) visit(number, bytes.substr(begin, end - begin));
}

// The bytes of each field, by its number.
std::map<int, absl::string_view> FieldBytes(absl::string_view bytes) {
  std::map<int, absl::string_view> fields;
  VisitFieldBytes(bytes,
                  [&fields](int number, absl::string_view part) { fields.emplace(number, part); });
  return fields;
}

// The numbers under which two maps differ.
template <typename Value>
std::set<int> Differences(const std::map<int, Value>& one, const std::map<int, Value>& other) {
  std::set<int> numbers;
  const auto compare = [&numbers](const auto& a, const auto& b) {
    for (const auto& [number, value] : a) {
      const auto found = b.find(number);
      if (found == b.end() || found->second != value) numbers.insert(number);
    }
  };
  compare(one, other);
  compare(other, one);
  return numbers;
}

std::string FieldName(const Descriptor& message, int number) {
  const FieldDescriptor* field = message.FindFieldByNumber(number);
  return field == nullptr ? absl::StrCat("#", number) : field->name();
}

// The field of the arm that is set; null when none is.
const FieldDescriptor* ArmField(const v1::DecisionInput& input) {
  return input.GetReflection()->GetOneofFieldDescriptor(
      input, v1::DecisionInput::descriptor()->oneof_decl(0));
}

// The field of an arm that holds its assessment; null when it has none.
const FieldDescriptor* AssessmentField(const Message& arm) {
  const FieldDescriptor* field = arm.GetDescriptor()->FindFieldByName(kAssessment);
  return field != nullptr && arm.GetReflection()->HasField(arm, field) ? field : nullptr;
}

// The assessment in the arm that is set; null when there is none.
const Message* AssessmentOf(const v1::DecisionInput& input) {
  const Message* arm = InputArm(input);
  const FieldDescriptor* field = arm == nullptr ? nullptr : AssessmentField(*arm);
  return field == nullptr ? nullptr : &arm->GetReflection()->GetMessage(*arm, field);
}

}  // namespace

void HashInput(const v1::DecisionInput& input, v1::InputHash* hash) {
  // Most inputs are small, and are hashed without memory of their own.
  absl::FixedArray<char, kFewBytes> room(input.ByteSizeLong());
  WriteCanonicalBytes(input, room.size(), room.data());
  const absl::string_view bytes(room.data(), room.size());
  hash->set_sha256(Sha256(bytes));
  const Message* arm = InputArm(input);
  if (arm == nullptr) return;
  // ByteSizeLong() has made the size.
  const auto arm_size = static_cast<std::size_t>(arm->GetCachedSize());
  hash->mutable_field_numbers()->Reserve(kFewFields);
  hash->mutable_field_hashes()->Reserve(kFewFields);
  VisitFieldBytes(bytes.substr(bytes.size() - arm_size),
                  [hash](int number, absl::string_view field) {
                    hash->add_field_numbers(number);
                    hash->add_field_hashes(ShortHash(field));
                  });
}

v1::InputHash HashInput(const v1::DecisionInput& input) {
  v1::InputHash hash;
  HashInput(input, &hash);
  return hash;
}

namespace {

// The arm of `assessed` of the same type as `arm`.
v1::CaseDecisionInput& ArmLike(const v1::CaseDecisionInput&, v1::DecisionInput* assessed) {
  return *assessed->mutable_case_();
}
v1::OrderDecisionInput& ArmLike(const v1::OrderDecisionInput&, v1::DecisionInput* assessed) {
  return *assessed->mutable_order();
}
v1::CustomerDecisionInput& ArmLike(const v1::CustomerDecisionInput&, v1::DecisionInput* assessed) {
  return *assessed->mutable_customer();
}
v1::InteractionDecisionInput& ArmLike(const v1::InteractionDecisionInput&,
                                      v1::DecisionInput* assessed) {
  return *assessed->mutable_interaction();
}

}  // namespace

void TakeAssessment(v1::DecisionInput* input, v1::JournalRecord* record) {
  VisitArm(*input, 0, [record](auto& arm) {
    if constexpr (HasAssessment<std::remove_reference_t<decltype(arm)>>::value) {
      if (!arm.has_assessment()) return 0;
      auto& kept = ArmLike(arm, record->mutable_assessed());
      if (arm.GetArena() == kept.GetArena()) {
        kept.unsafe_arena_set_allocated_assessment(arm.unsafe_arena_release_assessment());
      } else {
        *kept.mutable_assessment() = arm.assessment();
        arm.clear_assessment();
      }
    }
    return 0;
  });
}

std::vector<std::string> ChangedFields(const v1::JournalRecord& record,
                                       const v1::DecisionInput& input) {
  const v1::InputHash now = HashInput(input);
  const v1::InputHash& then = record.input_hash();
  if (now.sha256() == then.sha256()) return {};
  const Message* arm = InputArm(input);
  if (arm == nullptr) return {"input"};
  const Descriptor& descriptor = *arm->GetDescriptor();
  const auto hashes_of = [](const v1::InputHash& hash) {
    std::map<int, std::uint64_t> hashes;
    for (int i = 0; i < std::min(hash.field_numbers_size(), hash.field_hashes_size()); ++i) {
      hashes[hash.field_numbers(i)] = hash.field_hashes(i);
    }
    return hashes;
  };
  const std::string& arm_name = ArmField(input)->name();
  const Message* today = AssessmentOf(input);
  const Message* kept = AssessmentOf(record.assessed());
  std::vector<std::string> changed;
  for (const int number : Differences(hashes_of(then), hashes_of(now))) {
    const std::string path = absl::StrCat(arm_name, ".", FieldName(descriptor, number));
    if (FieldName(descriptor, number) != kAssessment || today == nullptr || kept == nullptr ||
        today->GetDescriptor() != kept->GetDescriptor()) {
      changed.push_back(path);
      continue;
    }
    const std::string today_bytes = CanonicalBytes(*today);
    const std::string kept_bytes = CanonicalBytes(*kept);
    const std::set<int> parts = Differences(FieldBytes(kept_bytes), FieldBytes(today_bytes));
    if (parts.empty()) changed.push_back(path);
    for (const int part : parts) {
      changed.push_back(absl::StrCat(path, ".", FieldName(*today->GetDescriptor(), part)));
    }
  }
  // The whole differs, and no field does: another kind of input.
  if (changed.empty()) changed.push_back(arm_name);
  return changed;
}

}  // namespace internal
}  // namespace frontdesk
