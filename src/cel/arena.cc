#include <algorithm>
#include <cstring>

#include "cel/messages.h"
#include "cel/utf8.h"
#include "cel/value_data.h"
#include "frontdesk/cel/value.h"

namespace frontdesk::cel {
namespace cel_internal {
namespace {

constexpr size_t kFirstBlock = 1000;  // The system's allocator keeps blocks of this size at hand.
constexpr size_t kLargestBlock = size_t{1} << 20;

}  // namespace

const MessageSource* MessageSource::Generated() {
  static const MessageSource source = {google::protobuf::DescriptorPool::generated_pool(),
                                       google::protobuf::MessageFactory::generated_factory()};
  return &source;
}

Arena::~Arena() = default;

void* Arena::AllocateSlow(size_t bytes) {
  full_ += static_cast<size_t>(cursor_ - begin_);
  // The next block that was kept and is large enough; smaller ones are passed over until Reset().
  size_t next = blocks_.empty() || begin_ == nullptr ? 0 : current_ + 1;
  while (next < blocks_.size() && blocks_[next].size < bytes) ++next;
  if (next == blocks_.size()) {
    const size_t last = blocks_.empty() ? kFirstBlock / 2 : blocks_.back().size;
    const size_t size = std::max(std::min(last * 2, kLargestBlock), bytes);
    blocks_.push_back({std::unique_ptr<char[]>(new char[size]), size});
  }
  current_ = next;
  begin_ = blocks_[next].memory.get();
  cursor_ = begin_ + bytes;
  limit_ = begin_ + blocks_[next].size;
  return begin_;
}

absl::string_view Arena::CopyText(absl::string_view text) {
  if (text.empty()) return "";
  char* copy = static_cast<char*>(Allocate(text.size()));
  std::memcpy(copy, text.data(), text.size());
  return {copy, text.size()};
}

google::protobuf::Arena* Arena::messages() {
  if (messages_ == nullptr) messages_ = std::make_unique<google::protobuf::Arena>();
  return messages_.get();
}

void Arena::Reset() {
  if (!blocks_.empty()) {
    current_ = 0;
    begin_ = cursor_ = blocks_[0].memory.get();
    limit_ = begin_ + blocks_[0].size;
  }
  full_ = 0;
  message_bytes_ = 0;
  if (messages_ != nullptr) messages_.reset();
}

}  // namespace cel_internal

using cel_internal::ArrayList;
using cel_internal::ArrayMap;
using cel_internal::ErrorData;
using cel_internal::Unpack;
using cel_internal::ValueAccess;

ValueArena::ValueArena() : rep_(std::make_unique<Rep>()) {}
ValueArena::ValueArena(const google::protobuf::DescriptorPool* pool,
                       google::protobuf::MessageFactory* factory)
    : ValueArena() {
  rep_->source = {pool, factory};
  rep_->arena.source = &rep_->source;
}
ValueArena::~ValueArena() = default;

Value ValueArena::NewString(absl::string_view text) {
  return Value::String(rep_->arena.CopyText(text));
}

Value ValueArena::NewBytes(absl::string_view bytes) {
  return Value::Bytes(rep_->arena.CopyText(bytes));
}

Value ValueArena::NewList(absl::Span<const Value> elements) {
  Value* copy = rep_->arena.NewArray<Value>(elements.size());
  for (size_t i = 0; i < elements.size(); ++i) copy[i] = Unpack(elements[i], rep_->arena);
  return ValueAccess::List(rep_->arena.New<ArrayList>(copy, elements.size()));
}

Value ValueArena::NewMap(absl::Span<const std::pair<Value, Value>> entries) {
  auto* copy = rep_->arena.NewArray<std::pair<Value, Value>>(entries.size());
  for (size_t i = 0; i < entries.size(); ++i) {
    copy[i] = {entries[i].first, Unpack(entries[i].second, rep_->arena)};
  }
  bool unique = true;
  return ValueAccess::Map(ArrayMap::Make({copy, entries.size()}, rep_->arena, &unique));
}

Value ValueArena::NewOptional(const Value& value) {
  return ValueAccess::Optional(rep_->arena.New<Value>(Unpack(value, rep_->arena)));
}

Value ValueArena::NewError(absl::string_view reason, absl::string_view message) {
  return ValueAccess::Error(rep_->arena.New<ErrorData>(
      ErrorData{cel_internal::Code::FUNCTION_FAILED, -1,
                rep_->arena.CopyText(cel_internal::InOneLine(reason)),
                rep_->arena.CopyText(cel_internal::InOneLine(message))}));
}

namespace cel_internal {
namespace {

// The bytes of a part as limits.h counts them.
int64_t BytesOf(const Value& value) {
  size_t bytes = sizeof(Value);
  switch (value.kind()) {
    case ValueKind::kString:
    case ValueKind::kBytes:
    case ValueKind::kType:
      bytes += ValueAccess::text(value).size();
      break;
    case ValueKind::kMessage:
      bytes += value.message_value().ByteSizeLong();
      break;
    default:
      break;
  }
  return static_cast<int64_t>(bytes);
}

Value ResultTooLarge() {
  static const ErrorData error = {Code::LIMIT_RESULT_SIZE, -1, CodeName(Code::LIMIT_RESULT_SIZE),
                                  "max_result_bytes"};
  return ValueAccess::Error(&error);
}

}  // namespace

absl::optional<Value> Inspection::Find(const Value& value, int depth, bool errors_count) {
  if (depth <= 0) return StaticError(Code::LIMIT_VALUE_DEPTH);
  if (--parts_left_ < 0) return StaticError(Code::LIMIT_COST);
  if (bytes_left_ != kUnlimited && (bytes_left_ -= BytesOf(value)) < 0) return ResultTooLarge();
  if (arena_ != nullptr && arena_->full()) return StaticError(Code::LIMIT_MEMORY);
  absl::optional<Value> found;
  switch (value.kind()) {
    case ValueKind::kError:
      if (errors_count) found = value;
      break;
    case ValueKind::kList:
      for (size_t i = 0; i < value.list_size() && !found.has_value(); ++i) {
        found = Find(value.list_at(i), depth - 1, errors_count);
      }
      break;
    case ValueKind::kMap:
      for (size_t i = 0; i < value.map_size() && !found.has_value(); ++i) {
        found = Find(value.map_key(i), depth - 1, errors_count);
        if (!found.has_value()) found = Find(value.map_value(i), depth - 1, errors_count);
      }
      break;
    case ValueKind::kOptional:
      if (value.optional_has_value()) found = Find(value.optional_value(), depth - 1, errors_count);
      break;
    default:
      break;
  }
  return found;
}

}  // namespace cel_internal

namespace {

// Copies a value that has been found to be within the limits.
class Copier {
 public:
  explicit Copier(ValueArena& arena) : arena_(arena), memory_(ValueAccess::arena(arena)) {}
  Value Copy(const Value& value);

