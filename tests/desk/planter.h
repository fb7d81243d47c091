// Plants personal data into messages by reflection, and finds it again: what a field of class PERSONAL, SENSITIVE or
// SECRET holds must not come out in any text for people.
#ifndef FRONTDESK_TESTS_DESK_PLANTER_H_
#define FRONTDESK_TESTS_DESK_PLANTER_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "frontdesk/v1/outcome.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace frontdesk {
namespace testing {

// Whether the class of a field forbids showing it.
bool IsPersonal(const google::protobuf::FieldDescriptor& field);

// All that is planted, as one text.
std::string PersonalText();

// Which fields are planted.
enum class Planting {
  kPersonalOnly,  // Personal texts in messages that are there.
  kKeepForm,      // Texts in messages that are there; a command that could be done still can.
  kEverything,    // Every text of every message, which are made down to some depth, lists too.
};

// Plants a name, a phone number, an e-mail address and a card number into every personal text field,
// each in the form that the field takes. Texts of other classes get a word of their own, where they
// are free (with kEverything: all of them; with kPersonalOnly: none).
void Plant(Planting planting, google::protobuf::Message* message);

// The data planted in personal fields that `text` holds; "" for none. Upper and lower case, and
// spaces in numbers, do not matter.
std::string FindPersonal(absl::string_view text);

// The same for data planted in any field.
std::string FindPlanted(absl::string_view text);

// The name of a field that holds personal data and is not of a personal class; "" when there is none. Binary fields are left out.
std::string FindLeak(const google::protobuf::Message& message);

// An outcome without what its host needs to carry it out: the events, and the personal fields of the effects (routes of
// money, evidence). Nothing personal may be in the rest.
v1::Outcome WithoutWhatHostsNeed(v1::Outcome outcome);

// All texts in a message, whatever the field.
std::vector<std::string> AllTexts(const google::protobuf::Message& message);

}  // namespace testing
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_DESK_PLANTER_H_
