#include "python_messages.h"

#include <dlfcn.h>

#include <string>
#include <utility>

#include "frontdesk/decide/parse.h"
#include "google/protobuf/unknown_field_set.h"

namespace frontdesk::python {

namespace pb = google::protobuf;

// The beginning of the interface that Python's protobuf offers to extensions, as version 3.21 of the library has it
// (google/protobuf/proto_api.h, which is not installed with it). Not in the
// unnamed namespace: there the compiler would know that nothing implements it.
struct MessageApi {
  virtual ~MessageApi() = default;
  virtual const pb::Message* GetMessagePointer(PyObject* message) const = 0;
  virtual pb::Message* GetMutableMessagePointer(PyObject* message) const = 0;
};

namespace {

// Whether the extension of Python's protobuf calls the library that this module calls: only then its objects are ours.
bool SharesLibrary(const char* file) {
#if GOOGLE_PROTOBUF_VERSION / 1000 == 3021
  void* const library = dlopen(file, RTLD_LAZY | RTLD_NOLOAD);
  if (library == nullptr) return false;
  void* const theirs = dlsym(library, "_ZN6google8protobuf14DescriptorPool14generated_poolEv");
  dlclose(library);
  return theirs == reinterpret_cast<void*>(&pb::DescriptorPool::generated_pool);
#else
  static_cast<void>(file);
  return false;
#endif
}

const MessageApi* FindApi() {
  constexpr const char* kModule = "google.protobuf.pyext._message";
  const py::dict modules = py::module_::import("sys").attr("modules");
  if (!modules.contains(kModule)) return nullptr;
  const py::object module = modules[kModule];
  if (!py::hasattr(module, "proto_API") || !py::hasattr(module, "__file__")) return nullptr;
  const auto version =
      py::cast<std::string>(py::module_::import("google.protobuf").attr("__version__"));
  if (version.rfind("4.21.", 0) != 0 && version.rfind("3.21.", 0) != 0) return nullptr;
  if (!SharesLibrary(py::cast<std::string>(module.attr("__file__")).c_str())) return nullptr;
  const py::object capsule = module.attr("proto_API");
  const void* const api =
      PyCapsule_GetPointer(capsule.ptr(), "google.protobuf.pyext._message.proto_API");
  if (api == nullptr) PyErr_Clear();
  return static_cast<const MessageApi*>(api);
}

// Python's protobuf is loaded before the first message is made, and its implementation never changes.
const MessageApi* Api() {
  static const MessageApi* const api = FindApi();
  return api;
}

// Classes of messages that inputs come in at a time.
constexpr size_t kMaxKnownClasses = 8;
// One input in this number gives its memory back: it is as large as the largest has been.
constexpr int kMaxReuse = 4096;

}  // namespace

const pb::Message* FindMessage(const py::handle& object) {
  const MessageApi* const api = Api();
  if (api == nullptr) return nullptr;
  const pb::Message* const message = api->GetMessagePointer(object.ptr());
  if (message == nullptr) PyErr_Clear();
  return message;
}

pb::Message* FindNewMessage(const py::handle& object) {
  const MessageApi* const api = Api();
  if (api == nullptr) return nullptr;
  pb::Message* const message = api->GetMutableMessagePointer(object.ptr());
  if (message == nullptr) PyErr_Clear();
  return message;
}

std::unique_ptr<MessageCopier> MessageCopier::Make(const pb::Descriptor* from,
                                                   const pb::Descriptor* to,
                                                   const ReadParts* reads) {
  std::unique_ptr<MessageCopier> copier(new MessageCopier());
  if (reads == nullptr) {
    copier->root_ = copier->WholePlan({from, to});
  } else {
    std::map<std::string, const ReadPart*> parts;
    for (const auto& [name, part] : *reads) parts[name] = &part;
    copier->root_ = copier->PartialPlan({from, to}, parts);
  }
  return copier->root_ == nullptr ? nullptr : std::move(copier);
}

const MessageCopier::Plan* MessageCopier::WholePlan(Types types) {
  const auto found = whole_.find(types);
  if (found != whole_.end()) return found->second;
  Plan* const plan = plans_.emplace_back(std::make_unique<Plan>()).get();
  plan->is_whole = true;
  whole_[types] = plan;  // A type may hold itself.
  const auto [from, to] = types;
  bool is_same = from->full_name() == to->full_name() && from->field_count() == to->field_count() &&
                 from->extension_range_count() == 0;
  for (int i = 0; is_same && i < to->field_count(); ++i) {
    is_same = AddStep(*to->field(i), *from, nullptr, plan);
  }
  // When one fails, all do, up to the root.
  return is_same ? plan : nullptr;
}

const MessageCopier::Plan* MessageCopier::PartialPlan(
    Types types, const std::map<std::string, const ReadPart*>& parts) {
  Plan* const plan = plans_.emplace_back(std::make_unique<Plan>()).get();
  const auto [from, to] = types;
  if (from->full_name() != to->full_name()) return nullptr;
  for (const auto& [name, part] : parts) {
    const pb::FieldDescriptor* const field = to->FindFieldByName(name);
    if (field == nullptr) return WholePlan(types);  // A name of another kind: an extension.
    if (!AddStep(*field, *from, part, plan)) return nullptr;
  }
  return plan;
}

const MessageCopier::Plan* MessageCopier::PlanOf(Types types, const ReadPart& part) {
  if (part.is_whole) return WholePlan(types);
  // Fields of a message that are read by a computed name: there are none, but an Any or a Struct may look like one.
  if (part.elements != nullptr || types.second->file()->package() == "google.protobuf") {
    return WholePlan(types);
  }
  std::map<std::string, const ReadPart*> parts;
  for (const auto& [name, entry] : part.entries) parts[name] = &entry;
  return PartialPlan(types, parts);
}

bool MessageCopier::AddStep(const pb::FieldDescriptor& to, const pb::Descriptor& from,
                            const ReadPart* part, Plan* plan) {
  const pb::FieldDescriptor* const source = from.FindFieldByNumber(to.number());
  if (source == nullptr || source->name() != to.name() || source->type() != to.type() ||
      source->is_repeated() != to.is_repeated() || source->is_map() != to.is_map() ||
      source->has_presence() != to.has_presence()) {
    return false;
  }
  // Elsewhere a text may be no UTF-8, which reading it from bytes reports.
  if (to.type() == pb::FieldDescriptor::TYPE_STRING &&
      source->file()->syntax() != pb::FileDescriptor::SYNTAX_PROTO3) {
    return false;
  }
  Step step = {source, &to, nullptr};
  if (to.message_type() != nullptr) {
    const Types types = {source->message_type(), to.message_type()};
    static const ReadPart* const nothing = new ReadPart();
    if (part != nullptr && to.is_repeated() && !to.is_map()) {
      // Elements that are not read are there: their number is.
      if (!part->is_whole) part = part->elements == nullptr ? nothing : part->elements.get();
    }
    step.plan = part == nullptr || to.is_map() ? WholePlan(types) : PlanOf(types, *part);
    if (step.plan == nullptr) return false;
  }
  plan->steps.push_back(step);
  return true;
}

bool MessageCopier::Copy(const pb::Message& from, pb::Message* to) const {
  Left left = {static_cast<int64_t>(ParseLimits().max_bytes), ParseLimits().max_depth};
  return CopyBy(*root_, from, to, &left);
}

bool MessageCopier::CopyBy(const Plan& plan, const pb::Message& from, pb::Message* to, Left* left) {
  if (left->depth == 0) return false;
  // Equality of messages looks at fields that neither side knows.
  if (plan.is_whole && !from.GetReflection()->GetUnknownFields(from).empty()) return false;
  --left->depth;
  for (const Step& step : plan.steps) {
    if (!(step.to->is_repeated() ? CopyElements(step, from, to, left)
                                 : CopyField(step, from, to, left))) {
      return false;
    }
  }
  ++left->depth;
  return left->bytes >= 0;
}

bool MessageCopier::CopyField(const Step& step, const pb::Message& from, pb::Message* to,
                              Left* left) {
  const pb::Reflection& in = *from.GetReflection();
  const pb::Reflection& out = *to->GetReflection();
  if (step.from->has_presence() && !in.HasField(from, step.from)) {
    out.ClearField(to, step.to);
    return true;
  }
  switch (step.from->cpp_type()) {
    case pb::FieldDescriptor::CPPTYPE_INT32:
      out.SetInt32(to, step.to, in.GetInt32(from, step.from));
      return true;
    case pb::FieldDescriptor::CPPTYPE_INT64:
      out.SetInt64(to, step.to, in.GetInt64(from, step.from));
      return true;
    case pb::FieldDescriptor::CPPTYPE_UINT32:
      out.SetUInt32(to, step.to, in.GetUInt32(from, step.from));
      return true;
    case pb::FieldDescriptor::CPPTYPE_UINT64:
      out.SetUInt64(to, step.to, in.GetUInt64(from, step.from));
      return true;
    case pb::FieldDescriptor::CPPTYPE_DOUBLE:
      out.SetDouble(to, step.to, in.GetDouble(from, step.from));
      return true;
    case pb::FieldDescriptor::CPPTYPE_FLOAT:
      out.SetFloat(to, step.to, in.GetFloat(from, step.from));
      return true;
    case pb::FieldDescriptor::CPPTYPE_BOOL:
      out.SetBool(to, step.to, in.GetBool(from, step.from));
      return true;
    case pb::FieldDescriptor::CPPTYPE_ENUM:
      out.SetEnumValue(to, step.to, in.GetEnumValue(from, step.from));
      return true;
    case pb::FieldDescriptor::CPPTYPE_STRING: {
      std::string space;
      const std::string& text = in.GetStringReference(from, step.from, &space);
      left->bytes -= static_cast<int64_t>(text.size());
      if (left->bytes < 0) return false;
      out.SetString(to, step.to, text);
      return true;
    }
    case pb::FieldDescriptor::CPPTYPE_MESSAGE:
      return CopyBy(*step.plan, in.GetMessage(from, step.from), out.MutableMessage(to, step.to),
                    left);
  }
  return false;
}

// Sets an element that is there, or adds one.
#define FRONTDESK_COPY_ELEMENT(Kind)                                                 \
  if (is_there) {                                                                    \
    out.SetRepeated##Kind(to, step.to, i, in.GetRepeated##Kind(from, step.from, i)); \
  } else {                                                                           \
    out.Add##Kind(to, step.to, in.GetRepeated##Kind(from, step.from, i));            \
  }                                                                                  \
  break

bool MessageCopier::CopyElements(const Step& step, const pb::Message& from, pb::Message* to,
                                 Left* left) {
  const pb::Reflection& in = *from.GetReflection();
  const pb::Reflection& out = *to->GetReflection();
  std::string space;
  const int size = in.FieldSize(from, step.from);
  left->bytes -= size;
  if (step.to->is_map()) out.ClearField(to, step.to);
  const int old_size = out.FieldSize(*to, step.to);
  for (int i = size; i < old_size; ++i) out.RemoveLast(to, step.to);
  for (int i = 0; i < size; ++i) {
    const bool is_there = i < old_size;
    switch (step.from->cpp_type()) {
      case pb::FieldDescriptor::CPPTYPE_INT32:
        FRONTDESK_COPY_ELEMENT(Int32);
      case pb::FieldDescriptor::CPPTYPE_INT64:
        FRONTDESK_COPY_ELEMENT(Int64);
      case pb::FieldDescriptor::CPPTYPE_UINT32:
        FRONTDESK_COPY_ELEMENT(UInt32);
      case pb::FieldDescriptor::CPPTYPE_UINT64:
        FRONTDESK_COPY_ELEMENT(UInt64);
      case pb::FieldDescriptor::CPPTYPE_DOUBLE:
        FRONTDESK_COPY_ELEMENT(Double);
      case pb::FieldDescriptor::CPPTYPE_FLOAT:
        FRONTDESK_COPY_ELEMENT(Float);
      case pb::FieldDescriptor::CPPTYPE_BOOL:
        FRONTDESK_COPY_ELEMENT(Bool);
      case pb::FieldDescriptor::CPPTYPE_ENUM:
        FRONTDESK_COPY_ELEMENT(EnumValue);
      case pb::FieldDescriptor::CPPTYPE_STRING: {
        const std::string& text = in.GetRepeatedStringReference(from, step.from, i, &space);
        left->bytes -= static_cast<int64_t>(text.size());
        if (left->bytes < 0) return false;
        if (is_there) {
          out.SetRepeatedString(to, step.to, i, text);
        } else {
          out.AddString(to, step.to, text);
        }
        break;
      }
      case pb::FieldDescriptor::CPPTYPE_MESSAGE: {
        pb::Message* const element =
            is_there ? out.MutableRepeatedMessage(to, step.to, i) : out.AddMessage(to, step.to);
        if (!CopyBy(*step.plan, in.GetRepeatedMessage(from, step.from, i), element, left)) {
          return false;
        }
        break;
      }
    }
  }
  return true;
}
#undef FRONTDESK_COPY_ELEMENT

MessageInputs::MessageInputs(std::shared_ptr<Descriptors> descriptors,
                             const google::protobuf::Descriptor* type,
                             std::optional<ReadParts> reads)
    : descriptors_(std::move(descriptors)),
      prototype_(descriptors_->factory()->GetPrototype(type)),
      reads_(std::move(reads)) {}

std::unique_ptr<google::protobuf::Message> MessageInputs::Read(const py::handle& object) {
  const google::protobuf::Message* const message = FindMessage(object);
  if (message == nullptr) return nullptr;
  const MessageCopier* const copier = CopierOf(object, *message);
  if (copier == nullptr) return nullptr;
  std::unique_ptr<google::protobuf::Message> input = spares_.Take();
  if (input == nullptr) input.reset(prototype_->New());
  if (!copier->Copy(*message, input.get())) return nullptr;
  return input;
}

void MessageInputs::Give(std::unique_ptr<google::protobuf::Message> message) {
  if (++given_ % kMaxReuse == 0) return;
  spares_.Give(std::move(message));
}

const MessageCopier* MessageInputs::CopierOf(const py::handle& object,
                                             const google::protobuf::Message& message) {
  const py::handle type = py::type::handle_of(object);
  for (const Known& known : known_) {
    if (known.type->is(type)) return known.copier.get();
  }
  if (known_.size() >= kMaxKnownClasses) {
    // The end of a class may run code of the host, which may come back here.
    const Known oldest = std::move(known_.front());
    known_.erase(known_.begin());
  }
  known_.push_back({Share(py::reinterpret_borrow<py::object>(type)),
                    MessageCopier::Make(message.GetDescriptor(), prototype_->GetDescriptor(),
                                        reads_.has_value() ? &*reads_ : nullptr)});
  return known_.back().copier.get();
}

}  // namespace frontdesk::python
