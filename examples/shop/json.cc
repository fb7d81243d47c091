#include "json.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace retail_desk {
namespace {

// Objects and lists inside each other; no file of a shop needs more.
constexpr std::size_t kMaxDepth = 64;
// Problems that are reported one by one.
constexpr std::size_t kMaxProblemsTold = 100;

// Line and column of a byte of a text, both from 1, the column in code points.
std::pair<int, int> LineAndColumn(absl::string_view text, std::size_t byte, int first_line) {
  int line = first_line;
  int column = 1;
  for (std::size_t i = 0; i < byte && i < text.size(); ++i) {
    if (text[i] == '\n') {
      ++line;
      column = 1;
    } else if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) {
      ++column;
    }
  }
  return {line, column};
}

// Builds the tree from nlohmann-json's tokens.
class Builder : public nlohmann::json_sax<nlohmann::json> {
 public:
  Builder(absl::string_view text, absl::string_view file, int first_line, absl::string_view root,
          Problems* problems)
      : text_(text), file_(file), first_line_(first_line), root_(root), problems_(problems) {}

  bool null() override { return Put(Json::Null()); }
  bool boolean(bool value) override { return Put(Json::Bool(value)); }
  bool number_integer(number_integer_t value) override {
    return Put(Json::Number(std::to_string(value)));
  }
  bool number_unsigned(number_unsigned_t value) override {
    return Put(Json::Number(std::to_string(value)));
  }
  bool number_float(number_float_t, const string_t& digits) override {
    return Put(Json::Number(digits));
  }
  bool string(string_t& value) override { return Put(Json::Text(std::move(value))); }
  bool binary(binary_t&) override { return false; }  // JSON text has none.
  bool start_object(std::size_t) override { return Open(Json::Object()); }
  bool end_object() override { return Close(); }
  bool start_array(std::size_t) override { return Open(Json::List()); }
  bool end_array() override { return Close(); }

  bool key(string_t& name) override {
    if (!names_.back().insert(name).second) {
      problems_->Add(file_, Path(), absl::StrCat("the name \"", name, "\" stands here twice"));
      duplicate_ = true;
    }
    name_.back() = std::move(name);
    return true;
  }

  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception& error) override {
    // "[json.exception.parse_error.101] parse error at line 1, column 2: syntax error …; last read: …": the place is
    // reported already, and the part last read may be no text at all.
    absl::string_view what = error.what();
    what.remove_prefix(std::min(what.find("] ") + 2, what.size()));
    const std::size_t place_end = what.find(": ");
    if (absl::StartsWith(what, "parse error at") && place_end != absl::string_view::npos) {
      what.remove_prefix(place_end + 2);
    }
    what = what.substr(0, what.find("; last read"));
    // The position counts the bytes read, the invalid one included; the end is none.
    const bool at_end = absl::StrContains(what, "unexpected end of input");
    const std::size_t byte = at_end ? text_.size() : position - std::min<std::size_t>(position, 1);
    const auto [line, column] = LineAndColumn(text_, byte, first_line_);
    problems_->Add(absl::StrCat(file_without_line(), ":", line, ":", column), "",
                   absl::StrCat("not valid JSON: ", what));
    return false;
  }

  bool good() const { return !duplicate_; }
  Json Take() { return std::move(result_); }

 private:
  absl::string_view file_without_line() const { return file_.substr(0, file_.find(':')); }

  // The path of the value that is being read.
  std::string Path() const {
    std::string path(root_);
    for (std::size_t i = 0; i + 1 < open_.size(); ++i) {
      if (open_[i].kind == Json::Kind::kList) {
        absl::StrAppend(&path, "[", open_[i].items.size(), "]");
      } else {
        absl::StrAppend(&path, "[\"", name_[i], "\"]");
      }
    }
    return path;
  }

  bool Open(Json value) {
    if (open_.size() == kMaxDepth) {
      problems_->Add(file_, "", absl::StrCat("objects and lists more than ", kMaxDepth, " deep"));
      return false;
    }
    open_.push_back(std::move(value));
    names_.emplace_back();
    name_.emplace_back();
    return true;
  }

  bool Close() {
    Json value = std::move(open_.back());
    open_.pop_back();
    names_.pop_back();
    name_.pop_back();
    return Put(std::move(value));
  }

  bool Put(Json value) {
    if (open_.empty()) {
      result_ = std::move(value);
    } else if (open_.back().kind == Json::Kind::kList) {
      open_.back().items.push_back(std::move(value));
    } else {
      open_.back().members.emplace_back(name_.back(), std::move(value));
    }
    return true;
  }

  const absl::string_view text_;
  const absl::string_view file_;
  const int first_line_;
  const absl::string_view root_;
  Problems* const problems_;
  bool duplicate_ = false;
  Json result_;
  std::vector<Json> open_;                    // outermost first
  std::vector<std::set<std::string>> names_;  // of each open object
  std::vector<std::string> name_;             // the name that was read last in each
};

void AppendQuoted(absl::string_view text, std::string* out) {
  out->append(nlohmann::json(std::string(text)).dump(-1, ' ', /*ensure_ascii=*/true));
}

