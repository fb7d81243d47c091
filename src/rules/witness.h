// An input made of the points of a model, and a model in words. Private to rules/.
#ifndef FRONTDESK_RULES_WITNESS_H_
#define FRONTDESK_RULES_WITNESS_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "google/protobuf/dynamic_message.h"
#include "google/protobuf/message.h"
#include "rules/formula.h"
#include "rules/solver.h"

namespace frontdesk {
namespace rules {

// Makes inputs. Thread-compatible; keeps the classes of dynamic messages alive with those that it made.
class WitnessMaker {
 public:
  explicit WitnessMaker(const google::protobuf::Descriptor* input);

  // A message with the fields of the model and of the facts set. Null when a field cannot have the point of its term. Terms that are
  // no field have no part in it: run the programs on it.
  std::shared_ptr<const google::protobuf::Message> Make(const FormulaTable& table,
                                                        const std::vector<FieldFact>& facts,
                                                        const Model& model) const;
  // The message of the facts alone.
  std::shared_ptr<const google::protobuf::Message> MakeEmpty(
      const std::vector<FieldFact>& facts) const;

 private:
  std::shared_ptr<google::protobuf::Message> New(const std::vector<FieldFact>& facts) const;

  const google::protobuf::Descriptor* input_;
  std::shared_ptr<google::protobuf::DynamicMessageFactory> factory_;
};

// The point that the term has in `input`; nothing for terms that are no field.
absl::optional<Point> ReadTerm(const Term& term, const google::protobuf::Message& input);

// The points in words, "order.state is Order.State.STATE_PLACED, customer is not set", the first few. `container`: names inside of it
// are written without it.
std::string DescribeModel(const FormulaTable& table, const Model& model,
                          absl::string_view container);

// The value of an enum as an author writes it, or its number.
std::string EnumText(const google::protobuf::EnumDescriptor& type, int64_t number,
                     absl::string_view container);

}  // namespace rules
}  // namespace frontdesk

#endif  // FRONTDESK_RULES_WITNESS_H_
