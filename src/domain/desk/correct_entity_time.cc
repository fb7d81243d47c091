#include "domain/desk/desk_draft.h"
#include "domain/interaction_part.h"
#include "frontdesk/domain/desk/reasons.h"
#include "frontdesk/domain/reasons.h"

namespace frontdesk {
namespace domain {

void CheckCorrectEntityTime(const FieldPath& root, const v1::DeskCommand& command,
                            ArgumentChecker* checker) {
  const v1::CorrectEntityTime& verb = command.correct_entity_time();
  CheckAnyEntity({&root, "entity"}, verb.has_entity(), verb.entity(), checker);
  const FieldPath time{&root, "update_time"};
  if (checker->RequireMessage(time, verb.has_update_time())) {
    checker->CheckTime(time, true, verb.update_time());
  }
}

void DecideCorrectEntityTime(DeskDraft* draft) {
  const v1::CorrectEntityTime& verb = draft->command().correct_entity_time();
  const google::protobuf::Timestamp& before = draft->input().update_time();
  if (!draft->input().has_update_time() || IsBefore(before, verb.update_time())) {
    draft->Refuse(kReasonDeskCorrectEntityTimeLater, "correct_entity_time.update_time");
    return;
  }
  if (!IsBefore(verb.update_time(), before)) return;
  v1::EntityTimeCorrected& fact =
      *draft->AddEvent().mutable_desk()->mutable_entity_time_corrected();
  *fact.mutable_update_time() = verb.update_time();
  *fact.mutable_before_update_time() = before;
}

}  // namespace domain
}  // namespace frontdesk
