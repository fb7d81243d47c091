#include "cel/names.h"

#include <algorithm>
#include <functional>
#include <numeric>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace frontdesk::cel::cel_internal {
namespace {

using ::google::protobuf::Descriptor;
using ::google::protobuf::EnumDescriptor;
using ::google::protobuf::EnumValueDescriptor;
using ::google::protobuf::FileDescriptor;

std::string Qualified(absl::string_view scope, absl::string_view name) {
  return scope.empty() ? std::string(name) : absl::StrCat(scope, ".", name);
}

// Calls `visit` with the name in each scope until it returns true.
template <typename Visit>
void InScopes(const EnvironmentData& environment, absl::string_view name, bool root_scope,
              Visit visit) {
  if (root_scope) {
    visit(std::string(name));
    return;
  }
  for (const std::string& scope : environment.scopes) {
    if (visit(Qualified(scope, name))) return;
  }
}

// An enum value by Enum.VALUE, or by VALUE beside its enum as protobuf itself scopes it.
const EnumValueDescriptor* FindEnumValue(const EnvironmentData& environment,
                                         const std::string& name) {
  const size_t dot = name.rfind('.');
  if (dot != std::string::npos) {
    const EnumDescriptor* type = environment.source.pool->FindEnumTypeByName(name.substr(0, dot));
    if (type != nullptr) return type->FindValueByName(name.substr(dot + 1));
  }
  return environment.source.pool->FindEnumValueByName(name);
}

}  // namespace

const VariableDecl* ResolveVariable(const EnvironmentData& environment, absl::string_view name,
                                    bool root_scope) {
  if (environment.scopes.size() == 1 || root_scope) return environment.FindVariable(name);
  const VariableDecl* found = nullptr;
  InScopes(environment, name, root_scope, [&](const std::string& qualified) {
    return (found = environment.FindVariable(qualified)) != nullptr;
  });
  return found;
}

NamedThing ResolveName(const EnvironmentData& environment, absl::string_view name,
                       bool root_scope) {
  NamedThing thing;
  InScopes(environment, name, root_scope, [&](const std::string& qualified) {
    thing.name = qualified;
    thing.message = environment.source.pool->FindMessageTypeByName(qualified);
    if (thing.message != nullptr) {
      thing.kind = NamedThing::Kind::kType;
    } else if (const EnumValueDescriptor* value = FindEnumValue(environment, qualified)) {
      thing.kind = NamedThing::Kind::kEnumValue;
      thing.number = value->number();
    }
    return thing.kind != NamedThing::Kind::kNone;
  });
  return thing;
}

const Descriptor* ResolveMessage(const EnvironmentData& environment, absl::string_view name,
                                 bool root_scope) {
  const Descriptor* found = nullptr;
  InScopes(environment, name, root_scope, [&](const std::string& qualified) {
    return (found = environment.source.pool->FindMessageTypeByName(qualified)) != nullptr;
  });
  return found;
}

const EnumDescriptor* ResolveEnum(const EnvironmentData& environment, absl::string_view name,
                                  bool root_scope) {
  const EnumDescriptor* found = nullptr;
  InScopes(environment, name, root_scope, [&](const std::string& qualified) {
    return (found = environment.source.pool->FindEnumTypeByName(qualified)) != nullptr;
  });
  return found;
}

const FunctionDecl* ResolveFunction(const EnvironmentData& environment, absl::string_view name,
                                    bool root_scope) {
  if (environment.scopes.size() == 1 || root_scope) return environment.FindFunction(name);
  const FunctionDecl* found = nullptr;
  InScopes(environment, name, root_scope, [&](const std::string& qualified) {
    return (found = environment.FindFunction(qualified)) != nullptr;
  });
  return found;
}

bool BuiltinType(const EnvironmentData& environment, absl::string_view name, Type* type) {
  static const std::pair<absl::string_view, Type>* const kTypes =
      new std::pair<absl::string_view, Type>[] {
        {"bool", Type::Bool()}, {"bytes", Type::Bytes()}, {"double", Type::Double()},
            {"int", Type::Int()}, {"list", Type::List(Type::Dyn())},
            {"map", Type::Map(Type::Dyn(), Type::Dyn())}, {"null_type", Type::Null()},
            {"string", Type::String()}, {"type", Type::TypeType()}, {"uint", Type::Uint()},
            {"optional_type", Type::Optional(Type::Dyn())},
      };
  constexpr int kCount = 11;
  for (int i = 0; i < kCount; ++i) {
    if (kTypes[i].first != name) continue;
    if (name == "optional_type" && !(environment.extensions & kOptionalsExtension)) return false;
    *type = kTypes[i].second;
    return true;
  }
  for (const std::string& opaque : environment.opaque_types) {
    if (opaque != name) continue;
    *type = Type::Opaque(opaque);
    return true;
  }
  return false;
}

