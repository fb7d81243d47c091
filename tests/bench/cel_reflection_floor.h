// The conditions of cel_floor.h for messages whose classes are not known: through protobuf's reflection, as a person
// writes that with care, every field looked up once.
#ifndef FRONTDESK_TESTS_BENCH_CEL_REFLECTION_FLOOR_H_
#define FRONTDESK_TESTS_BENCH_CEL_REFLECTION_FLOOR_H_

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace frontdesk {

class ReflectionFloor {
 public:
  // `input` is the descriptor of frontdesk.v1.OrderDecisionInput, in whichever pool.
  explicit ReflectionFloor(const google::protobuf::Descriptor* input);

  // `input` is a message of that descriptor.
  bool IsRecentLargeOrder(const google::protobuf::Message& input) const;
  bool IsRecentLargeOrderByText(const google::protobuf::Message& input) const;
  // Every line has a piece ordered and costs less than 1000.
  bool AllLinesSmall(const google::protobuf::Message& input) const;

 private:
  using Field = const google::protobuf::FieldDescriptor*;

  bool IsRecent(const google::protobuf::Message& input,
                const google::protobuf::Message& order) const;

  Field order_, totals_, total_, units_, state_, currency_code_, delivered_time_, lines_,
      quantities_, ordered_, net_amount_;
  Field customer_, customer_state_, tier_;
  Field now_, seconds_, nanos_;
};

}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_BENCH_CEL_REFLECTION_FLOOR_H_
