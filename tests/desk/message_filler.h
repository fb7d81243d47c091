// Fills and mutates messages by reflection, with values that mean something to the test shop: a new
// field or message is filled without anybody having to say so.
#ifndef FRONTDESK_TESTS_DESK_MESSAGE_FILLER_H_
#define FRONTDESK_TESTS_DESK_MESSAGE_FILLER_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "desk/chance.h"
#include "frontdesk/v1/common.pb.h"
#include "google/protobuf/message.h"

namespace frontdesk {
namespace testing {

// The ids under which the random tests know entities of a kind: "c1" to "c4", "o1" to "o9", ….
const std::vector<std::string>& EntityIds(v1::EntityKind kind);

// Thread-compatible.
class MessageFiller {
 public:
  // `chance` must live as long.
  explicit MessageFiller(Chance* chance) : chance_(chance) {}

  // Fields of a name ("line_id", "part_id") take values that `message` has under that name.
  void Know(const google::protobuf::Message& message);
  // Instants lie around this one. Second of the tests' time.
  void SetNow(std::int64_t seconds) { now_ = seconds; }

  // Sets fields of `message`: most singular ones, few elements of repeated ones.
  void Fill(google::protobuf::Message* message) { Fill(message, 0); }

  // Changes something somewhere in `message`: a field is filled anew, emptied, doubled, or set to an
  // extreme of its type.
  void Mutate(google::protobuf::Message* message);

 private:
  using Field = google::protobuf::FieldDescriptor;

  void Fill(google::protobuf::Message* message, int depth);
  // Sets the field, or adds to it.
  void SetField(google::protobuf::Message* message, const Field* field, int depth);
  void SetExtreme(google::protobuf::Message* message, const Field* field);
  std::string Text(const Field* field);
  std::string Pick(const std::vector<std::string>& texts);
  std::int64_t Number(const Field* field);
  void CollectMessages(google::protobuf::Message* message,
                       std::vector<google::protobuf::Message*>* messages) const;

  Chance* const chance_;
  std::int64_t now_ = 1000;
  std::map<std::string, std::vector<std::string>> known_;
};

}  // namespace testing
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_DESK_MESSAGE_FILLER_H_
