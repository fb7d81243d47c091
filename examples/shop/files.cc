#include "files.h"

#include <fstream>
#include <iostream>
#include <iterator>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "frontdesk/rules/issues.h"
#include "node.h"

namespace retail_desk {

absl::optional<std::string> ReadFile(const std::string& path, absl::string_view name,
                                     Problems* problems) {
  std::ifstream stream(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  if (stream.fail() && !stream.eof()) {
    problems->Add(name, "", "cannot be read");
    return absl::nullopt;
  }
  return text;
}

std::vector<JsonLine> ReadJsonLines(const std::string& path, Problems* problems) {
  std::vector<JsonLine> lines;
  const std::string file = path.substr(path.find_last_of('/') + 1);
  const absl::optional<std::string> text = ReadFile(path, file, problems);
  if (!text.has_value()) return lines;
  int number = 0;
  for (absl::string_view line : absl::StrSplit(*text, '\n')) {
    ++number;
    if (line.find_first_not_of(" \t\r") == absl::string_view::npos) continue;
    std::string place = absl::StrCat(file, ":", number);
    absl::optional<Json> json = ParseJson(line, place, number, "", problems);
    if (!json.has_value()) continue;
    if (json->kind != Json::Kind::kObject) {
      problems->Add(place, "",
                    absl::StrCat("is ", KindName(json->kind), " and has to be an object"));
      continue;
    }
    lines.push_back({std::move(place), *std::move(json)});
  }
  return lines;
}

std::shared_ptr<const frontdesk::Policy> ReadPolicy(const std::string& path, Problems* problems) {
  const absl::optional<std::string> text = ReadFile(path, path, problems);
  if (!text.has_value()) return nullptr;
  const frontdesk::PolicyResult result = absl::EndsWith(path, ".json")
                                             ? frontdesk::Policy::FromJson(*text, path)
                                             : frontdesk::Policy::FromText(*text, path);
  std::cout << frontdesk::rules::FormatIssues(result.issues);
  return result.policy;
}

}  // namespace retail_desk
