// The parts of its variables that an expression reads, found without running it.
#ifndef FRONTDESK_PYTHON_SRC_CEL_READS_H_
#define FRONTDESK_PYTHON_SRC_CEL_READS_H_

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "frontdesk/cel/ast.h"

namespace frontdesk::python {

// The parts of one value that are read. The others have no influence on the result.
struct ReadPart {
  // All of it.
  bool is_whole = false;
  // The entries of a map by their keys, which are strings.
  std::map<std::string, ReadPart> entries;
  // The elements of a list, the values of a map: all of them are there, and this much of each is read. Null: no element is.
  std::unique_ptr<ReadPart> elements;
};

// By the name of a variable, or of a field of the root message. One that is missing here is not read.
using ReadParts = std::map<std::string, ReadPart, std::less<>>;

// The reads of `root`, whichever branches are evaluated: never less than an evaluation reads. Empty when they are not known, because
// an unchecked expression has an unknown name. With `is_traced` also the parts of a message that a trace of rules shows.
std::optional<ReadParts> FindReadParts(const cel::Expr& root, bool is_traced = false);

// Adds the reads of `from` to those of `to`.
void MergeReadPart(ReadPart from, ReadPart* to);

}  // namespace frontdesk::python

#endif  // FRONTDESK_PYTHON_SRC_CEL_READS_H_
