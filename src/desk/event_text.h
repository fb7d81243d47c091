// Events in words, without personal data. Private.
#ifndef FRONTDESK_SRC_DESK_EVENT_TEXT_H_
#define FRONTDESK_SRC_DESK_EVENT_TEXT_H_

#include <string>

#include "frontdesk/v1/event.pb.h"
#include "frontdesk/v1/outcome.pb.h"

namespace frontdesk {
namespace internal {

// One line for people: "order 1001: canceled (no longer needed)". Holds nothing of class PERSONAL
// or above.
std::string EventText(const v1::Event& event);

// One line: "send 12.30 USD back by card-1 (refund r1)".
std::string EffectText(const v1::Effect& effect);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DESK_EVENT_TEXT_H_
