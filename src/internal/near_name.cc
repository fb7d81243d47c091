#include "internal/near_name.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"

namespace frontdesk {
namespace internal {
namespace {

constexpr std::size_t kMaxNameBytes = 64;  // Longer ones are not compared.

std::size_t EditDistance(absl::string_view a, absl::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row.back();
}

}  // namespace

NearName::NearName(absl::string_view name)
    : name_(name), best_(std::max<std::size_t>(2, name.size() / 3) + 1) {}

void NearName::Consider(absl::string_view known) {
  if (name_.size() > kMaxNameBytes || known.size() > kMaxNameBytes) return;
  const std::size_t distance = EditDistance(name_, known);
  if (distance >= best_) return;
  best_ = distance;
  nearest_ = std::string(known);
}

std::string NearName::Hint() const {
  return nearest_.empty() ? "" : absl::StrCat("; did you mean '", nearest_, "'?");
}

}  // namespace internal
}  // namespace frontdesk
