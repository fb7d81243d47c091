// Events and effects in a few words, for people; no personal data. Private.
#ifndef FRONTDESK_SRC_DESK_EVENT_TEXT_H_
#define FRONTDESK_SRC_DESK_EVENT_TEXT_H_

#include <string>

#include "frontdesk/v1/event.pb.h"
#include "frontdesk/v1/outcome.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace frontdesk {
namespace internal {

// One line without an end: the entity, and the text in the options of the event's message
// (frontdesk/v1/command_options.proto). For a late entry, also the instant at which the event occurred.
std::string EventText(const v1::Event& event);

// One line without an end: the text in the options of the effect's message.
std::string EffectText(const v1::Effect& effect);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DESK_EVENT_TEXT_H_