void AppendLine(const Json& json, std::string* out) {
  switch (json.kind) {
    case Json::Kind::kNull:
      out->append("null");
      return;
    case Json::Kind::kBool:
      out->append(json.boolean ? "true" : "false");
      return;
    case Json::Kind::kNumber:
      out->append(json.text);
      return;
    case Json::Kind::kText:
      AppendQuoted(json.text, out);
      return;
    case Json::Kind::kList: {
      absl::string_view separator = "[";
      for (const Json& item : json.items) {
        absl::StrAppend(out, separator);
        AppendLine(item, out);
        separator = ", ";
      }
      out->append(json.items.empty() ? "[]" : "]");
      return;
    }
    case Json::Kind::kObject: {
      std::map<absl::string_view, const Json*> sorted;
      for (const auto& [name, value] : json.members) sorted[name] = &value;
      absl::string_view separator = "{";
      for (const auto& [name, value] : sorted) {
        absl::StrAppend(out, separator);
        AppendQuoted(name, out);
        out->append(": ");
        AppendLine(*value, out);
        separator = ", ";
      }
      out->append(json.members.empty() ? "{}" : "}");
      return;
    }
  }
}

}  // namespace

void Problems::Add(absl::string_view file, absl::string_view place, absl::string_view text) {
  std::string line = absl::StrCat(file, ": ", place, place.empty() ? "" : ": ", text);
  if (told_.insert(line).second) lines_.push_back(std::move(line));
}

std::string Problems::ToText() const {
  std::string text;
  for (std::size_t i = 0; i < lines_.size() && i < kMaxProblemsTold; ++i) {
    absl::StrAppend(&text, lines_[i], "\n");
  }
  if (lines_.size() > kMaxProblemsTold) {
    absl::StrAppend(&text, "and ", lines_.size() - kMaxProblemsTold, " more\n");
  }
  return text;
}

Json Json::OfKind(Kind kind) {
  Json json;
  json.kind = kind;
  return json;
}

Json Json::Bool(bool value) {
  Json json = OfKind(Kind::kBool);
  json.boolean = value;
  return json;
}

Json Json::Number(std::string digits) {
  Json json = OfKind(Kind::kNumber);
  json.text = std::move(digits);
  return json;
}

Json Json::Text(std::string value) {
  Json json = OfKind(Kind::kText);
  json.text = std::move(value);
  return json;
}

Json Json::List(std::vector<Json> items) {
  Json json = OfKind(Kind::kList);
  json.items = std::move(items);
  return json;
}

const Json* Json::Find(absl::string_view name) const {
  for (const auto& [member, value] : members) {
    if (member == name) return &value;
  }
  return nullptr;
}

void Json::Set(absl::string_view name, Json value) {
  for (auto& [member, old] : members) {
    if (member == name) {
      old = std::move(value);
      return;
    }
  }
  members.emplace_back(std::string(name), std::move(value));
}

void Json::Remove(absl::string_view name) {
  members.erase(std::remove_if(members.begin(), members.end(),
                               [&](const auto& member) { return member.first == name; }),
                members.end());
}

std::string Json::ToLine() const {
  std::string line;
  AppendLine(*this, &line);
  return line;
}

absl::string_view KindName(Json::Kind kind) {
  switch (kind) {
    case Json::Kind::kNull:
      return "null";
    case Json::Kind::kBool:
      return "true or false";
    case Json::Kind::kNumber:
      return "a number";
    case Json::Kind::kText:
      return "a text";
    case Json::Kind::kList:
      return "a list";
    case Json::Kind::kObject:
      return "an object";
  }
  return "";
}

bool SameValue(const Json& a, const Json& b) {
  if (a.kind != b.kind) return false;
  switch (a.kind) {
    case Json::Kind::kNull:
      return true;
    case Json::Kind::kBool:
      return a.boolean == b.boolean;
    case Json::Kind::kNumber:
      // Only recorded expectations are compared so, and they carry the noise of floating point themselves.
      return a.text == b.text || std::abs(std::strtod(a.text.c_str(), nullptr) -
                                          std::strtod(b.text.c_str(), nullptr)) < 1e-6;
    case Json::Kind::kText:
      return a.text == b.text;
    case Json::Kind::kList:
      return std::equal(a.items.begin(), a.items.end(), b.items.begin(), b.items.end(), SameValue);
    case Json::Kind::kObject:
      return a.members.size() == b.members.size() &&
             std::all_of(a.members.begin(), a.members.end(), [&](const auto& member) {
               const Json* other = b.Find(member.first);
               return other != nullptr && SameValue(member.second, *other);
             });
  }
  return false;
}

absl::optional<Json> ParseJson(absl::string_view text, absl::string_view file, int first_line,
                               absl::string_view root, Problems* problems) {
  Builder builder(text, file, first_line, root, problems);
  if (!nlohmann::json::sax_parse(text.begin(), text.end(), &builder)) return absl::nullopt;
  if (!builder.good()) return absl::nullopt;
  return builder.Take();
}

}  // namespace retail_desk
