// The contents of an environment. Private to cel/.
#ifndef FRONTDESK_CEL_ENVIRONMENT_DATA_H_
#define FRONTDESK_CEL_ENVIRONMENT_DATA_H_

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "cel/function_table.h"
#include "frontdesk/cel/environment.h"
#include "google/protobuf/dynamic_message.h"

namespace frontdesk::cel::cel_internal {

struct VariableDecl {
  std::string name;
  Type type;
  int32_t slot = -1;                                         // Of an activation.
  const google::protobuf::FieldDescriptor* field = nullptr;  // Of the root message.
  bool constant = false;
  Value value;  // Of constants.
};

class EnvironmentData {
 public:
  MessageSource source = *MessageSource::Generated();
  std::unique_ptr<google::protobuf::DynamicMessageFactory> own_factory;
  const google::protobuf::Descriptor* root = nullptr;
  // An instance of the root message's class; null when the pool is not the generated one.
  const google::protobuf::Message* root_prototype = nullptr;
  std::string container;
  // container itself, then its parents, then "": the scopes in which names are looked up.
  std::vector<std::string> scopes;
  Limits limits;
  uint32_t extensions = kDefaultExtensions;
  TimeZoneSource time_zones;
  AccessorTable accessors;

  std::deque<VariableDecl> variables;
  int32_t slot_count = 0;
  absl::flat_hash_map<absl::string_view, const VariableDecl*> variables_by_name;
  std::vector<const VariableDecl*> slots;
  // Every prefix of a qualified variable name: where a chain of names may still become one.
  ValueArena constants;
  std::vector<std::string> opaque_types;

  absl::flat_hash_map<absl::string_view, const FunctionDecl*> functions;
  const FunctionDecl* operators[32] = {};
  struct LiteralHint {
    std::string text, example;
  };
  absl::flat_hash_map<std::string, LiteralHint> literal_hints;  // By the name of the message.
  FunctionTable own_functions;

  const VariableDecl* FindVariable(absl::string_view name) const {
    const auto found = variables_by_name.find(name);
    return found == variables_by_name.end() ? nullptr : found->second;
  }
  const FunctionDecl* FindFunction(absl::string_view name) const {
    const auto found = functions.find(name);
    return found == functions.end() ? nullptr : found->second;
  }
  absl::optional<absl::TimeZone> FindTimeZone(absl::string_view name) const;
};

}  // namespace frontdesk::cel::cel_internal

#endif  // FRONTDESK_CEL_ENVIRONMENT_DATA_H_
