#include "frontdesk/cel/type.h"

#include "absl/strings/str_cat.h"
#include "cel/type_node.h"

namespace frontdesk {
namespace cel {
namespace {

using ::google::protobuf::Descriptor;
using ::google::protobuf::FieldDescriptor;

constexpr int kKindCount = static_cast<int>(TypeKind::kError) + 1;

constexpr absl::string_view kKindNames[kKindCount] = {"dyn",
                                                      "null_type",
                                                      "bool",
                                                      "int",
                                                      "uint",
                                                      "double",
                                                      "string",
                                                      "bytes",
                                                      "google.protobuf.Timestamp",
                                                      "google.protobuf.Duration",
                                                      "wrapper",
                                                      "google.protobuf.Any",
                                                      "list",
                                                      "map",
                                                      "message",
                                                      "type",
                                                      "optional_type",
                                                      "opaque",
                                                      "parameter",
                                                      "error"};

}  // namespace

const Type::Node* Type::Singleton(TypeKind kind) {
  static Node* const nodes = [] {
    auto* made = new Node[kKindCount];
    for (int i = 0; i < kKindCount; ++i) {
      made[i].kind = static_cast<TypeKind>(i);
      made[i].immortal = true;
      made[i].name = std::string(kKindNames[i]);
    }
    return made;
  }();
  return &nodes[static_cast<int>(kind)];
}

Type::Type() : node_(Singleton(TypeKind::kDyn)) {}

Type::Type(const Type& other) : node_(other.node_) {
  if (!node_->immortal) node_->references.fetch_add(1, std::memory_order_relaxed);
}

Type::Type(Type&& other) noexcept : node_(other.node_) { other.node_ = Singleton(TypeKind::kDyn); }

Type& Type::operator=(const Type& other) {
  Type copy(other);
  std::swap(node_, copy.node_);
  return *this;
}

Type& Type::operator=(Type&& other) noexcept {
  std::swap(node_, other.node_);
  return *this;
}

Type::~Type() {
  if (!node_->immortal && node_->references.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    delete node_;
  }
}

Type Type::Make(TypeKind kind, absl::string_view name, const Descriptor* descriptor,
                std::vector<Type> parameters) {
  auto* node = new Node;
  node->kind = kind;
  node->name = std::string(name);
  node->descriptor = descriptor;
  node->has_parameter = kind == TypeKind::kParameter;
  for (const Type& parameter : parameters) {
    node->has_parameter |= parameter.node_->has_parameter;
    node->depth = std::max(node->depth, parameter.node_->depth + 1);
  }
  node->parameters = std::move(parameters);
  return Type(node);
}

Type Type::Dyn() { return Type(); }
Type Type::Null() { return Type(Singleton(TypeKind::kNull)); }
Type Type::Bool() { return Type(Singleton(TypeKind::kBool)); }
Type Type::Int() { return Type(Singleton(TypeKind::kInt)); }
Type Type::Uint() { return Type(Singleton(TypeKind::kUint)); }
Type Type::Double() { return Type(Singleton(TypeKind::kDouble)); }
Type Type::String() { return Type(Singleton(TypeKind::kString)); }
Type Type::Bytes() { return Type(Singleton(TypeKind::kBytes)); }
Type Type::Timestamp() { return Type(Singleton(TypeKind::kTimestamp)); }
Type Type::Duration() { return Type(Singleton(TypeKind::kDuration)); }
Type Type::Any() { return Type(Singleton(TypeKind::kAny)); }
Type Type::Error() { return Type(Singleton(TypeKind::kError)); }

Type Type::Wrapper(Type scalar) {
  static const std::vector<Type>& wrappers = *new std::vector<Type>([] {
    std::vector<Type> made;
    for (int kind = 0; kind < kKindCount; ++kind) {
      Type parameter(Singleton(static_cast<TypeKind>(kind)));
      made.push_back(Make(TypeKind::kWrapper, "wrapper", nullptr, {std::move(parameter)}));
    }
    return made;
  }());
  if (scalar.kind() < TypeKind::kBool || scalar.kind() > TypeKind::kBytes) return Dyn();
  return wrappers[static_cast<int>(scalar.kind())];
}

Type Type::List(Type element) {
  return Make(TypeKind::kList, "list", nullptr, {std::move(element)});
}

Type Type::Map(Type key, Type value) {
  return Make(TypeKind::kMap, "map", nullptr, {std::move(key), std::move(value)});
}

Type Type::TypeOf(Type type) { return Make(TypeKind::kType, "type", nullptr, {std::move(type)}); }

Type Type::TypeType() { return Type(Singleton(TypeKind::kType)); }

Type Type::Optional(Type value) {
  return Make(TypeKind::kOptional, "optional_type", nullptr, {std::move(value)});
}

Type Type::Opaque(absl::string_view name, std::vector<Type> parameters) {
  return Make(TypeKind::kOpaque, name, nullptr, std::move(parameters));
}

Type Type::Parameter(absl::string_view name) {
  return Make(TypeKind::kParameter, name, nullptr, {});
}

Type Type::Message(const Descriptor* descriptor) {
  switch (descriptor->well_known_type()) {
    case Descriptor::WELLKNOWNTYPE_DOUBLEVALUE:
    case Descriptor::WELLKNOWNTYPE_FLOATVALUE:
      return Wrapper(Double());
    case Descriptor::WELLKNOWNTYPE_INT64VALUE:
    case Descriptor::WELLKNOWNTYPE_INT32VALUE:
      return Wrapper(Int());
    case Descriptor::WELLKNOWNTYPE_UINT64VALUE:
    case Descriptor::WELLKNOWNTYPE_UINT32VALUE:
      return Wrapper(Uint());
    case Descriptor::WELLKNOWNTYPE_STRINGVALUE:
      return Wrapper(String());
    case Descriptor::WELLKNOWNTYPE_BYTESVALUE:
      return Wrapper(Bytes());
    case Descriptor::WELLKNOWNTYPE_BOOLVALUE:
      return Wrapper(Bool());
    case Descriptor::WELLKNOWNTYPE_ANY:
      return Any();
    case Descriptor::WELLKNOWNTYPE_DURATION:
      return Duration();
    case Descriptor::WELLKNOWNTYPE_TIMESTAMP:
      return Timestamp();
    case Descriptor::WELLKNOWNTYPE_VALUE:
      return Dyn();
    case Descriptor::WELLKNOWNTYPE_LISTVALUE:
      return List(Dyn());
    case Descriptor::WELLKNOWNTYPE_STRUCT:
      return Map(String(), Dyn());
    default:
      return Make(TypeKind::kMessage, descriptor->full_name(), descriptor, {});
  }
}

namespace {

Type SingularType(const FieldDescriptor* field) {
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return Type::Bool();
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
      return Type::Int();
    case FieldDescriptor::CPPTYPE_ENUM:
      return field->enum_type()->full_name() == "google.protobuf.NullValue" ? Type::Null()
                                                                            : Type::Int();
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
      return Type::Uint();
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return Type::Double();
    case FieldDescriptor::CPPTYPE_STRING:
      return field->type() == FieldDescriptor::TYPE_BYTES ? Type::Bytes() : Type::String();
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return Type::Message(field->message_type());
  }
  return Type::Dyn();
}

}  // namespace

Type Type::OfField(const FieldDescriptor* field) {
  if (field->is_map()) {
    const Descriptor* entry = field->message_type();
    return Map(SingularType(entry->map_key()), SingularType(entry->map_value()));
  }
  if (field->is_repeated()) return List(SingularType(field));
  return SingularType(field);
}

TypeKind Type::kind() const { return node_->kind; }
absl::string_view Type::name() const { return node_->name; }
absl::Span<const Type> Type::parameters() const { return node_->parameters; }
const Descriptor* Type::descriptor() const { return node_->descriptor; }

bool Type::Same(const Type& a, const Type& b) {
  if (a.node_ == b.node_) return true;
  if (a.kind() != b.kind() || a.node_->variable != b.node_->variable || a.name() != b.name() ||
      a.parameters().size() != b.parameters().size()) {
    return false;
  }
  for (size_t i = 0; i < a.parameters().size(); ++i) {
    if (!Same(a.parameters()[i], b.parameters()[i])) return false;
  }
  return true;
}

namespace {

// Appends until there is enough: a type may share its parts, and then be far longer written than kept.
void AppendType(const Type& type, std::string* out) {
  constexpr size_t kEnough = 400;
  if (out->size() > kEnough) {
    *out += "...";
    return;
  }
  absl::StrAppend(out, type.name());
  if (type.parameters().empty()) return;
  *out += "(";
  for (size_t i = 0; i < type.parameters().size(); ++i) {
    if (i > 0) *out += ", ";
    AppendType(type.parameters()[i], out);
    if (out->size() > kEnough) break;
  }
  *out += ")";
}

}  // namespace

std::string Type::ToString() const {
  std::string out;
  AppendType(*this, &out);
  return out;
}

namespace cel_internal {

Type TypeAccess::Variable(int32_t number) {
  auto* node = new Type::Node;
  node->kind = TypeKind::kParameter;
  node->variable = number;
  node->has_parameter = true;
  return Type(node);
}

Type TypeAccess::With(const Type& type, std::vector<Type> parameters) {
  return Type::Make(type.kind(), type.name(), type.descriptor(), std::move(parameters));
}

}  // namespace cel_internal
}  // namespace cel
}  // namespace frontdesk
