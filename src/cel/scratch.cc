#include "frontdesk/cel/scratch.h"

namespace frontdesk::cel {

Scratch::Scratch() = default;
Scratch::~Scratch() = default;

}  // namespace frontdesk::cel
