// Reads at a desk in memory of a thousand entities and at one of a million. They are a state, a customer by telephone number, a
// customer's file (the profile), and a page of a queue.
//
//   frontdesk_desk_reads [--only PREFIX] [--entities N] [--rounds N]
//
// Of five entities two are customers, with a case each; the first one has an interaction too. Both desks come from the same commands,
// and only the number differs. They have the options that a host gets by itself. Their caches of states hold all of a thousand
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
#include <cstdio>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/domain/case/case.h"
#include "frontdesk/domain/customer/customer.h"
#include "frontdesk/domain/interaction/interaction.h"
#include "frontdesk/domain/make_command.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/store/store.h"
#include "growth_inputs.h"
#include "growth_run.h"
#include "printed_rows.h"

namespace frontdesk {
namespace {

constexpr int kFewEntities = 1'000;
constexpr std::int64_t kBeginSeconds = 1'700'000'000;
// How many commands are made and handed to ExecuteAll at a time.
constexpr int kPiece = 10'000;
constexpr int kPageSize = 50;
// Each has a quarter of the cases: two full pages at the smaller desk.
constexpr int kQueues = 4;

struct Arguments {
  std::string only;
  int entities = 1'000'000;
  int rounds = 101;
};

// ---- The entities --------------------------------------------------------------------------------------------------

std::string IdOf(int i) { return absl::StrFormat("entity-%07d", i); }

bool IsCustomer(int i) { return i % 5 < 2; }

v1::EntityKind KindOf(int i) {
  if (IsCustomer(i)) return v1::ENTITY_KIND_CUSTOMER;
  return i % 5 < 4 ? v1::ENTITY_KIND_CASE : v1::ENTITY_KIND_INTERACTION;
}

std::string PhoneOf(int i) {
  return absl::StrFormat("+1212%03d%04d", 220 + i / 10'000, i % 10'000);
}

std::string QueueOf(int i) { return absl::StrCat("queue-", i / 5 % kQueues); }

v1::Command CommandOf(int i) {
  const absl::Time now = absl::FromUnixSeconds(kBeginSeconds + i);
  const v1::Actor actor = MakeActor("anna");
  if (IsCustomer(i)) {
    v1::ImportCustomer verb;
    v1::Customer& customer = *verb.mutable_customer();
    customer.set_customer_id(IdOf(i));
    customer.set_state(v1::Customer::STATE_CUSTOMER);
    customer.set_given_name("Wilhelmina");
    customer.set_family_name(absl::StrCat("Quastenberg ", i));
    v1::ContactPoint& phone = *customer.add_contact_points();
    phone.set_contact_point_id("1");
    phone.set_kind(v1::ContactPoint::KIND_PHONE);
    phone.set_as_typed(PhoneOf(i));
    v1::ContactPoint& email = *customer.add_contact_points();
    email.set_contact_point_id("2");
    email.set_kind(v1::ContactPoint::KIND_EMAIL);
    email.set_as_typed(absl::StrCat("w", i, "@example.com"));
    verb.mutable_source()->set_system("webshop");
    return MakeCommand(actor, now, verb);
  }
  if (KindOf(i) == v1::ENTITY_KIND_CASE) {
    v1::OpenCase verb;
    verb.set_case_id(IdOf(i));
    verb.set_kind(v1::Case::KIND_TROUBLE);
    verb.set_subject("The lamp does not light");
    verb.set_customer_id(IdOf(i - 2));
    verb.set_queue_id(QueueOf(i));
    return MakeCommand(actor, now, verb);
  }
  v1::StartInteraction verb;
  verb.set_interaction_id(IdOf(i));
  verb.set_channel(v1::CHANNEL_CHAT);
  verb.set_direction(v1::DIRECTION_INBOUND);
  verb.set_customer_id(IdOf(i - 4));
  return MakeCommand(actor, now, verb);
}

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

void Fill(int entities, Desk& desk) {
  for (int begin = 0; begin < entities; begin += kPiece) {
    std::vector<CommandWithFacts> commands;
    for (int i = begin; i < std::min(entities, begin + kPiece); ++i) {
      commands.push_back({CommandOf(i), v1::Facts()});
    }
    for (const absl::StatusOr<v1::Outcome>& outcome : desk.ExecuteAll(commands)) {
      if (!outcome.ok()) Die(outcome.status().ToString());
      if (outcome->verdict() != v1::VERDICT_DONE) Die(outcome->ShortDebugString());
    }
    if (begin % 100'000 == 0 && entities > 100'000) {
      std::fprintf(stderr, "desk_reads: %d of %d entities\n", begin, entities);
    }
  }
}

// The full pages of all queues.
std::vector<QueuePage> PagesOf(const Desk& desk) {
  std::vector<QueuePage> pages;
  for (int queue = 0; queue < kQueues; ++queue) {
    QueuePage page;
    page.request.mutable_cases()->set_queue_id(QueueOf(queue * 5));
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
  Fill(entities, *side.desk);
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
    each.kind = KindOf(i);
    absl::SNPrintF(each.id, sizeof(each.id), "%s", IdOf(i));
    absl::SNPrintF(each.phone, sizeof(each.phone), "%s", PhoneOf(i));
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
  options.now.set_seconds(kBeginSeconds + side.entities);
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
  for (int i = 1; i + 1 < argc; i += 2) {
    const absl::string_view name = argv[i];
    int* const number = name == "--entities" ? &arguments.entities
                        : name == "--rounds" ? &arguments.rounds
                                             : nullptr;
    if (number != nullptr) {
      if (!absl::SimpleAtoi(argv[i + 1], number) || *number < 1) {
        Die(absl::StrCat(name, " needs a number from 1"));
      }
    } else if (name == "--only") {
      arguments.only = argv[i + 1];
    } else {
      Die(absl::StrCat("unknown option ", name));
    }
  }
  if (argc % 2 == 0) Die(absl::StrCat("option ", argv[argc - 1], " needs a value"));
  if (arguments.entities <= kFewEntities) Die("--entities needs a number above 1000");
  return arguments;
}

int Main(int argc, char** argv) {
  MeasureAll(ParseArguments(argc, argv));
  return 0;
}

}  // namespace
}  // namespace frontdesk

int main(int argc, char** argv) { return frontdesk::Main(argc, argv); }
