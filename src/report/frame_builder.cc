#include "report/frame_builder.h"

#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace frontdesk {
namespace report {
namespace {

constexpr std::int64_t kNanosPerSecond = 1'000'000'000;

// "KIND_TROUBLE" of an enum Kind is "trouble".
std::string LabelOf(const google::protobuf::EnumValueDescriptor& value) {
  std::string prefix;
  for (const char letter : value.type()->name()) {
    if (absl::ascii_isupper(letter) && !prefix.empty()) prefix.push_back('_');
    prefix.push_back(absl::ascii_toupper(letter));
  }
  prefix.push_back('_');
  return absl::AsciiStrToLower(absl::StripPrefix(value.name(), prefix));
}

}  // namespace

FrameBuilder::FrameBuilder(
    std::string name, std::initializer_list<std::pair<absl::string_view, ColumnType>> columns) {
  frame_.name = std::move(name);
  for (const auto& [column, type] : columns) {
    frame_.columns.emplace_back();
    frame_.columns.back().name = std::string(column);
    frame_.columns.back().type = type;
  }
  labels_.resize(columns.size());
}

void FrameBuilder::Text(absl::string_view text) { Next().texts.emplace_back(text); }

void FrameBuilder::Category(absl::string_view label) {
  auto& places = labels_[column_];
  FrameColumn& column = Next();
  if (label.empty()) {
    column.values.push_back(-1);
    return;
  }
  const auto [place, is_new] = places.try_emplace(label, column.labels.size());
  if (is_new) column.labels.emplace_back(label);
  column.values.push_back(place->second);
}

void FrameBuilder::Enum(const google::protobuf::EnumDescriptor* type, int number) {
  if (number == 0) return Category("");
  const google::protobuf::EnumValueDescriptor* const value = type->FindValueByNumber(number);
  Category(value == nullptr ? absl::StrCat(number) : LabelOf(*value));
}

void FrameBuilder::Integer(std::int64_t number) { Next().values.push_back(number); }

void FrameBuilder::Time(bool has_time, const google::protobuf::Timestamp& time) {
  // The least number says that a time is absent; the nearest one is the next.
  constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min() + 1;
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  if (!has_time) return Integer(kNoNumber);
  if (time.seconds() >= kMost / kNanosPerSecond) return Integer(kMost);
  if (time.seconds() <= kLeast / kNanosPerSecond) return Integer(kLeast);
  Integer(time.seconds() * kNanosPerSecond + time.nanos());
}

void FrameBuilder::Amount(bool has_amount, const v1::Money& amount) {
  Integer(has_amount ? amount.units() : kNoNumber);
  Category(has_amount ? amount.currency_code() : "");
}

void FrameBuilder::EndRow() {
  column_ = 0;
  ++frame_.row_count;
}

}  // namespace report
}  // namespace frontdesk
