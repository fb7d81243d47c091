#include "policy/unique_ids.h"

#include "absl/strings/str_cat.h"
#include "frontdesk/base/id_text.h"
#include "frontdesk/policy/reasons.h"

namespace frontdesk {
namespace internal {

UniqueIds UniqueIds::Compile(const v1::PolicyPack& pack, PackIssues* issues) {
  UniqueIds compiled;
  for (int i = 0; i < pack.unique_external_ids_size(); ++i) {
    const v1::UniqueExternalId& entry = pack.unique_external_ids(i);
    const std::string path = absl::StrCat("unique_external_ids[", i, "]");
    const bool has_parts = entry.entity_kind() == v1::ENTITY_KIND_CASE ||
                           entry.entity_kind() == v1::ENTITY_KIND_INTERACTION;
    if (!has_parts && entry.entity_kind() != v1::ENTITY_KIND_ORDER) {
      issues->AddError(kReasonPolicyUniqueIdsKind, absl::StrCat(path, ".entity_kind"),
                       "the kind is not CASE, INTERACTION or ORDER");
      continue;
    }
    if (!has_parts && entry.of_parts()) {
      issues->AddError(kReasonPolicyUniqueIdsKind, absl::StrCat(path, ".of_parts"),
                       "an order has no parts");
      continue;
    }
    if (!v1::UniqueExternalId::Duplicate_IsValid(entry.duplicate())) {
      issues->AddError(kReasonPolicyUniqueIdsDuplicate, absl::StrCat(path, ".duplicate"),
                       "the answer is not REFUSE or EXISTING");
    }
    const auto add = [&](const std::string& system, const std::string& field) {
      const Key key(entry.entity_kind(), entry.of_parts(), system);
      if (compiled.answers_.emplace(key, entry.duplicate()).second) return;
      issues->AddError(kReasonPolicyUniqueIdsOverlap, field,
                       system.empty()
                           ? "an earlier entry for this kind is for all other systems, too"
                           : "an earlier entry for this kind, or this one, names the system, too");
    };
    if (entry.systems().empty()) add("", path);
    for (int j = 0; j < entry.systems_size(); ++j) {
      const std::string field = absl::StrCat(path, ".systems[", j, "]");
      if (entry.systems(j).empty() || FindIdFault(entry.systems(j)).has_value()) {
        issues->AddError(kReasonPolicyUniqueIdsSystem, field,
                         "the system is empty, or no external id can have it");
      } else {
        add(entry.systems(j), field);
      }
    }
  }
  return compiled;
}

absl::optional<v1::UniqueExternalId::Duplicate> UniqueIds::Find(v1::EntityKind kind, bool of_parts,
                                                                const std::string& system) const {
  if (answers_.empty()) return absl::nullopt;
  auto found = answers_.find(Key(kind, of_parts, system));
  if (found == answers_.end()) found = answers_.find(Key(kind, of_parts, std::string()));
  if (found == answers_.end()) return absl::nullopt;
  return found->second == v1::UniqueExternalId::DUPLICATE_EXISTING
             ? v1::UniqueExternalId::DUPLICATE_EXISTING
             : v1::UniqueExternalId::DUPLICATE_REFUSE;
}

}  // namespace internal
}  // namespace frontdesk
