// Money, ids, contact points and the table of reasons: frontdesk/base.
#include <pybind11/stl.h>

#include <functional>
#include <string>
#include <vector>

#include "bridge.h"
#include "frontdesk/all_reasons.h"
#include "frontdesk/base/contact_point.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/id.h"
#include "frontdesk/base/id_text.h"
#include "frontdesk/base/money.h"

namespace frontdesk::python {
namespace {

v1::Rounding ToRounding(int number) { return static_cast<v1::Rounding>(number); }

template <typename T>
py::bytes SerializeOrThrow(absl::StatusOr<T> message) {
  return py::bytes(Serialize(ValueOrThrow(std::move(message))));
}

v1::Money ToMoney(const py::bytes& bytes) { return Parse<v1::Money>(View(bytes)); }
v1::UnitPrice ToUnitPrice(const py::bytes& bytes) { return Parse<v1::UnitPrice>(View(bytes)); }

void BindReading(py::module_& module) {
  module.def("money_currencies", [] {
    py::list result;
    for (const CurrencyInfo& info : Currencies()) {
      result.append(py::make_tuple(Str(info.code), info.number, info.exponent));
    }
    return result;
  });
  module.def("money_currency_exponent",
             [](const std::string& code) { return ValueOrThrow(CurrencyExponent(code)); });
  module.def("money_make", [](int64_t units, const std::string& code) {
    return SerializeOrThrow(MakeMoney(units, code));
  });
  module.def("money_parse", [](const std::string& text, const std::string& code, int rounding) {
    return SerializeOrThrow(rounding == 0 ? ParseMoney(text, code)
                                          : ParseMoney(text, code, ToRounding(rounding)));
  });
  module.def("money_format_amount",
             [](const py::bytes& money) { return ValueOrThrow(FormatAmount(ToMoney(money))); });
  module.def("money_format", [](const py::bytes& money) { return FormatMoney(ToMoney(money)); });
  module.def("money_check",
             [](const py::bytes& money) { ThrowIfError(CheckMoney(ToMoney(money))); });
}

void BindArithmetic(py::module_& module) {
  module.def("money_add", [](const py::bytes& a, const py::bytes& b) {
    return SerializeOrThrow(AddMoney(ToMoney(a), ToMoney(b)));
  });
  module.def("money_subtract", [](const py::bytes& a, const py::bytes& b) {
    return SerializeOrThrow(SubtractMoney(ToMoney(a), ToMoney(b)));
  });
  module.def("money_negate",
             [](const py::bytes& a) { return SerializeOrThrow(NegateMoney(ToMoney(a))); });
  module.def("money_sum", [](const std::vector<py::bytes>& amounts, const std::string& code) {
    std::vector<v1::Money> values;
    for (const py::bytes& amount : amounts) values.push_back(ToMoney(amount));
    return SerializeOrThrow(WithoutGil([&] { return SumMoney(values, code); }));
  });
  module.def("money_compare", [](const py::bytes& a, const py::bytes& b) {
    return ValueOrThrow(CompareMoney(ToMoney(a), ToMoney(b)));
  });
  module.def("money_multiply",
             [](const py::bytes& money, int64_t numerator, int64_t denominator, int rounding) {
               return SerializeOrThrow(
                   MultiplyMoney(ToMoney(money), numerator, denominator, ToRounding(rounding)));
             });
  module.def("money_allocate", [](const py::bytes& total, const std::vector<int64_t>& weights) {
    const v1::Money whole = ToMoney(total);
    return BytesList(
        WithoutGil([&] { return SerializeAll(ValueOrThrow(AllocateMoney(whole, weights))); }));
  });
  module.def("money_allocate_cumulative", [](const py::bytes& total, int64_t weight_so_far,
                                             int64_t weight_whole, const py::bytes& given) {
    return SerializeOrThrow(
        AllocateCumulative(ToMoney(total), weight_so_far, weight_whole, ToMoney(given)));
  });
}

void BindPrices(py::module_& module) {
  module.def("unit_price_parse", [](const std::string& text, const std::string& code) {
    return SerializeOrThrow(ParseUnitPrice(text, code));
  });
  module.def("unit_price_format",
             [](const py::bytes& price) { return FormatUnitPrice(ToUnitPrice(price)); });
  module.def("unit_price_check",
             [](const py::bytes& price) { ThrowIfError(CheckUnitPrice(ToUnitPrice(price))); });
  module.def("unit_price_of",
             [](const py::bytes& money) { return SerializeOrThrow(UnitPriceOf(ToMoney(money))); });
  module.def("unit_price_compare", [](const py::bytes& a, const py::bytes& b) {
    return ValueOrThrow(CompareUnitPrice(ToUnitPrice(a), ToUnitPrice(b)));
  });
  module.def("unit_price_times", [](const py::bytes& price, int64_t quantity, int rounding) {
    return SerializeOrThrow(PriceTimes(ToUnitPrice(price), quantity, ToRounding(rounding)));
  });
  module.def("unit_price_lines", [](const std::vector<std::tuple<py::bytes, int64_t>>& lines,
                                    const std::string& code, int level, int rounding) {
    std::vector<PricedQuantity> priced;
    for (const auto& [price, quantity] : lines) {
      priced.push_back({ToUnitPrice(price), quantity});
    }
    return BytesList(WithoutGil([&] {
      return SerializeAll(ValueOrThrow(
          PriceLines(priced, code, static_cast<v1::RoundingLevel>(level), ToRounding(rounding))));
    }));
  });
}

void BindIds(py::module_& module) {
  // Locks inside an id source are only ever acquired without the GIL, so that they and the GIL
  // cannot wait for each other. Each source that Python has is a guarded one.
  py::class_<IdSource, std::shared_ptr<IdSource>>(module, "IdSource")
      .def("next_id", [](IdSource& self, int64_t seconds, int32_t nanos) {
        return WithoutGil([&] { return self.NextId(ToTime({seconds, nanos})); });
      });
  module.def("ids_time_ordered", [](py::object random) -> std::shared_ptr<IdSource> {
    std::shared_ptr<py::object> shared = Share(std::move(random));
    return GuardIdSource(std::make_shared<TimeOrderedIdSource>([shared]() -> uint64_t {
      const GilHeld held;
      return py::cast<uint64_t>(CallPython(*shared, py::tuple()));
    }));
  });
  module.def("ids_sequence",
             [](const std::string& prefix, uint64_t first) -> std::shared_ptr<IdSource> {
               return GuardIdSource(std::make_shared<SequenceIdSource>(prefix, first));
             });
  module.def("ids_import_id", [](const std::string& system, const std::string& raw) {
    return ImportId(system, raw);
  });
  module.def("ids_time_of", [](const std::string& id) -> py::object {
    const absl::Time time = TimeOfId(id);
    if (time == absl::InfinitePast()) return py::none();
    return py::cast(FromTime(time));
  });
}

}  // namespace

void BindBase(py::module_& module) {
  BindReading(module);
  BindArithmetic(module);
  BindPrices(module);
  BindIds(module);
  module.def("contact_normalize",
             [](int kind, const std::string& as_typed, const std::string& region_code) {
               const NormalizedContactPoint contact = WithoutGil([&] {
                 return ValueOrThrow(NormalizeContactPoint(
                     static_cast<v1::ContactPoint::Kind>(kind), as_typed, region_code));
               });
               return py::make_tuple(contact.canonical, contact.match_key);
             });
  module.def("contact_has_phone_library", &HasPhoneLibrary);
  module.def("contact_load_phone_metadata", [] { WithoutGil([] { LoadPhoneMetadata(); }); });
  module.def("reasons", [] {
    py::list result;
    for (const Reason& info : AllReasons()) {
      result.append(py::make_tuple(Str(info.word), static_cast<int>(info.code), Str(info.text)));
    }
    return result;
  });
}

}  // namespace frontdesk::python
