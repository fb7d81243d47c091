// The includes that examples may use without naming them: the standard library and Abseil's words.
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "frontdesk/cel/cel.h"
#include "frontdesk/frontdesk.h"
#include "frontdesk/rules/issues.h"
#include "frontdesk/rules/text.h"
#include "frontdesk/v1/order_input.pb.h"
#include "shop.pb.h"
