// The implementation of Type. Private to cel/.
#ifndef FRONTDESK_CEL_TYPE_NODE_H_
#define FRONTDESK_CEL_TYPE_NODE_H_

#include <atomic>
#include <string>
#include <vector>

#include "frontdesk/cel/type.h"

namespace frontdesk::cel {

struct Type::Node {
  TypeKind kind = TypeKind::kDyn;
  bool immortal = false;
  // A type variable occurs in it.
  bool has_parameter = false;
  // Of a type variable that the checker made: its number; -1 for those of signatures.
  int32_t variable = -1;
  // 1 for a scalar, one more than the deepest parameter otherwise.
  int32_t depth = 1;
  mutable std::atomic<int32_t> references{1};
  const google::protobuf::Descriptor* descriptor = nullptr;
  std::string name;
  std::vector<Type> parameters;
};

namespace cel_internal {

// The checker's access to a type beyond its public functions.
struct TypeAccess {
  static Type Variable(int32_t number);
  static int32_t variable(const Type& type) { return type.node_->variable; }
  static bool has_parameter(const Type& type) { return type.node_->has_parameter; }
  static int32_t depth(const Type& type) { return type.node_->depth; }
  static bool identical(const Type& a, const Type& b) { return a.node_ == b.node_; }
  static Type With(const Type& type, std::vector<Type> parameters);
};

}  // namespace cel_internal
}  // namespace frontdesk::cel

#endif  // FRONTDESK_CEL_TYPE_NODE_H_