 private:
  Value CopyList(const Value& value);
  Value CopyMap(const Value& value);

  ValueArena& arena_;
  cel_internal::Arena& memory_;
};

Value Copier::CopyList(const Value& value) {
  const size_t size = value.list_size();
  Value* copy = memory_.NewArray<Value>(size);
  for (size_t i = 0; i < size; ++i) copy[i] = Copy(value.list_at(i));
  return ValueAccess::List(memory_.New<ArrayList>(copy, size));
}

Value Copier::CopyMap(const Value& value) {
  const size_t size = value.map_size();
  auto* copy = memory_.NewArray<std::pair<Value, Value>>(size);
  for (size_t i = 0; i < size; ++i) copy[i] = {Copy(value.map_key(i)), Copy(value.map_value(i))};
  bool unique = true;
  return ValueAccess::Map(ArrayMap::Make({copy, size}, memory_, &unique));
}

Value Copier::Copy(const Value& value) {
  switch (value.kind()) {
    case ValueKind::kString:
      return arena_.NewString(value.string_value());
    case ValueKind::kBytes:
      return arena_.NewBytes(value.bytes_value());
    case ValueKind::kType:
      return Value::TypeName(memory_.CopyText(value.type_name()));
    case ValueKind::kList:
      return CopyList(value);
    case ValueKind::kMap:
      return CopyMap(value);
    case ValueKind::kMessage: {
      google::protobuf::Message* copy = value.message_value().New(memory_.messages());
      copy->CopyFrom(value.message_value());
      return Value::Message(copy);
    }
    case ValueKind::kOptional:
      if (!value.optional_has_value()) return value;
      return arena_.NewOptional(Copy(value.optional_value()));
    case ValueKind::kError: {
      const ErrorData* error = ValueAccess::error(value);
      return ValueAccess::Error(memory_.New<ErrorData>(ErrorData{error->code, error->expr,
                                                                 memory_.CopyText(error->reason),
                                                                 memory_.CopyText(error->detail)}));
    }
    default:
      return value;
  }
}

}  // namespace

Value ValueArena::Copy(const Value& value) {
  cel_internal::Inspection inspection(nullptr, rep_->arena.max_result_bytes,
                                      cel_internal::Inspection::kUnlimited);
  const absl::optional<Value> limit = inspection.Find(value, rep_->arena.max_value_depth, false);
  return limit.has_value() ? *limit : Copier(*this).Copy(value);
}

absl::optional<Value> ValueArena::FindError(const Value& value, int64_t* bytes_left) {
  cel_internal::Inspection inspection(
      &rep_->arena, bytes_left == nullptr ? rep_->arena.max_result_bytes : *bytes_left,
      cel_internal::Inspection::kUnlimited);
  const absl::optional<Value> error = inspection.Find(value, rep_->arena.max_value_depth, true);
  if (bytes_left != nullptr) *bytes_left = std::max<int64_t>(inspection.bytes_left(), 0);
  return error;
}

int64_t ValueArena::max_result_bytes() const { return rep_->arena.max_result_bytes; }

void ValueArena::Reset() { rep_->arena.Reset(); }
size_t ValueArena::bytes_used() const { return rep_->arena.used(); }

OwnedValue::OwnedValue(const Value& value, int64_t max_result_bytes) : value_(value) {
  switch (value.kind()) {
    case ValueKind::kNull:
    case ValueKind::kBool:
    case ValueKind::kInt:
    case ValueKind::kUint:
    case ValueKind::kDouble:
    case ValueKind::kTimestamp:
    case ValueKind::kDuration:
      return;
    default:
      arena_ = std::make_shared<ValueArena>();
      ValueAccess::arena(*arena_).max_result_bytes = max_result_bytes;
      value_ = arena_->Copy(value);
  }
}

}  // namespace frontdesk::cel
