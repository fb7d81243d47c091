#include "frontdesk/domain/exclusive_fields.h"

namespace frontdesk {
namespace domain {
namespace {

constexpr ExclusiveFields kExclusiveFields[] = {
    {"RefundOrder", "amount", "items", "assessment.refund_amount"},
    {"LinkCase", "case_link", "entity", ""},
    {"LinkCase", "entity", "case_link", ""},
    {"UnlinkCase", "case_link", "entity", ""},
    {"UnlinkCase", "entity", "case_link", ""},
};

constexpr OptionalAmount kOptionalAmounts[] = {
    {"ResolveCase", "remedy_amount"},
    {"PlaceOrder", "shipping"},
    {"PlaceOrder", "fee"},
};

}  // namespace

absl::Span<const ExclusiveFields> ListExclusiveFields() { return kExclusiveFields; }

absl::Span<const OptionalAmount> ListOptionalAmounts() { return kOptionalAmounts; }

}  // namespace domain
}  // namespace frontdesk
