// Loads both plug-ins, each with its own symbols, and lets both decide.
#include <dlfcn.h>

#include <cstdio>

int main() {
  const char* const paths[] = {PLUGIN_ONE, PLUGIN_TWO};
  for (const char* const path : paths) {
    void* const plugin = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (plugin == nullptr) {
      std::fprintf(stderr, "host: %s\n", dlerror());
      return 1;
    }
    auto* const refuses = reinterpret_cast<bool (*)()>(dlsym(plugin, "RefusesByPolicy"));
    if (refuses == nullptr || !refuses()) {
      std::fprintf(stderr, "host: %s does not refuse\n", path);
      return 1;
    }
  }
  std::puts("consumed");
}
