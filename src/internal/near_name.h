// The name that was meant. Private.
#ifndef FRONTDESK_INTERNAL_NEAR_NAME_H_
#define FRONTDESK_INTERNAL_NEAR_NAME_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace frontdesk {
namespace internal {

// Looks for the name that is nearest to one that is not known: by inserted, dropped and replaced bytes. Thread-compatible.
class NearName {
 public:
  // `name` is referred to. Long names are compared with none.
  explicit NearName(absl::string_view name);
  // Only names with at most `max_changes` of these count.
  NearName(absl::string_view name, std::size_t max_changes) : name_(name), best_(max_changes + 1) {}

  void Consider(absl::string_view known);
  // "; did you mean 'known'?", or "" when none is near.
  std::string Hint() const;

 private:
  absl::string_view name_;
  std::size_t best_;
  std::string nearest_;
};

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_INTERNAL_NEAR_NAME_H_
