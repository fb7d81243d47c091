// The analysis of a rule set, for Python.
#ifndef FRONTDESK_PYTHON_RULE_ANALYSIS_H_
#define FRONTDESK_PYTHON_RULE_ANALYSIS_H_

#include <cstdint>

#include "bridge.h"
#include "frontdesk/rules/rule_set.h"

namespace frontdesk::python {

// ([rule], [overlap], (overlaps complete, undecided pairs), gap, is_complete) with
//   rule: (id, condition, reach, reached or None, instant or None, [covering id], duplicate of, text)
//   overlap: (id, other id, is violation, [difference], input, instant or None, text)
//   gap: (verdict, input or None, instant or None, text)
// Verdicts are numbers of their enums, inputs are bytes. Runs without the GIL where no function of Python is called.
py::tuple AnalyzeRules(const rules::RuleSet& rule_set, bool find_overlaps, bool find_gap,
                       int64_t max_overlaps, int64_t max_steps);

}  // namespace frontdesk::python

#endif  // FRONTDESK_PYTHON_RULE_ANALYSIS_H_
