// Texts of somebody who wants to forge a line of an explanation, to turn its lines round, or to be cut inside a character.
#ifndef FRONTDESK_TESTS_DESK_HOSTILE_TEXTS_H_
#define FRONTDESK_TESTS_DESK_HOSTILE_TEXTS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "desk/chance.h"
#include "google/protobuf/message.h"

namespace frontdesk {
namespace testing {

// Line breaks before "FORGED", controls of terminals and of the direction of writing, invisible characters, quotes, backslashes.
// Besides, long texts of characters of several bytes, and names that need U+200C and U+200D.
const std::vector<std::string>& HostileTexts();

// Puts hostile texts into some of the text fields that are set in `message`, at any depth; into all of them with `everywhere`.
void PlantHostile(bool everywhere, Chance* chance, google::protobuf::Message* message);

// Looks for a line that begins with "FORGED", or a character that is invisible or moves others, in a text for people. "" when
// there is none.
std::string FindForged(absl::string_view text);

}  // namespace testing
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_DESK_HOSTILE_TEXTS_H_
