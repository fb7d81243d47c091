// The fuzzing entry points over the corpus and over mutations of it, as an ordinary test.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "cel/fuzz/fuzz_targets.h"
#include "cel/shop.h"

namespace frontdesk::cel::testing {
namespace {

// One expression a line; a line of --- between those that have several.
std::vector<std::string> ExpressionCorpus() {
  const char* source = std::getenv("FRONTDESK_SOURCE_DIR");
  std::ifstream in(std::filesystem::path(source == nullptr ? "." : source) /
                   "tests/cel/fuzz/corpus/expressions.txt");
  std::vector<std::string> corpus;
  for (std::string line; std::getline(in, line);) {
    if (!line.empty()) corpus.push_back(line);
  }
  return corpus;
}

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  size_t Below(size_t bound) {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<size_t>(state_ >> 33) % bound;
  }

 private:
  uint64_t state_;
};

// Cuts, repeats, splices or changes bytes.
std::string Mutate(const std::string& text, const std::vector<std::string>& corpus,
                   Random& random) {
  std::string out = text;
  for (size_t i = 0; i < 1 + random.Below(3); ++i) {
    const size_t at = random.Below(out.size() + 1);
    switch (random.Below(5)) {
      case 0:
        out.erase(at, random.Below(6));
        break;
      case 1:
        out.insert(at, 1, static_cast<char>(random.Below(256)));
        break;
      case 2:
        out.insert(at, out.substr(at, random.Below(10)));
        break;
      case 3: {
        const std::string& other = corpus[random.Below(corpus.size())];
        out.insert(at, other.substr(random.Below(other.size()), random.Below(12)));
        break;
      }
      default:
        if (!out.empty()) out[at % out.size()] = "()[]{}.,?:!+-*/%<>=&|'\"`"[random.Below(24)];
    }
  }
  return out;
}

const uint8_t* Bytes(const std::string& text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

TEST(FuzzSmokeTest, Expressions) {
  const std::vector<std::string> corpus = ExpressionCorpus();
  ASSERT_GT(corpus.size(), 50u);
  for (const std::string& text : corpus) FuzzExpression(Bytes(text), text.size());
  constexpr uint64_t kSeed = 4711;
  SCOPED_TRACE("seed 4711");
  Random random(kSeed);
  for (int i = 0; i < 2000; ++i) {
    const std::string text = Mutate(corpus[random.Below(corpus.size())], corpus, random);
    FuzzExpression(Bytes(text), text.size());
  }
}

TEST(FuzzSmokeTest, Messages) {
  const std::vector<std::string> corpus = {GoldOrder().SerializeAsString(),
                                           Input().SerializeAsString(),
                                           std::string("\x22\x02\x0a\x00", 4)};
  constexpr uint64_t kSeed = 4712;
  SCOPED_TRACE("seed 4712");
  Random random(kSeed);
  for (const std::string& bytes : corpus) FuzzMessage(Bytes(bytes), bytes.size());
  for (int i = 0; i < 500; ++i) {
    const std::string bytes = Mutate(corpus[0], {corpus[0], corpus[2]}, random);
    FuzzMessage(Bytes(bytes), bytes.size());
  }
}

}  // namespace
}  // namespace frontdesk::cel::testing
