// The records of an explanation while it evaluates. Private to cel/.
#ifndef FRONTDESK_CEL_TRACER_H_
#define FRONTDESK_CEL_TRACER_H_

#include <string>
#include <vector>

#include "cel/ast_data.h"
#include "frontdesk/cel/program.h"

namespace frontdesk::cel::cel_internal {

struct PlanNode;

class Tracer {
 public:
  Tracer(const AstData& ast, const ExplainOptions& options, Explanation* out)
      : ast_(ast),
        options_(options),
        out_(out),
        locals_(ast.max_locals),
        done_(ast.nodes.size()),
        last_(ast.nodes.size()) {}

  // A node was evaluated.
  void Record(int32_t index, const Value& value);
  // After the evaluation: what it left out below `root`. `nodes` holds null for parts of paths.
  void CollectSkipped(int32_t root, const std::vector<const PlanNode*>& nodes);

  // A local variable is element `key` (an index or a map key) of the value of node `range`, or that key itself.
  void BindElement(int32_t slot, int32_t range, const Value& key);
  // It is the value of node `value` itself.
  void BindAlias(int32_t slot, int32_t value) { locals_[slot] = Stopped() ? "" : PathOf(value); }
  void BindPlain(int32_t slot) { locals_[slot].clear(); }

 private:
  // After that many steps no more reads are looked for: their paths take longer than the evaluation itself.
  bool Stopped() const { return dropped_ > 65536; }
  // The path that node `index` reads, "" when it is none.
  std::string PathOf(int32_t index) const;

  const AstData& ast_;
  const ExplainOptions& options_;
  Explanation* out_;
  std::vector<std::string> locals_;  // The path of each local's value.
  size_t dropped_ = 0;               // Steps beyond max_steps.
  std::vector<bool> done_;           // Nodes that were evaluated.
  std::vector<Value> last_;          // The last value of each node, for indexes in paths.
};

}  // namespace frontdesk::cel::cel_internal

#endif  // FRONTDESK_CEL_TRACER_H_
