#include "rules/rule_environment.h"

namespace frontdesk {
namespace rules {

std::string ContainerOf(const CompileOptions& options, const google::protobuf::Descriptor* input) {
  if (options.container.has_value()) return *options.container;
  return input == nullptr ? "" : input->file()->package();
}

absl::StatusOr<std::shared_ptr<const cel::Environment>> MakeRuleEnvironment(
    const CompileOptions& options, EnvironmentMap* made,
    const google::protobuf::Descriptor& input) {
  if (made != nullptr) {
    const auto found = made->find(&input);
    if (found != made->end()) return found->second;
  }
  cel::EnvironmentBuilder builder;
  const google::protobuf::DescriptorPool* pool = input.file()->pool();
  if (pool != google::protobuf::DescriptorPool::generated_pool()) builder.SetDescriptorPool(pool);
  builder.SetRootMessage(&input);
  builder.SetContainer(ContainerOf(options, &input));
  builder.SetLimits(options.expression_limits);
  if (options.time_zones != nullptr) builder.SetTimeZones(options.time_zones);
  if (options.accessors != nullptr) builder.AddAccessors(*options.accessors);
  for (const auto& [name, overload] : options.functions) builder.AddFunction(name, overload);
  for (const auto& [op, overload] : options.operators) builder.AddOperator(op, overload);
  for (const CompileOptions::LiteralHint& hint : options.literal_hints) {
    builder.AddLiteralHint(hint.message, hint.text, hint.example);
  }
  absl::StatusOr<std::shared_ptr<const cel::Environment>> environment = builder.Build();
  if (environment.ok() && made != nullptr) made->emplace(&input, *environment);
  return environment;
}

}  // namespace rules
}  // namespace frontdesk
