#include "frontdesk/domain/decided.h"

#include "frontdesk/v1/event.pb.h"
#include "frontdesk/v1/outcome.pb.h"

namespace frontdesk {
namespace domain {

Decided::Decided() = default;
Decided::Decided(const Decided& other) = default;
Decided::Decided(Decided&& other) noexcept = default;
Decided& Decided::operator=(const Decided& other) = default;
Decided& Decided::operator=(Decided&& other) noexcept = default;
Decided::~Decided() = default;

bool Decided::refused() const { return !refusals.empty(); }

}  // namespace domain
}  // namespace frontdesk
