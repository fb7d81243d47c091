// The accessors of the test shop, written by hand.
#include "cel/shop.h"

namespace frontdesk::cel::testing {
namespace {

using MessageRef = const google::protobuf::Message&;

template <typename T>
const T& As(MessageRef message) {
  return static_cast<const T&>(message);
}

constexpr FieldAccessor kMoney[] = {
    FieldAccessor::String(
        1, [](MessageRef m) -> absl::string_view { return As<Money>(m).currency(); }),
    FieldAccessor::Int(2, [](MessageRef m) -> int64_t { return As<Money>(m).units(); }),
    FieldAccessor::Int(3, [](MessageRef m) -> int64_t { return As<Money>(m).nanos(); }),
};

constexpr FieldAccessor kCustomer[] = {
    FieldAccessor::String(1,
                          [](MessageRef m) -> absl::string_view { return As<Customer>(m).id(); }),
    FieldAccessor::Int(2, [](MessageRef m) -> int64_t { return As<Customer>(m).tier(); }),
    FieldAccessor::String(
        3, [](MessageRef m) -> absl::string_view { return As<Customer>(m).email(); }),
    FieldAccessor::Bool(4, [](MessageRef m) { return As<Customer>(m).blocked(); }),
    FieldAccessor::Int(
        5, [](MessageRef m) -> int64_t { return As<Customer>(m).age(); },
        [](MessageRef m) { return As<Customer>(m).has_age(); }),
    FieldAccessor::RepeatedString(
        6, [](MessageRef m, int i) -> absl::string_view { return As<Customer>(m).tags(i); },
        [](MessageRef m) { return As<Customer>(m).tags_size(); }),
};

constexpr FieldAccessor kLine[] = {
    FieldAccessor::String(1,
                          [](MessageRef m) -> absl::string_view { return As<Line>(m).product(); }),
    FieldAccessor::Int(2, [](MessageRef m) -> int64_t { return As<Line>(m).quantity(); }),
    FieldAccessor::Message(
        3, [](MessageRef m) -> const google::protobuf::Message* { return &As<Line>(m).price(); },
        [](MessageRef m) { return As<Line>(m).has_price(); }),
    FieldAccessor::Double(4, [](MessageRef m) { return As<Line>(m).weight(); }),
    FieldAccessor::Uint(5, [](MessageRef m) -> uint64_t { return As<Line>(m).serial(); }),
};

constexpr FieldAccessor kOrder[] = {
    FieldAccessor::String(1, [](MessageRef m) -> absl::string_view { return As<Order>(m).id(); }),
    FieldAccessor::Int(2, [](MessageRef m) -> int64_t { return As<Order>(m).state(); }),
    FieldAccessor::Message(
        3, [](MessageRef m) -> const google::protobuf::Message* { return &As<Order>(m).total(); },
        [](MessageRef m) { return As<Order>(m).has_total(); }),
    FieldAccessor::Timestamp(
        4,
        [](MessageRef m) {
          const auto& time = As<Order>(m).delivered_time();
          return TimeParts{time.seconds(), time.nanos()};
        },
        [](MessageRef m) { return As<Order>(m).has_delivered_time(); }),
    FieldAccessor::Duration(
        5,
        [](MessageRef m) {
          const auto& time = As<Order>(m).grace();
          return TimeParts{time.seconds(), time.nanos()};
        },
        [](MessageRef m) { return As<Order>(m).has_grace(); }),
    FieldAccessor::RepeatedMessage(
        6,
        [](MessageRef m, int i) -> const google::protobuf::Message* {
          return &As<Order>(m).lines(i);
        },
        [](MessageRef m) { return As<Order>(m).lines_size(); }),
    FieldAccessor::String(
        8, [](MessageRef m) -> absl::string_view { return As<Order>(m).signature(); }),
    FieldAccessor::RepeatedInt(
        11, [](MessageRef m, int i) -> int64_t { return As<Order>(m).points(i); },
        [](MessageRef m) { return As<Order>(m).points_size(); }),
    FieldAccessor::RepeatedInt(
        12, [](MessageRef m, int i) -> int64_t { return As<Order>(m).tiers(i); },
        [](MessageRef m) { return As<Order>(m).tiers_size(); }),
};

constexpr FieldAccessor kInput[] = {
    FieldAccessor::Message(
        1, [](MessageRef m) -> const google::protobuf::Message* { return &As<Input>(m).order(); },
        [](MessageRef m) { return As<Input>(m).has_order(); }),
    FieldAccessor::Message(
        2,
        [](MessageRef m) -> const google::protobuf::Message* { return &As<Input>(m).customer(); },
        [](MessageRef m) { return As<Input>(m).has_customer(); }),
    FieldAccessor::Timestamp(
        3,
        [](MessageRef m) {
          const auto& time = As<Input>(m).now();
          return TimeParts{time.seconds(), time.nanos()};
        },
        [](MessageRef m) { return As<Input>(m).has_now(); }),
    // A well-known type through a plain message getter: it is unpacked all the same.
    FieldAccessor::Message(
        8, [](MessageRef m) -> const google::protobuf::Message* { return &As<Input>(m).limit(); },
        [](MessageRef m) { return As<Input>(m).has_limit(); }),
    FieldAccessor::String(9, [](MessageRef m) -> absl::string_view { return As<Input>(m).note(); }),
    FieldAccessor::Int(10, [](MessageRef m) -> int64_t { return As<Input>(m).count(); }),
    FieldAccessor::Uint(11, [](MessageRef m) -> uint64_t { return As<Input>(m).small(); }),
    FieldAccessor::Double(12, [](MessageRef m) { return As<Input>(m).ratio(); }),
    FieldAccessor::Bool(13, [](MessageRef m) { return As<Input>(m).flag(); }),
};

}  // namespace

const AccessorTable& ShopAccessors() {
  static const AccessorTable* const table = [] {
    auto* made = new AccessorTable;
    EXPECT_TRUE(made->Add(Money::descriptor(), kMoney).ok());
    EXPECT_TRUE(made->Add(Customer::descriptor(), kCustomer).ok());
    EXPECT_TRUE(made->Add(Line::descriptor(), kLine).ok());
    EXPECT_TRUE(made->Add(Order::descriptor(), kOrder).ok());
    EXPECT_TRUE(made->Add(Input::descriptor(), kInput).ok());
    return made;
  }();
  return *table;
}

}  // namespace frontdesk::cel::testing
