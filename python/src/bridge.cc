#include "bridge.h"

#include <map>
#include <set>

#include "absl/strings/cord.h"
#include "frontdesk/base/error.h"
#include "frontdesk/decide/parse.h"
#include "frontdesk/desk/reasons.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/dynamic_message.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace frontdesk::python {
namespace {

namespace pb = google::protobuf;

// Collects the errors in files, instead of writing them to stderr.
class Errors : public pb::DescriptorPool::ErrorCollector {
 public:
  void AddError(const std::string& filename, const std::string& element_name, const pb::Message*,
                ErrorLocation, const std::string& message) override {
    if (!text_.empty()) text_ += "; ";
    text_ += filename + ": " + element_name + ": " + message;
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

void ClearJsonNames(pb::DescriptorProto* message) {
  for (pb::FieldDescriptorProto& field : *message->mutable_field()) field.clear_json_name();
  for (pb::FieldDescriptorProto& field : *message->mutable_extension()) field.clear_json_name();
  for (pb::DescriptorProto& nested : *message->mutable_nested_type()) ClearJsonNames(&nested);
}

// The part that two descriptions of one file must share to be the same: all but source positions
// and JSON names.
std::string Essence(pb::FileDescriptorProto file) {
  file.clear_source_code_info();
  for (pb::FieldDescriptorProto& field : *file.mutable_extension()) field.clear_json_name();
  for (pb::DescriptorProto& message : *file.mutable_message_type()) ClearJsonNames(&message);
  return Serialize(file);
}

using FileMap = std::map<std::string, pb::FileDescriptorProto>;

// True when every file is linked in with the same content.
bool AllGenerated(const FileMap& files) {
  for (const auto& [name, file] : files) {
    const pb::FileDescriptor* linked = pb::DescriptorPool::generated_pool()->FindFileByName(name);
    if (linked == nullptr) return false;
    pb::FileDescriptorProto copy;
    linked->CopyTo(&copy);
    if (Essence(copy) != Essence(file)) return false;
  }
  return true;
}

// Adds what `files` import and do not hold, as far as it is linked in.
void AddImports(FileMap* files) {
  std::vector<std::string> wanted;
  for (const auto& [name, file] : *files) {
    wanted.insert(wanted.end(), file.dependency().begin(), file.dependency().end());
  }
  while (!wanted.empty()) {
    const std::string name = wanted.back();
    wanted.pop_back();
    if (files->count(name) > 0) continue;
    const pb::FileDescriptor* linked = pb::DescriptorPool::generated_pool()->FindFileByName(name);
    if (linked == nullptr) continue;
    pb::FileDescriptorProto& copy = (*files)[name];
    linked->CopyTo(&copy);
    wanted.insert(wanted.end(), copy.dependency().begin(), copy.dependency().end());
  }
}

// The well-known types, which texts may name whether or not a file imports them.
constexpr const char* kWellKnownFiles[] = {
    "google/protobuf/any.proto",      "google/protobuf/duration.proto",
    "google/protobuf/struct.proto",   "google/protobuf/timestamp.proto",
    "google/protobuf/wrappers.proto",
};

// Builds `files` into `pool`, imports first, without recursion: a file goes in once all that it
// imports is in.
void BuildAll(FileMap files, pb::DescriptorPool* pool) {
  while (!files.empty()) {
    bool progress = false;
    for (auto it = files.begin(); it != files.end();) {
      bool ready = true;
      for (const std::string& import : it->second.dependency()) {
        if (files.count(import) > 0 && import != it->first) ready = false;
      }
      if (!ready) {
        ++it;
        continue;
      }
      Errors errors;
      if (pool->BuildFileCollectingErrors(it->second, &errors) == nullptr) {
        throw py::value_error("descriptors do not fit together: " + errors.text());
      }
      it = files.erase(it);
      progress = true;
    }
    if (!progress) {
      throw py::value_error("descriptors do not fit together: " + files.begin()->first +
                            " takes part in an import cycle");
    }
  }
}

// An IdSource that asks a Python function.
class PythonIdSource : public IdSource {
 public:
  explicit PythonIdSource(py::object next_id) : next_id_(Share(std::move(next_id))) {}

  std::string NextId(absl::Time now) override {
    const GilHeld held;
    const TimeTuple parts = FromTime(now);
    return py::cast<std::string>(
        CallPython(*next_id_, py::make_tuple(std::get<0>(parts), std::get<1>(parts))));
  }

 private:
  std::shared_ptr<py::object> next_id_;
};

class GuardedIdSource : public IdSource {
 public:
  explicit GuardedIdSource(std::shared_ptr<IdSource> source) : source_(std::move(source)) {}

  std::string NextId(absl::Time now) override {
    // Its lock is held while its function runs.
    const Entry entry(this);
    return source_.get()->NextId(now);
  }

 private:
  // One call, on the stack of its thread.
  class Entry {
   public:
    explicit Entry(const GuardedIdSource* source) : source_(source), outer_(innermost_) {
      for (const Entry* entry = outer_; entry != nullptr; entry = entry->outer_) {
        if (entry->source_ == source) {
          throw StatusError(
              MakeError(kReasonDeskReentered,
                        "the call comes from the function that the id source is calling"));
        }
      }
      innermost_ = this;
    }
    ~Entry() { innermost_ = outer_; }
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;

   private:
    static thread_local const Entry* innermost_;
    const GuardedIdSource* const source_;
    const Entry* const outer_;
  };

  Unforked<IdSource> source_;
};
thread_local const GuardedIdSource::Entry* GuardedIdSource::Entry::innermost_ = nullptr;

}  // namespace

void ParseInto(absl::string_view bytes, google::protobuf::Message* message) {
  ThrowIfError(ParseBytes(bytes, message));
}

std::string Serialize(const google::protobuf::Message& message) {
  std::string result;
  {
    pb::io::StringOutputStream stream(&result);
    pb::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    message.SerializePartialToCodedStream(&coded);
  }
  return result;
}

py::tuple StatusTuple(const absl::Status& status) {
  py::object payload = py::none();
  if (const absl::optional<absl::Cord> detail = status.GetPayload(kErrorDetailTypeUrl)) {
    payload = Bytes(std::string(*detail));
  }
  return py::make_tuple(static_cast<int>(status.code()), Str(status.message()), payload);
}

py::list BytesList(const std::vector<std::string>& values) {
  py::list result;
  for (const std::string& value : values) result.append(py::bytes(value));
  return result;
}

absl::Time ToTime(const TimeTuple& parts) {
  return absl::FromUnixSeconds(std::get<0>(parts)) + absl::Nanoseconds(std::get<1>(parts));
}

absl::optional<absl::Time> ToOptionalTime(const std::optional<TimeTuple>& parts) {
  if (!parts.has_value()) return absl::nullopt;
  return ToTime(*parts);
}

TimeTuple FromTime(absl::Time time) {
  const int64_t seconds = absl::ToUnixSeconds(time);
  const absl::Duration rest = time - absl::FromUnixSeconds(seconds);
  return {seconds, static_cast<int32_t>(absl::ToInt64Nanoseconds(rest))};
}

Descriptors::Descriptors()
    : pool_(pb::DescriptorPool::generated_pool()),
      factory_(pb::MessageFactory::generated_factory()) {}

std::shared_ptr<Descriptors> Descriptors::Generated() {
  // Never destroyed: programs may outlive the interpreter's modules.
  static const auto* const generated =
      new std::shared_ptr<Descriptors>(new Descriptors());  // The constructor is private.
  return *generated;
}

std::shared_ptr<Descriptors> Descriptors::FromFiles(const std::vector<std::string>& files) {
  FileMap by_name;
  for (const std::string& bytes : files) {
    pb::FileDescriptorProto file;
    if (!file.ParseFromString(bytes)) throw py::value_error("a file descriptor cannot be read");
    by_name[file.name()] = std::move(file);
  }
  AddImports(&by_name);
  if (AllGenerated(by_name)) return Generated();
  for (const char* name : kWellKnownFiles) {
    if (by_name.count(name) > 0) continue;
    const pb::FileDescriptor* linked = pb::DescriptorPool::generated_pool()->FindFileByName(name);
    if (linked != nullptr) linked->CopyTo(&by_name[name]);
  }
  std::shared_ptr<Descriptors> result(new Descriptors());
  result->own_pool_ = std::make_unique<pb::DescriptorPool>();
  BuildAll(std::move(by_name), result->own_pool_.get());
  result->own_factory_ = std::make_unique<pb::DynamicMessageFactory>(result->own_pool_.get());
  result->pool_ = result->own_pool_.get();
  result->factory_ = result->own_factory_.get();
  return result;
}

const pb::Descriptor* Descriptors::Find(const std::string& full_name) const {
  const pb::Descriptor* descriptor = pool_->FindMessageTypeByName(full_name);
  if (descriptor == nullptr) throw py::value_error("no message type " + full_name);
  return descriptor;
}

std::unique_ptr<pb::Message> Descriptors::Read(const std::string& full_name,
                                               absl::string_view bytes) const {
  std::unique_ptr<pb::Message> message(factory_->GetPrototype(Find(full_name))->New());
  ParseInto(bytes, message.get());
  return message;
}

std::shared_ptr<py::object> Share(py::object object) {
  return std::shared_ptr<py::object>(new py::object(std::move(object)), [](py::object* held) {
    if (!CanHoldGil()) return;  // The interpreter is gone or goes, and the object with it.
    const GilHeld gil;
    delete held;
  });
}

std::shared_ptr<IdSource> GuardIdSource(std::shared_ptr<IdSource> source) {
  return std::make_shared<GuardedIdSource>(std::move(source));
}

std::shared_ptr<IdSource> ToIdSource(const py::object& source) {
  if (source.is_none()) return nullptr;
  if (py::isinstance<IdSource>(source)) return py::cast<std::shared_ptr<IdSource>>(source);
  return std::make_shared<PythonIdSource>(source);
}

void BindBridge(py::module_& module) {
  py::class_<Descriptors, std::shared_ptr<Descriptors>>(module, "Descriptors")
      .def_static("generated", &Descriptors::Generated)
      .def_static(
          "from_files",
          [](const py::list& files) {
            std::vector<std::string> bytes;
            for (const py::handle& file : files) bytes.push_back(py::cast<std::string>(file));
            return WithoutGil([&] { return Descriptors::FromFiles(bytes); });
          },
          py::arg("files"))
      .def_property_readonly("is_generated", &Descriptors::generated)
      .def(
          "has_message",
          [](const Descriptors& self, const std::string& full_name) {
            return self.pool()->FindMessageTypeByName(full_name) != nullptr;
          },
          py::arg("full_name"));
}

}  // namespace frontdesk::python
