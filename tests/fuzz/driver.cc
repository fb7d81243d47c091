// Drives a fuzzing entry point where there is no libFuzzer: over a corpus, then over mutations of it. Takes the
// options of libFuzzer that it knows, so that one command line fits both.
//
//   fuzz_cel_expression [-runs=N] [-max_total_time=SECONDS] [-seed=N] [-max_len=N] [-artifact_prefix=PATH]
//       FILE_OR_FOLDER…
//
// Without -runs and -max_total_time the corpus alone is run. With -artifact_prefix the input that ended the process is
// left in PATHinput.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <sstream>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

struct Options {
  int64_t runs = 0;
  int64_t seconds = 0;
  uint64_t seed = 1;
  size_t longest = 4096;
  std::string artifact_prefix;
  std::vector<std::string> paths;
};

std::string FromHex(const std::string& line) {
  std::string bytes;
  for (size_t i = 0; i + 1 < line.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(line.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

void ReadInputs(const std::filesystem::path& path, std::vector<std::string>* corpus) {
  std::ifstream in(path, std::ios::binary);
  const bool hex = path.extension() == ".hex";
  if (!hex && path.extension() != ".lines") {
    std::stringstream text;
    text << in.rdbuf();
    corpus->push_back(text.str());
    return;
  }
  for (std::string line; std::getline(in, line);) {
    if (!line.empty()) corpus->push_back(hex ? FromHex(line) : line);
  }
}

// Cuts, repeats, splices or changes bytes.
std::string Mutate(const std::vector<std::string>& corpus, std::mt19937_64& random) {
  const auto below = [&](size_t bound) { return bound == 0 ? 0 : random() % bound; };
  std::string out = corpus[below(corpus.size())];
  for (size_t i = 0, count = 1 + below(4); i < count; ++i) {
    const size_t at = below(out.size() + 1);
    switch (below(6)) {
      case 0:
        out.erase(at, below(6));
        break;
      case 1:
        out.insert(at, 1, static_cast<char>(below(256)));
        break;
      case 2:
        out.insert(at, out.substr(at, below(10)));
        break;
      case 3: {
        const std::string& other = corpus[below(corpus.size())];
        out.insert(at, other.substr(below(other.size()), below(16)));
        break;
      }
      case 4:
        if (!out.empty())
          out[at % out.size()] = static_cast<char>(out[at % out.size()] ^ (1 << below(8)));
        break;
      default:
        if (!out.empty()) out[at % out.size()] = "()[]{}.,?:!+-*/%<>=&|'\"`"[below(24)];
    }
  }
  return out;
}

void Run(const Options& options, const std::string& input) {
  // Written first: what ends the process leaves no time for it.
  if (!options.artifact_prefix.empty()) {
    std::ofstream(options.artifact_prefix + "input", std::ios::binary) << input;
  }
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input.data()), input.size());
}

Options Parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const size_t equals = argument.find('=');
    const std::string name = argument.substr(0, equals);
    const std::string value = equals == std::string::npos ? "" : argument.substr(equals + 1);
    if (argument[0] != '-') {
      options.paths.push_back(argument);
    } else if (name == "-runs") {
      options.runs = std::stoll(value);
    } else if (name == "-max_total_time") {
      options.seconds = std::stoll(value);
    } else if (name == "-seed") {
      options.seed = std::stoull(value);
    } else if (name == "-max_len") {
      options.longest = std::stoull(value);
    } else if (name == "-artifact_prefix") {
      options.artifact_prefix = value;
    }
  }
  return options;
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = Parse(argc, argv);
  std::vector<std::string> corpus;
  for (const std::string& path : options.paths) {
    if (!std::filesystem::is_directory(path)) {
      ReadInputs(path, &corpus);
      continue;
    }
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    for (const auto& file : files) ReadInputs(file, &corpus);
  }
  if (corpus.empty()) {
    std::cerr << "no inputs\n";
    return 2;
  }
  for (const std::string& input : corpus) Run(options, input);
  std::mt19937_64 random(options.seed);
  int64_t runs = 0;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(options.seconds);
  while (runs < options.runs || (options.seconds > 0 && std::chrono::steady_clock::now() < end)) {
    std::string input = Mutate(corpus, random);
    input.resize(std::min(input.size(), options.longest));
    Run(options, input);
    ++runs;
  }
  if (!options.artifact_prefix.empty()) std::filesystem::remove(options.artifact_prefix + "input");
  std::cout << corpus.size() << " inputs and " << runs << " mutations of them, seed "
            << options.seed << "\n";
  return 0;
}
