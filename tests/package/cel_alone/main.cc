// A host that takes the expression language alone and evaluates over its own message: by reflection, and, when it is built
// with them, through the typed getters of frontdesk_generate_accessors().
#include <cstdio>
#include <memory>
#include <string>

#include "frontdesk/cel/cel.h"
#include "shop/claim.pb.h"
#ifdef WITH_ACCESSORS
#include "shop/accessors.h"
#endif

namespace {

int Fail(const std::string& what) {
  std::fprintf(stderr, "consumer: %s\n", what.c_str());
  return 1;
}

}  // namespace

int main() {
  frontdesk::cel::EnvironmentBuilder builder;
  builder.SetRootMessage(shop::Claim::descriptor()).SetContainer("shop");
#ifdef WITH_ACCESSORS
  builder.AddAccessors(shop::Accessors());
#endif
  const auto environment = builder.Build();
  if (!environment.ok()) return Fail(environment.status().ToString());
  const frontdesk::cel::CompileResult compiled =
      (*environment)
          ->Compile(
              "topic == Claim.Topic.TOPIC_DAMAGED && items.exists(i, i.cents > 5000) && "
              "bought_time > timestamp('2024-01-01T00:00:00Z') && notes.?photo.orValue('') != ''");
  if (!compiled.ok()) return Fail(frontdesk::cel::FormatIssues(compiled.issues));

  shop::Claim claim;
  claim.set_topic(shop::Claim::TOPIC_DAMAGED);
  claim.add_items()->set_cents(9900);
  claim.mutable_bought_time()->set_seconds(1'710'000'000);
  (*claim.mutable_notes())["photo"] = "claim.jpg";
  frontdesk::cel::Scratch scratch;
  const auto outcome = [&] { return compiled.program->EvaluateBool(claim, scratch); };
  if (outcome() != frontdesk::cel::BoolOutcome::kTrue) return Fail("the claim was not taken");
  claim.clear_notes();
  if (outcome() != frontdesk::cel::BoolOutcome::kFalse)
    return Fail("a claim without photo was taken");

  const frontdesk::cel::CompileResult broken = (*environment)->Compile("topik == 1");
  if (broken.ok() || broken.issues[0].column != 1) return Fail("a misspelt name was taken");
  std::puts("consumed");
}
