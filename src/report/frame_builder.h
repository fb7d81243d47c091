// Tables that grow by rows. Private.
#ifndef FRONTDESK_SRC_REPORT_FRAME_BUILDER_H_
#define FRONTDESK_SRC_REPORT_FRAME_BUILDER_H_

#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "frontdesk/report/frames.h"
#include "frontdesk/v1/money.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/timestamp.pb.h"

namespace frontdesk {
namespace report {

// A value for each column of a row, in the order of the columns.
class FrameBuilder {
 public:
  FrameBuilder(std::string name,
               std::initializer_list<std::pair<absl::string_view, ColumnType>> columns);

  void Text(absl::string_view text);
  // Empty: absent.
  void Category(absl::string_view label);
  // The value in lower case, without the name of its enum in front; absent when it is 0.
  void Enum(const google::protobuf::EnumDescriptor* type, int number);
  void Integer(std::int64_t number);
  void Time(bool has_time, const google::protobuf::Timestamp& time);
  // Two columns: the amount and its currency.
  void Amount(bool has_amount, const v1::Money& amount);
  // Ends the row.
  void EndRow();

  Frame Take() && { return std::move(frame_); }

 private:
  FrameColumn& Next() { return frame_.columns[column_++]; }

  Frame frame_;
  std::size_t column_ = 0;
  // The places of the labels of each column.
  std::vector<absl::flat_hash_map<std::string, std::int64_t>> labels_;
};

}  // namespace report
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_REPORT_FRAME_BUILDER_H_
