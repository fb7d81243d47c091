// The language over the host's own messages, with the typed getters that frontdesk_generate_accessors() made.
#include "frontdesk/cel/cel.h"
#include "shop/accessors.h"
#include "shop/parcel.pb.h"

bool ReadsOwnMessages() {
  frontdesk::cel::EnvironmentBuilder builder;
  builder.SetRootMessage(shop::Parcel::descriptor()).AddAccessors(shop::Accessors());
  const auto environment = builder.Build();
  if (!environment.ok()) return false;
  const frontdesk::cel::CompileResult compiled =
      (*environment)
          ->Compile(
              "carrier == 'fast' && value.units > 1000 && ship_time < "
              "timestamp('2024-01-01T00:00:00Z') && grams[1] == 250");
  if (!compiled.ok()) return false;

  shop::Parcel parcel;
  parcel.set_carrier("fast");
  parcel.mutable_value()->set_units(1500);
  parcel.mutable_ship_time()->set_seconds(1'700'000'000);
  parcel.add_grams(100);
  parcel.add_grams(250);
  frontdesk::cel::Scratch scratch;
  if (compiled.program->EvaluateBool(parcel, scratch) != frontdesk::cel::BoolOutcome::kTrue)
    return false;
  parcel.set_grams(1, 0);
  return compiled.program->EvaluateBool(parcel, scratch) == frontdesk::cel::BoolOutcome::kFalse;
}
