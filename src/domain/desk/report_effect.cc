#include "domain/desk/desk_draft.h"
#include "frontdesk/domain/reasons.h"
#include "frontdesk/v1/desk.pb.h"

namespace frontdesk {
namespace domain {

void CheckReportEffect(const FieldPath& root, const v1::DeskCommand& command,
                       ArgumentChecker* checker) {
  const v1::ReportEffect& verb = command.report_effect();
  CheckAnyEntity({&root, "entity"}, verb.has_entity(), verb.entity(), checker);
  checker->RequireText({&root, "effect_id"}, verb.effect_id());
  checker->CheckEnum(
      {&root, "result"}, verb.result(),
      verb.result() == v1::EFFECT_RESULT_DONE || verb.result() == v1::EFFECT_RESULT_FAILED);
  if (verb.result() == v1::EFFECT_RESULT_FAILED) {
    checker->RequireText({&root, "code"}, verb.code());
  } else {
    checker->Forbid({&root, "code"}, !verb.code().empty());
  }
}

void DecideReportEffect(DeskDraft* draft) {
  const v1::ReportEffect& verb = draft->command().report_effect();
  v1::EffectReported& reported = *draft->AddEvent().mutable_desk()->mutable_effect_reported();
  reported.set_effect_id(verb.effect_id());
  reported.set_result(verb.result());
  reported.set_reference(verb.reference());
  reported.set_code(verb.code());
}

}  // namespace domain
}  // namespace frontdesk
