// Invalid values of an imported state. They are kept as typed, apart from the fields that rules read, and reported. The checks of
// the arguments find them: there is no second list. Without some fields the state has no meaning; these stay refused. Private.
#ifndef FRONTDESK_DOMAIN_IMPORT_CLEANING_H_
#define FRONTDESK_DOMAIN_IMPORT_CLEANING_H_

#include <set>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "domain/arguments.h"
#include "domain/attributes.h"
#include "domain/external_ids.h"
#include "frontdesk/base/reason.h"
#include "frontdesk/v1/common.pb.h"
#include "frontdesk/v1/outcome.pb.h"
#include "google/protobuf/message.h"
#include "google/protobuf/timestamp.pb.h"

namespace frontdesk {
namespace domain {

// Cleans one imported state. Thread-compatible.
class ImportCleaner {
 public:
  // `State` is a customer, a case or an order; `root` its path in the command. All must outlive the cleaner.
  template <typename State>
  ImportCleaner(const FieldPath& root, const v1::ImportSource& source, State* state)
      : ImportCleaner(root, source, state, state->mutable_external_ids(),
                      state->mutable_attributes(), state->mutable_unrecognized_attributes()) {}
  ImportCleaner(const ImportCleaner&) = delete;
  ImportCleaner& operator=(const ImportCleaner&) = delete;

  // Top-level fields below which everything stays refused, because the state has no meaning without: money that has to add up.
  void SetStructural(absl::Span<const absl::string_view> fields) { structural_ = fields; }

  // Takes away everything that `check` refuses, and leaves the refusals that are left in `checker`. `check` reports paths below the root.
  void Clean(absl::FunctionRef<void(ArgumentChecker*)> check, ArgumentChecker* checker);

  // Takes away the attributes that `definitions` do not have, or not so.
  void CleanAttributes(const AttributeDefinitions& definitions);

  // Reports `field`, a path below the state.
  void Report(absl::string_view field, const Reason& reason, absl::string_view text);

  // Keeps an element of a list apart, and removes it; whether it was removed.
  void Remove(absl::string_view list, int index, const google::protobuf::Message& element);
  bool IsRemoved(absl::string_view list, int index) const;

  // Keeps a typed value apart from the fields that rules read.
  void PutAside(absl::string_view field, absl::string_view typed);
  void PutAside(absl::string_view field, const google::protobuf::Message& typed);

  // The findings, in the order of the fields; takes away the elements of lists that are put aside.
  std::vector<v1::ImportFinding> Finish() &&;

 private:
  ImportCleaner(const FieldPath& root, const v1::ImportSource& source,
                google::protobuf::Message* state, ExternalIds* external_ids, Attributes* attributes,
                Attributes* unrecognized);

  struct Place;

  // Whether the refusal was dealt with.
  bool Handle(const std::string& path, const v1::Refusal& refusal);
  bool HandleShared(const Place& place, const std::string& path, const v1::Refusal& refusal);
  bool HandleId(const Place& place, const std::string& path, const v1::Refusal& refusal);
  bool HandleConsent(const Place& place, const std::string& path, const v1::Refusal& refusal);
  bool TakeAway(const Place& place, const std::string& path, const v1::Refusal& refusal);
  bool RemoveElement(const Place& place, bool keeps_it, const v1::Refusal& refusal,
                     const std::string& path);
  bool IsStructural(const Place& place, const std::string& path, const v1::Refusal& refusal) const;
  bool IsSettled(const std::string& path) const;
  absl::string_view Below(absl::string_view field) const;
  void MoveAttribute(int index);

  const std::string root_;
  const std::string system_;
  google::protobuf::Message* const state_;
  ExternalIds* const external_ids_;
  Attributes* const attributes_;
  Attributes* const unrecognized_;
  absl::Span<const absl::string_view> structural_;
  // Paths whose refusals are reported already: kept as they are, or to be removed.
  std::set<std::string> settled_;
  // Paths of the values that the present pass took away.
  std::set<std::string> cleared_;
  // Elements to be removed: "parts[3]".
  std::set<std::string> removed_;
  std::vector<v1::ImportFinding> findings_;
};

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_IMPORT_CLEANING_H_
