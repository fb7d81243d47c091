// Links the generated classes of the messages in the cases into a program.
#include "cel/expr/conformance/proto2/test_all_types.pb.h"
#include "cel/expr/conformance/proto2/test_all_types_extensions.pb.h"
#include "cel/expr/conformance/proto3/test_all_types.pb.h"
#include "google/protobuf/struct.pb.h"

namespace frontdesk::cel::conformance {

// A reference to one message of a file is enough.
extern const google::protobuf::Descriptor* const kLinkedTypes[] = {
    ::cel::expr::conformance::proto2::TestAllTypes::descriptor(),
    ::cel::expr::conformance::proto3::TestAllTypes::descriptor(),
    ::cel::expr::conformance::proto2::Proto2ExtensionScopedMessage::descriptor(),
    google::protobuf::Struct::descriptor(),
};

}  // namespace frontdesk::cel::conformance
