// Refining random commands about cases: see Generator in random_commands.h.
#ifndef FRONTDESK_TESTS_DESK_RANDOM_CASES_H_
#define FRONTDESK_TESTS_DESK_RANDOM_CASES_H_

#include "desk/random_commands.h"
#include "frontdesk/v1/command.pb.h"
#include "frontdesk/v1/common.pb.h"
#include "frontdesk/v1/interaction.pb.h"

namespace frontdesk {
namespace testing {

// Makes of a filled source one that an import can name.
void ComeFromElsewhere(v1::ImportSource* source);
// Makes of a filled part one that can be added.
void RepairPart(v1::InteractionPart* part);
// The same; most of them are new ones.
void RepairPart(RandomCommands& random, v1::InteractionPart* part);

void OpenCase(RandomCommands& random, v1::Command* command);
void AddCasePart(RandomCommands& random, v1::Command* command);
void ImportCase(RandomCommands& random, v1::Command* command);
void AssignCase(RandomCommands& random, v1::Command* command);
void TransferCase(RandomCommands& random, v1::Command* command);
void AcceptCaseTransfer(RandomCommands& random, v1::Command* command);
void ConsultOnCase(RandomCommands& random, v1::Command* command);
void AnswerCaseConsultation(RandomCommands& random, v1::Command* command);
void EscalateCase(RandomCommands& random, v1::Command* command);
void ReferCase(RandomCommands& random, v1::Command* command);
void ChangeCaseSubject(RandomCommands& random, v1::Command* command);
void WithdrawReferral(RandomCommands& random, v1::Command* command);
void PrioritizeCase(RandomCommands& random, v1::Command* command);
void NameCaseState(RandomCommands& random, v1::Command* command);
void ReopenCase(RandomCommands& random, v1::Command* command);
void ResumeCase(RandomCommands& random, v1::Command* command);
void PauseCase(RandomCommands& random, v1::Command* command);
void ResolveCase(RandomCommands& random, v1::Command* command);
void CloseCase(RandomCommands& random, v1::Command* command);
void CancelCase(RandomCommands& random, v1::Command* command);
void CorrectResolution(RandomCommands& random, v1::Command* command);
// Makes a span valid.
void RepairSpan(RandomCommands& random, v1::TimeSpan* span);
void CompleteCaseTask(RandomCommands& random, v1::Command* command);
void RemoveCaseTask(RandomCommands& random, v1::Command* command);
void ChangeCaseExternalIds(RandomCommands& random, v1::Command* command);
void AddCaseParticipant(RandomCommands& random, v1::Command* command);
void RemoveCaseParticipant(RandomCommands& random, v1::Command* command);

}  // namespace testing
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_DESK_RANDOM_CASES_H_
