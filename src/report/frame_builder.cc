#include "report/frame_builder.h"

#include "absl/strings/str_cat.h"
#include "internal/enum_label.h"
#include "internal/time.h"

namespace frontdesk {
namespace report {
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
  Category(value == nullptr ? absl::StrCat(number) : internal::EnumLabel(*value));
}

void FrameBuilder::Integer(std::int64_t number) { Next().values.push_back(number); }

void FrameBuilder::Time(bool has_time, const google::protobuf::Timestamp& time) {
  static_assert(internal::kNoNanos == kNoNumber);
  Integer(internal::UnixNanos(has_time, time));
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
