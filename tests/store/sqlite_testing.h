// Folders and files for tests of the store in a SQLite file.
#ifndef FRONTDESK_TESTS_STORE_SQLITE_TESTING_H_
#define FRONTDESK_TESTS_STORE_SQLITE_TESTING_H_

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "frontdesk/store/sqlite.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace store {

// A new folder that goes with everything in it.
class TempFolder {
 public:
  TempFolder() {
    std::string name = ::testing::TempDir() + "frontdesk-sqlite-XXXXXX";
    path_ = ::mkdtemp(&name[0]);
  }
  ~TempFolder() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string File(absl::string_view name) const { return absl::StrCat(path_, "/", name); }

 private:
  std::string path_;
};

inline std::shared_ptr<SqliteStore> MustOpen(const std::string& path, SqliteOptions options = {}) {
  auto store = SqliteStore::Open(path, options);
  EXPECT_TRUE(store.ok()) << store.status();
  return store.ok() ? *std::move(store) : nullptr;
}

// For tests that make many files: what they look at does not depend on syncs.
inline SqliteOptions WithoutSyncs() {
  SqliteOptions options;
  options.durability = SqliteDurability::kOff;
  return options;
}

inline std::string ReadBytes(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
}

inline void WriteBytes(const std::string& path, absl::string_view bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

}  // namespace store
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_STORE_SQLITE_TESTING_H_
