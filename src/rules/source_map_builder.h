// How the readers of texts fill a source map. Private to rules/.
#ifndef FRONTDESK_RULES_SOURCE_MAP_BUILDER_H_
#define FRONTDESK_RULES_SOURCE_MAP_BUILDER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "frontdesk/rules/source_map.h"

namespace frontdesk {
namespace rules {

// A run of a string's value that is in the text byte by byte: value byte `decoded + n` is text byte `source + n`. The value
// of an escape is a run of its own. The last run is empty and marks the end.
struct StringRun {
  size_t decoded = 0;
  size_t source = 0;
};

struct SourceMap::Rep {
  struct Field {
    size_t begin = 0;
    std::vector<StringRun> runs;  // Of string fields only.
  };

  std::string file;
  std::string text;
  std::vector<size_t> line_starts;
  absl::flat_hash_map<std::string, Field> fields;
};

// Collects places, then makes the map. Thread-compatible.
class SourceMapBuilder {
 public:
  SourceMapBuilder(absl::string_view file, absl::string_view text);

  // Says that the field begins at `begin`. The first place counts.
  void AddField(absl::string_view path, size_t begin);
  // Says where the value of a string field comes from; after AddField.
  void AddString(absl::string_view path, std::vector<StringRun> runs);

  // The map as far as it was filled; the builder can go on.
  const SourceMap& map() const { return map_; }

  // The place of byte `offset` of the text.
  SourcePosition Locate(size_t offset) const;
  // The byte of a place of protobuf's tokenizer: line and column from 0, columns in bytes, tabs to the next multiple of
  // 8.
  size_t OffsetOfToken(int line, int column) const;

 private:
  std::shared_ptr<SourceMap::Rep> rep_;
  SourceMap map_;
};

}  // namespace rules
}  // namespace frontdesk

#endif  // FRONTDESK_RULES_SOURCE_MAP_BUILDER_H_
