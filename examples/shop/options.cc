#include "options.h"

#include <fstream>
#include <iterator>

namespace retail_desk {

std::string ReadUsage(const std::string& folder) {
  std::ifstream stream(folder + "/usage.txt", std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

bool ReadNamedOptions(const std::vector<std::string>& arguments,
                      const std::map<std::string, std::string*>& known,
                      const std::map<std::string, bool*>& flags) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const auto flag = flags.find(arguments[i]);
    if (flag != flags.end()) {
      *flag->second = true;
      continue;
    }
    const std::size_t equals = arguments[i].find('=');
    const auto option = known.find(arguments[i].substr(0, equals));
    if (option == known.end()) return false;
    if (equals != std::string::npos) {
      *option->second = arguments[i].substr(equals + 1);
    } else if (++i < arguments.size()) {
      *option->second = arguments[i];
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace retail_desk
