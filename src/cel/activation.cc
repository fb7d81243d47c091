#include "frontdesk/cel/activation.h"

#include "absl/strings/str_cat.h"
#include "cel/environment_data.h"
#include "cel/messages.h"
#include "cel/utf8.h"
#include "frontdesk/cel/environment.h"

namespace frontdesk::cel {

Activation::Activation(std::shared_ptr<const Environment> environment)
    : environment_(std::move(environment)), arena_(std::make_unique<ValueArena>()) {
  slots_.resize(static_cast<size_t>(environment_->data_->slot_count));
  Clear();
}

Activation::~Activation() = default;
Activation::Activation(Activation&&) noexcept = default;
Activation& Activation::operator=(Activation&&) noexcept = default;

absl::Status Activation::Set(absl::string_view name, const Value& value) {
  const cel_internal::EnvironmentData& data = *environment_->data_;
  const cel_internal::VariableDecl* variable = data.FindVariable(name);
  if (variable == nullptr || variable->slot < 0) {
    return absl::NotFoundError(
        absl::StrCat("no variable '", cel_internal::InOneLine(name), "' in the environment"));
  }
  const Value unpacked = cel_internal::Unpack(value, cel_internal::ValueAccess::arena(*arena_));
  if (!unpacked.is_error() && !cel_internal::Fits(unpacked, variable->type)) {
    // A message type may be null: that is how an unset one is given.
    const bool null_message = unpacked.is_null() && variable->type.kind() == TypeKind::kMessage;
    if (!null_message) {
      return absl::InvalidArgumentError(absl::StrCat("variable '", name, "' is of type ",
                                                     variable->type.ToString(), ", not ",
                                                     cel_internal::TypeNameOf(unpacked)));
    }
  }
  slots_[static_cast<size_t>(variable->slot)] = {unpacked, true};
  return absl::OkStatus();
}

absl::Status Activation::SetRoot(const google::protobuf::Message& message) {
  const google::protobuf::Descriptor* wanted = environment_->root_message();
  if (wanted == nullptr || message.GetDescriptor()->full_name() != wanted->full_name()) {
    return absl::InvalidArgumentError(absl::StrCat("the root message is ",
                                                   wanted == nullptr ? "none" : wanted->full_name(),
                                                   ", not ", message.GetDescriptor()->full_name()));
  }
  root_ = &message;
  return absl::OkStatus();
}

void Activation::Clear() {
  slots_.assign(slots_.size(), Slot());
  root_ = nullptr;
  source_ = nullptr;
  arena_->Reset();
  cel_internal::Arena& arena = cel_internal::ValueAccess::arena(*arena_);
  arena.source = &environment_->data_->source;
  arena.max_value_depth = environment_->data_->limits.max_value_depth;
  arena.max_result_bytes = environment_->data_->limits.max_result_bytes;
}

}  // namespace frontdesk::cel