namespace {

// Edits that turn one word into the other: insert, delete, replace, swap neighbors; letters of either case alike.
int Distance(absl::string_view a, absl::string_view b) {
  constexpr size_t kMax = 48;
  if (a.size() > kMax || b.size() > kMax) return 1000;
  int rows[3][kMax + 1];
  std::iota(rows[0], rows[0] + b.size() + 1, 0);
  for (size_t i = 1; i <= a.size(); ++i) {
    int* row = rows[i % 3];
    const int* above = rows[(i + 2) % 3];
    const int* before = rows[(i + 1) % 3];
    row[0] = static_cast<int>(i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const char x = absl::ascii_tolower(a[i - 1]), y = absl::ascii_tolower(b[j - 1]);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (x == y ? 0 : 1)});
      if (i > 1 && j > 1 && x == absl::ascii_tolower(b[j - 2]) &&
          y == absl::ascii_tolower(a[i - 2])) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
  }
  return rows[a.size() % 3][b.size()];
}

}  // namespace

void Suggestion::Consider(absl::string_view candidate, absl::string_view shown) {
  int distance = Distance(name_, candidate);
  // GOLD for TIER_GOLD, State for Order.State.
  if (name_.size() >= 3 && candidate.size() > name_.size() && absl::EndsWith(candidate, name_)) {
    const char before = candidate[candidate.size() - name_.size() - 1];
    if (before == '_' || before == '.') distance = 1;
  }
  if (distance < best_distance_ ||
      (distance == best_distance_ && absl::string_view(best_) > candidate)) {
    best_distance_ = distance;
    best_ = std::string(candidate);
    shown_ = std::string(shown);
  }
}

void Suggestion::ConsiderFields(const Descriptor* message) {
  for (int i = 0; i < message->field_count(); ++i) Consider(message->field(i)->name());
}

void Suggestion::ConsiderValues(const EnumDescriptor* type) {
  for (int i = 0; i < type->value_count(); ++i) Consider(type->value(i)->name());
}

namespace {

// Calls `visit` for every file that the root message and the variables lead to.
class FileWalk {
 public:
  explicit FileWalk(const EnvironmentData& environment) {
    if (environment.root != nullptr) Add(environment.root->file());
    for (const VariableDecl& variable : environment.variables) AddType(variable.type, 0);
  }

  template <typename Visit>
  void Run(Visit visit) {
    constexpr size_t kMaxFiles = 500;
    for (size_t i = 0; i < files_.size() && i < kMaxFiles; ++i) {
      const FileDescriptor* file = files_[i];
      for (int k = 0; k < file->dependency_count(); ++k) Add(file->dependency(k));
      visit(file);
    }
  }

 private:
  void Add(const FileDescriptor* file) {
    if (std::find(files_.begin(), files_.end(), file) == files_.end()) files_.push_back(file);
  }
  void AddType(const Type& type, int depth) {
    if (type.descriptor() != nullptr) Add(type.descriptor()->file());
    if (depth > 4) return;
    for (const Type& parameter : type.parameters()) AddType(parameter, depth + 1);
  }
  std::vector<const FileDescriptor*> files_;
};

}  // namespace

void Suggestion::ConsiderTypes(const EnvironmentData& environment, bool messages_only) {
  // The name as it is written in the innermost scope that holds it.
  const auto consider = [&](const std::string& full_name) {
    for (const std::string& scope : environment.scopes) {
      if (scope.empty()) {
        Consider(full_name);
      } else if (absl::StartsWith(full_name, scope + ".")) {
        Consider(absl::string_view(full_name).substr(scope.size() + 1));
        return;
      }
    }
  };
  const auto consider_enum = [&](const EnumDescriptor* type) {
    consider(type->full_name());
    for (int i = 0; i < type->value_count(); ++i) consider(type->value(i)->full_name());
  };
  const std::function<void(const Descriptor*)> consider_message = [&](const Descriptor* message) {
    if (message->map_key() != nullptr) return;
    consider(message->full_name());
    for (int i = 0; i < message->nested_type_count(); ++i)
      consider_message(message->nested_type(i));
    for (int i = 0; !messages_only && i < message->enum_type_count(); ++i) {
      consider_enum(message->enum_type(i));
    }
  };
  FileWalk(environment).Run([&](const FileDescriptor* file) {
    for (int i = 0; i < file->message_type_count(); ++i) consider_message(file->message_type(i));
    for (int i = 0; !messages_only && i < file->enum_type_count(); ++i) {
      consider_enum(file->enum_type(i));
    }
  });
}

std::string Suggestion::Text() const {
  const int allowed = std::max<int>(1, static_cast<int>(name_.size()) / 3);
  if (best_.empty() || best_distance_ > allowed || shown_ == name_) return "";
  return absl::StrCat("; did you mean '", shown_, "'?");
}

}  // namespace frontdesk::cel::cel_internal
