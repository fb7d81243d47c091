#include "file_desk.h"

#include <stdlib.h>

#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "printed_rows.h"

namespace frontdesk {

BenchFolder::BenchFolder(const std::string& parent) : path_(parent + "/frontdesk-bench-XXXXXX") {
  if (::mkdtemp(&path_[0]) == nullptr) Die(absl::StrCat("no folder can be made in ", parent));
}

BenchFolder::~BenchFolder() {
  std::error_code error;
  std::filesystem::remove_all(path_, error);
}

std::string BenchFolder::File(absl::string_view name) const {
  return absl::StrCat(path_, "/", name);
}

FileDesk OpenFileDesk(const std::string& path, store::SqliteDurability durability,
                      std::shared_ptr<const Policy> policy) {
  store::SqliteOptions settings;
  settings.durability = durability;
  absl::StatusOr<std::shared_ptr<store::SqliteStore>> opened =
      store::SqliteStore::Open(path, settings);
  if (!opened.ok()) Die(opened.status().ToString());
  DeskOptions options;
  options.policy = std::move(policy);
  options.store = *opened;
  absl::StatusOr<std::unique_ptr<Desk>> desk = Desk::Open(std::move(options));
  if (!desk.ok()) Die(desk.status().ToString());
  return {*std::move(opened), *std::move(desk)};
}

double NanosecondsSince(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace frontdesk
