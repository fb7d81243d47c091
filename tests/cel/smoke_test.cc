#include "frontdesk/cel/cel.h"
#include "gtest/gtest.h"
namespace frontdesk::cel {
TEST(Smoke, Adds) {
  EnvironmentBuilder b;
  auto env = *b.Build();
  for (const char* t : {"1 + 2 == 3", "[1,2,3].exists(x, x > 2)", "1 / 0", "a.b", "(1+2", "'a' + 1", "[1,2].map(x, x * 2)", "{'a': 1}.a", "f(1", "duration('720h') > duration('1s')", "'abc'.startsWith('ab')"}) {
    auto r = env->Compile(t);
    printf("%s\n%s", t, FormatIssues(r.issues).c_str());
    if (r.ok()) {
      Scratch s; Activation a(env);
      auto v = r.program->Evaluate(a, s);
      printf(" => %s %s\n", ToText(v.value()).c_str(), std::string(v.status().message()).c_str());
    }
  }
}
}
