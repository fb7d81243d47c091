#include "bench_options.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "printed_rows.h"

namespace frontdesk {

void ReadBenchOptions(int argc, char** argv, const std::vector<BenchOption>& options) {
  for (int i = 1; i < argc; ++i) {
    const absl::string_view name = argv[i];
    const auto option = std::find_if(options.begin(), options.end(),
                                     [name](const BenchOption& each) { return each.name == name; });
    if (option == options.end()) Die(absl::StrCat("unknown option ", name));
    if (bool* const* flag = std::get_if<bool*>(&option->value)) {
      **flag = true;
      continue;
    }
    if (++i == argc) Die(absl::StrCat("option ", name, " needs a value"));
    if (std::string* const* text = std::get_if<std::string*>(&option->value)) {
      **text = argv[i];
      continue;
    }
    int* const number = std::get<int*>(option->value);
    if (!absl::SimpleAtoi(argv[i], number) || *number < option->least) {
      Die(absl::StrCat(name, " needs a number from ", option->least));
    }
  }
}

}  // namespace frontdesk
