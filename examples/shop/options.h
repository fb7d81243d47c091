// The options that a program is called with: each names a value, or is a flag.
#ifndef FRONTDESK_EXAMPLES_SHOP_OPTIONS_H_
#define FRONTDESK_EXAMPLES_SHOP_OPTIONS_H_

#include <map>
#include <string>
#include <vector>

namespace retail_desk {

// The options of the program of a folder: the usage.txt there, which `./dev` reads too.
std::string ReadUsage(const std::string& folder);

// Puts the value after "--name", or behind "--name=", where the map says, and sets the flags that are there. False when anything
// else is there, or a value is missing.
bool ReadNamedOptions(const std::vector<std::string>& arguments,
                      const std::map<std::string, std::string*>& known,
                      const std::map<std::string, bool*>& flags = {});

}  // namespace retail_desk

#endif  // FRONTDESK_EXAMPLES_SHOP_OPTIONS_H_
