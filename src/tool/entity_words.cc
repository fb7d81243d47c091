#include "tool/entity_words.h"

#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "frontdesk/domain/make_command.h"
#include "internal/enum_label.h"
#include "internal/escape_text.h"
#include "internal/status_macros.h"
#include "tool/options.h"

namespace frontdesk {
namespace tool {
namespace {

using internal::EnumLabel;
using internal::EscapeText;

std::string KindText(v1::EntityKind kind) {
  const auto* value = v1::EntityKind_descriptor()->FindValueByNumber(kind);
  return value == nullptr ? absl::StrCat(static_cast<int>(kind)) : EnumLabel(*value);
}

}  // namespace

absl::StatusOr<int> FindEnum(const google::protobuf::EnumDescriptor* type, absl::string_view name) {
  std::vector<std::string> names;
  for (int i = 0; i < type->value_count(); ++i) {
    const google::protobuf::EnumValueDescriptor& value = *type->value(i);
    if (value.number() == 0) continue;
    if (absl::EqualsIgnoreCase(EnumLabel(value), name)) return value.number();
    names.push_back(EnumLabel(value));
  }
  return UsageError(absl::StrCat(EscapeText(name), " is none of ", absl::StrJoin(names, ", ")));
}

absl::StatusOr<v1::EntityKind> FindKind(absl::string_view name) {
  FRONTDESK_ASSIGN_OR_RETURN(const int kind, FindEnum(v1::EntityKind_descriptor(), name));
  return static_cast<v1::EntityKind>(kind);
}

absl::StatusOr<v1::EntityRef> ParseRef(absl::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == absl::string_view::npos) {
    return UsageError("an entity is written as KIND/ID: case/k1");
  }
  FRONTDESK_ASSIGN_OR_RETURN(const v1::EntityKind kind, FindKind(text.substr(0, slash)));
  return Ref(kind, text.substr(slash + 1));
}

std::string RefText(const v1::EntityRef& entity) {
  return absl::StrCat(KindText(entity.kind()), "/", EscapeText(entity.id()));
}

}  // namespace tool
}  // namespace frontdesk
