// Reads at a desk in memory of a thousand entities and at one of a million. They are a state, a customer by telephone number, a
// customer's file (the profile), and a page of a queue.
//
//   frontdesk_desk_reads [--only PREFIX] [--entities N] [--rounds N]
//
// The entities are those of many_entities.h: both desks come from the same commands, and only the number differs. They have the options that a host gets by itself. Their caches of states hold all of a thousand
// entities, and nearly all of a million: see DeskOptions::max_cached_state_bytes. A state that is not there is made from its rows.
//
// Each read is of an entity drawn at random from all, and each page comes from anywhere in a queue. So hardly a state is read twice at the
// larger desk. The two desks take turns, round by round. Results are looked at while the clock runs, as a host does.
//
// The rows are measured in two ways:
//   - As after other work of the host: a batch of 16 reads begins with other data in the caches of the processor, at both desks. Four
//     reads before them are not timed: they bring back the code and the top of the store's tree.
//   - warm_…: 2,000 reads in a row. Then the smaller desk is in the caches of the processor as a whole, and of the larger one hardly
//     anything is. These rows compare the memory of the machine with its caches, more than the two desks.
//
// Time is the CPU time of the thread; a value is the median over the rounds, for one read. Prints one JSON object a row, as run_bench.py
// reads them, and the progress of the preparation on stderr.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "bench_options.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/store/store.h"
#include "growth_inputs.h"
#include "growth_run.h"
#include "many_entities.h"
#include "printed_rows.h"

