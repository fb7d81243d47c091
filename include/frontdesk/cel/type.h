// The types that the checker knows: scalars, lists, maps, messages, wrappers, dyn and type parameters.
//
//   using frontdesk::cel::Type;
//   Type names = Type::List(Type::String());
//   names.ToString();  // "list(string)"
//   names == Type::List(Type::String());  // true
#ifndef FRONTDESK_CEL_TYPE_H_
#define FRONTDESK_CEL_TYPE_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "google/protobuf/descriptor.h"

namespace frontdesk {
namespace cel {

namespace cel_internal {
struct TypeAccess;
}  // namespace cel_internal

enum class TypeKind : uint8_t {
  kDyn,   // Any value; checked when the expression runs.
  kNull,  // The type of `null`.
  kBool,
  kInt,   // Signed 64 bit.
  kUint,  // Unsigned 64 bit.
  kDouble,
  kString,
  kBytes,
  kTimestamp,
  kDuration,
  kWrapper,    // null or the scalar parameters()[0]: google.protobuf.Int64Value and so on.
  kAny,        // google.protobuf.Any; behaves as dyn.
  kList,       // parameters()[0]: the element.
  kMap,        // parameters()[0]: the key; [1]: the value.
  kMessage,    // descriptor() and name().
  kType,       // The type of a type value; parameters() may hold the type itself.
  kOptional,   // parameters()[0]: the value.
  kOpaque,     // A host's abstract type: name() and parameters().
  kParameter,  // A type variable of a function signature: name().
  kError,      // The type of an expression with an error; never seen in a program.
};

// A type. Immutable and thread-safe; a copy costs at most one reference count. The default is dyn.
// Depth and size are bounded by the limits of the environment that made it.
class Type {
 public:
  Type();
  Type(const Type& other);
  Type(Type&& other) noexcept;
  Type& operator=(const Type& other);
  Type& operator=(Type&& other) noexcept;
  ~Type();

  static Type Dyn();
  static Type Null();
  static Type Bool();
  static Type Int();
  static Type Uint();
  static Type Double();
  static Type String();
  static Type Bytes();
  static Type Timestamp();
  static Type Duration();
  static Type Any();
  static Type Error();
  // `scalar` is one of bool, int, uint, double, string, bytes; anything else gives dyn.
  static Type Wrapper(Type scalar);
  static Type List(Type element);
  static Type Map(Type key, Type value);
  // A message by its descriptor, which must outlive the type. Well-known types become what the
  // language makes of them: wrappers, timestamp, duration, Struct a map(string, dyn), ListValue a
  // list(dyn), Value dyn, Any.
  static Type Message(const google::protobuf::Descriptor* descriptor);
  // The type of the values of one field: scalars, int for enums, list, map, message.
  // The descriptor must outlive the type.
  static Type OfField(const google::protobuf::FieldDescriptor* field);
  static Type TypeOf(Type type);
  static Type TypeType();
  static Type Optional(Type value);
  static Type Opaque(absl::string_view name, std::vector<Type> parameters = {});
  // A type variable, for signatures of functions: Type::Parameter("T").
  static Type Parameter(absl::string_view name);

  TypeKind kind() const;
  // "int", "google.protobuf.Timestamp", "shop.Order", "list", "T": without parameters.
  absl::string_view name() const;
  absl::Span<const Type> parameters() const;
  // Of kMessage only, otherwise null.
  const google::protobuf::Descriptor* descriptor() const;

  bool is_dyn() const { return kind() == TypeKind::kDyn; }
  bool is_error() const { return kind() == TypeKind::kError; }

  // As in error texts: "list(map(string, shop.Order))", "wrapper(int)", "type(int)".
  std::string ToString() const;

  // Same structure. Linear in the size of the types.
  friend bool operator==(const Type& a, const Type& b) { return Same(a, b); }
  friend bool operator!=(const Type& a, const Type& b) { return !Same(a, b); }

 private:
  friend struct cel_internal::TypeAccess;
  struct Node;
  explicit Type(const Node* node) : node_(node) {}
  static bool Same(const Type& a, const Type& b);
  static Type Make(TypeKind kind, absl::string_view name,
                   const google::protobuf::Descriptor* descriptor, std::vector<Type> parameters);
  static const Node* Singleton(TypeKind kind);

  const Node* node_;
};

}  // namespace cel
}  // namespace frontdesk

#endif  // FRONTDESK_CEL_TYPE_H_
