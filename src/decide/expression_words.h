// Conditions of rules in words: "the amount were at most 100.00 EUR". Private.
#ifndef FRONTDESK_SRC_DECIDE_EXPRESSION_WORDS_H_
#define FRONTDESK_SRC_DECIDE_EXPRESSION_WORDS_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "decide/value_words.h"
#include "frontdesk/v1/decision.pb.h"
#include "google/protobuf/descriptor.h"

namespace frontdesk {
namespace cel {
class Environment;
}  // namespace cel

namespace internal {

// Says conditions about one decision input. Whatever has no plain words has none here either: then nothing is said.
class ExpressionWords {
 public:
  // `input` is the message of the decision; it may be null. `company` is referred to.
  ExpressionWords(const google::protobuf::Descriptor* input, const CompanyWords& company);
  ~ExpressionWords();

  // The condition in words: "the amount is at most 100.00 EUR", with "were" for "is" when `is_supposed`. `reads` are the values that it
  // read: a number of minor units is said in the currency that was read with it.
  absl::optional<std::string> Say(absl::string_view condition,
                                  const google::protobuf::RepeatedPtrField<v1::ValueRead>& reads,
                                  bool is_supposed) const;

  // The values that an operand of a rule read, each as a clause: "the state of the order is delivered". Of the elements of a list only
  // the one that decided; of a list that decided as a whole, the operand itself. Without words: nothing.
  std::vector<std::string> SayReads(const v1::ConjunctTrace& conjunct) const;

 private:
  std::string SayRead(const v1::ValueRead& read) const;

  const google::protobuf::Descriptor* input_;
  const CompanyWords& company_;
  // Null when it cannot be made.
  std::shared_ptr<const cel::Environment> parser_;
};

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DECIDE_EXPRESSION_WORDS_H_