namespace frontdesk {
namespace {

constexpr int kFewEntities = 1'000;
constexpr int kPageSize = 50;

struct Arguments {
  std::string only;
  int entities = 1'000'000;
  int rounds = 101;
};

// ---- The desks -----------------------------------------------------------------------------------------------------

// A page of a queue, and the entity that is first on it.
struct QueuePage {
  v1::FindRequest request;
  std::string first_id;
};

// A desk with its entities.
struct Side {
  int entities = 0;
  std::shared_ptr<store::Store> store;
  std::unique_ptr<Desk> desk;
  std::vector<QueuePage> pages;
};

// The full pages of all queues.
std::vector<QueuePage> PagesOf(const Desk& desk) {
  std::vector<QueuePage> pages;
  for (int queue = 0; queue < kEntityQueues; ++queue) {
    QueuePage page;
    page.request.mutable_cases()->set_queue_id(EntityQueueOf(queue * 5));
    page.request.mutable_cases()->add_states(v1::Case::STATE_NEW);
    page.request.mutable_cases()->add_states(v1::Case::STATE_OPEN);
    page.request.set_page_size(kPageSize);
    do {
      const auto found = desk.Find(page.request);
      if (!found.ok()) Die(found.status().ToString());
      if ((*found)->found_size() == kPageSize) {
        page.first_id = (*found)->found(0).entity().id();
        pages.push_back(page);
      }
      page.request.set_page_token((*found)->next_page_token());
    } while (!page.request.page_token().empty());
  }
  if (pages.empty()) Die("no queue has a page");
  return pages;
}

Side OpenSide(int entities, const std::shared_ptr<const Policy>& policy) {
  Side side;
  side.entities = entities;
  side.store = store::MakeMemoryStore();
  side.desk = OpenDesk(policy, side.store);
  AddEntities(0, entities, /*group_size=*/ExecuteAllOptions().group_size, *side.desk);
  side.pages = PagesOf(*side.desk);
  return side;
}

// ---- The reads -----------------------------------------------------------------------------------------------------

using Random = std::mt19937;

int Draw(int end, Random& random) { return std::uniform_int_distribution<int>(0, end - 1)(random); }

int DrawCustomer(int entities, Random& random) {
  return Draw(entities / 5, random) * 5 + Draw(2, random);
}

// How reads are timed. A plain struct.
struct Batch {
  // The number of reads, and of those before them that are not timed.
  int count;
  int first;
  // Whether the caches of the processor have other data when the batch begins.
  bool is_cool;
  // The same for pages of queues.
  int pages;
  int first_pages;
};

// As after other work of the host: replaces the data in the caches of the processor.
void CoolCaches() {
  // 64 MiB: twice the largest cache of common processors.
  static std::vector<std::uint64_t>& other = *new std::vector<std::uint64_t>(std::size_t{64} << 17);
  constexpr std::size_t kLine = 8;
  for (std::size_t i = 0; i < other.size(); i += kLine) ++other[i];
}

// Prepares reads, and returns the nanoseconds of one.
using Measure = std::function<double(const Batch& batch, const Side& side, Random& random)>;

template <typename Asked, typename Read>
double Time(bool is_cool, int first, const std::vector<Asked>& asked, Read read) {
  std::size_t found = 0, next = 0;
  if (is_cool) CoolCaches();
  for (; next < static_cast<std::size_t>(first); ++next) found += read(asked[next]) ? 1 : 0;
  const std::int64_t begin = ThreadNanoseconds();
  for (; next < asked.size(); ++next) found += read(asked[next]) ? 1 : 0;
  const std::int64_t end = ThreadNanoseconds();
  if (found != asked.size()) Die("a read has another result");
  return static_cast<double>(end - begin) / static_cast<double>(asked.size() - first);
}

// An entity to read. They lie one behind the other, so that the memory is waited for as little as for a request that was just made.
struct Asked {
  v1::EntityKind kind;
  char id[20];
  char phone[20];
};

// Any entities, or customers only.
std::vector<Asked> DrawAsked(const Batch& batch, bool customers, const Side& side, Random& random) {
  std::vector<Asked> asked(batch.first + batch.count);
  for (Asked& each : asked) {
    const int i = customers ? DrawCustomer(side.entities, random) : Draw(side.entities, random);
    each.kind = EntityKindOf(i);
    absl::SNPrintF(each.id, sizeof(each.id), "%s", EntityIdOf(i));
    absl::SNPrintF(each.phone, sizeof(each.phone), "%s", EntityPhoneOf(i));
  }
  return asked;
}

double MeasureGet(const Batch& batch, const Side& side, Random& random) {
  const std::vector<Asked> asked = DrawAsked(batch, /*customers=*/false, side, random);
  v1::EntityRef entity;
  return Time(batch.is_cool, batch.first, asked, [&](const Asked& each) {
    entity.set_kind(each.kind);
    entity.set_id(each.id);
    const auto state = side.desk->Get(entity);
    return state.ok() && (*state)->entity().id() == each.id;
  });
}

double MeasureFindPhone(const Batch& batch, const Side& side, Random& random) {
  const std::vector<Asked> asked = DrawAsked(batch, /*customers=*/true, side, random);
  v1::FindRequest request;
  return Time(batch.is_cool, batch.first, asked, [&](const Asked& each) {
    request.mutable_customers()->mutable_phone()->set_phone(each.phone);
    const auto found = side.desk->Find(request);
    return found.ok() && (*found)->found_size() == 1 && (*found)->found(0).entity().id() == each.id;
  });
}

double MeasureProfile(const Batch& batch, const Side& side, Random& random) {
  const std::vector<Asked> asked = DrawAsked(batch, /*customers=*/true, side, random);
  FileOptions options;
  options.now.set_seconds(kBeginEntitySeconds + side.entities);
  return Time(batch.is_cool, batch.first, asked, [&](const Asked& each) {
    const auto file = side.desk->OpenFile(each.id, options);
    return file.ok() && (*file)->customer().customer_id() == each.id &&
           (*file)->open_cases_size() == 1;
  });
}

double MeasureQueuePage(const Batch& batch, const Side& side, Random& random) {
  std::vector<const QueuePage*> asked;
  for (int i = 0; i < batch.first_pages + batch.pages; ++i) {
    asked.push_back(&side.pages[Draw(static_cast<int>(side.pages.size()), random)]);
  }
  return Time(batch.is_cool, batch.first_pages, asked, [&side](const QueuePage* page) {
    const auto found = side.desk->Find(page->request);
    return found.ok() && (*found)->found_size() == kPageSize &&
           (*found)->found(0).entity().id() == page->first_id;
  });
}

struct Row {
  std::string name;
  Measure measure;
};

const std::vector<Row>& Rows() {
  static const std::vector<Row>& rows = *new std::vector<Row>{{"get", MeasureGet},
                                                              {"find_phone", MeasureFindPhone},
                                                              {"profile", MeasureProfile},
                                                              {"queue_page", MeasureQueuePage}};
  return rows;
}

// The reads after other work, and the same in a row.
struct Way {
  std::string prefix;
  Batch batch;
};

const std::vector<Way>& Ways() {
  static const std::vector<Way>& ways =
      *new std::vector<Way>{{"", {16, 4, true, 2, 1}}, {"warm_", {2'000, 16, false, 40, 1}}};
  return ways;
}

// A row at both numbers of entities.
struct Pair {
  std::string many;
  std::string few;
  Measure measure;
  Batch batch;
};

std::vector<Pair> PairsOf(const Arguments& arguments) {
  std::vector<Pair> pairs;
  for (const Way& way : Ways()) {
    for (const Row& row : Rows()) {
      const std::string name = absl::StrCat(way.prefix, row.name, "_");
      Pair pair = {absl::StrCat(name, arguments.entities), absl::StrCat(name, kFewEntities),
                   row.measure, way.batch};
      if (absl::StartsWith(pair.many, arguments.only) ||
          absl::StartsWith(pair.few, arguments.only)) {
        pairs.push_back(std::move(pair));
      }
    }
  }
  return pairs;
}

void MeasureAll(const Arguments& arguments) {
  const std::vector<Pair> pairs = PairsOf(arguments);
  if (pairs.empty()) return;
  const std::shared_ptr<const Policy> policy = CompileGrowthPolicy(GrowthPolicyText());
  const Side few = OpenSide(kFewEntities, policy);
  const Side many = OpenSide(arguments.entities, policy);
  Random random(17);
  for (const Pair& pair : pairs) {
    std::vector<double> of_few, of_many;
    // The first round is not counted.
    for (int round = 0; round <= arguments.rounds; ++round) {
      const bool few_first = round % 2 == 0;
      double a = 0;
      if (few_first) a = pair.measure(pair.batch, few, random);
      const double b = pair.measure(pair.batch, many, random);
      if (!few_first) a = pair.measure(pair.batch, few, random);
      if (round == 0) continue;
      of_few.push_back(a);
      of_many.push_back(b);
    }
    PrintRow(pair.many, Median(of_many), "ns", pair.few);
    PrintRow(pair.few, Median(of_few), "ns", "");
  }
}

Arguments ParseArguments(int argc, char** argv) {
  Arguments arguments;
  ReadBenchOptions(argc, argv,
                   {{"--only", &arguments.only},
                    {"--entities", &arguments.entities, kFewEntities + 1},
                    {"--rounds", &arguments.rounds}});
  return arguments;
}

int Main(int argc, char** argv) {
  MeasureAll(ParseArguments(argc, argv));
  return 0;
}

}  // namespace
}  // namespace frontdesk

int main(int argc, char** argv) { return frontdesk::Main(argc, argv); }
