#include "store/faulty_vfs.h"

#include <sqlite3.h>

#include <mutex>
#include <utility>

namespace frontdesk {
namespace store {
namespace {

struct FaultyState {
  std::mutex mutex;
  bool is_armed = false;
  Fault fault;
  std::function<void()> at_fault;
  int calls = 0;
  bool is_reached = false;
};

FaultyState& State() {
  static auto* state = new FaultyState;
  return *state;
}

// The code that the call gives; SQLITE_OK: it is to be made.
int Check(FileCall call, bool* is_torn = nullptr) {
  FaultyState& state = State();
  const std::lock_guard<std::mutex> lock(state.mutex);
  if (!state.is_armed || state.fault.call != call) return SQLITE_OK;
  ++state.calls;
  const bool fails =
      state.calls == state.fault.number || (state.fault.is_lasting && state.is_reached);
  if (!fails) return SQLITE_OK;
  if (!state.is_reached && state.at_fault != nullptr) state.at_fault();
  state.is_reached = true;
  if (is_torn != nullptr) *is_torn = state.fault.is_torn;
  return state.fault.code;
}

sqlite3_vfs* real_vfs = nullptr;

// The real file lies behind it.
struct FaultyFile {
  sqlite3_file base;
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

sqlite3_file* Real(sqlite3_file* file) { return reinterpret_cast<FaultyFile*>(file)->real(); }
const sqlite3_io_methods* Methods(sqlite3_file* file) { return Real(file)->pMethods; }

int Close(sqlite3_file* file) { return Methods(file)->xClose(Real(file)); }
int Read(sqlite3_file* file, void* data, int size, sqlite3_int64 offset) {
  const int code = Check(FileCall::kRead);
  return code != SQLITE_OK ? code : Methods(file)->xRead(Real(file), data, size, offset);
}
int WriteTo(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
  bool is_torn = false;
  const int code = Check(FileCall::kWrite, &is_torn);
  if (code == SQLITE_OK) return Methods(file)->xWrite(Real(file), data, size, offset);
  if (is_torn) (void)Methods(file)->xWrite(Real(file), data, size / 2, offset);
  return code;
}
int Truncate(sqlite3_file* file, sqlite3_int64 size) {
  const int code = Check(FileCall::kTruncate);
  return code != SQLITE_OK ? code : Methods(file)->xTruncate(Real(file), size);
}
int Sync(sqlite3_file* file, int flags) {
  const int code = Check(FileCall::kSync);
  return code != SQLITE_OK ? code : Methods(file)->xSync(Real(file), flags);
}
int FileSize(sqlite3_file* file, sqlite3_int64* size) {
  return Methods(file)->xFileSize(Real(file), size);
}
int Lock(sqlite3_file* file, int level) { return Methods(file)->xLock(Real(file), level); }
int Unlock(sqlite3_file* file, int level) { return Methods(file)->xUnlock(Real(file), level); }
int CheckReservedLock(sqlite3_file* file, int* result) {
  return Methods(file)->xCheckReservedLock(Real(file), result);
}
int FileControl(sqlite3_file* file, int operation, void* argument) {
  return Methods(file)->xFileControl(Real(file), operation, argument);
}
int SectorSize(sqlite3_file* file) { return Methods(file)->xSectorSize(Real(file)); }
int DeviceCharacteristics(sqlite3_file* file) {
  return Methods(file)->xDeviceCharacteristics(Real(file));
}
int ShmMap(sqlite3_file* file, int page, int size, int extend, void volatile** memory) {
  const int code = Check(FileCall::kSharedMemory);
  return code != SQLITE_OK ? code : Methods(file)->xShmMap(Real(file), page, size, extend, memory);
}
int ShmLock(sqlite3_file* file, int offset, int count, int flags) {
  return Methods(file)->xShmLock(Real(file), offset, count, flags);
}
void ShmBarrier(sqlite3_file* file) { Methods(file)->xShmBarrier(Real(file)); }
int ShmUnmap(sqlite3_file* file, int remove) {
  return Methods(file)->xShmUnmap(Real(file), remove);
}

const sqlite3_io_methods kMethods = {2,
                                     Close,
                                     Read,
                                     WriteTo,
                                     Truncate,
                                     Sync,
                                     FileSize,
                                     Lock,
                                     Unlock,
                                     CheckReservedLock,
                                     FileControl,
                                     SectorSize,
                                     DeviceCharacteristics,
                                     ShmMap,
                                     ShmLock,
                                     ShmBarrier,
                                     ShmUnmap,
                                     nullptr,
                                     nullptr};

int OpenFile(sqlite3_vfs* /*vfs*/, const char* name, sqlite3_file* file, int flags, int* opened) {
  file->pMethods = nullptr;
  const int failed = Check(FileCall::kOpen);
  if (failed != SQLITE_OK) return failed;
  const int code = real_vfs->xOpen(real_vfs, name, Real(file), flags, opened);
  if (Real(file)->pMethods != nullptr) file->pMethods = &kMethods;
  return code;
}

sqlite3_vfs* Vfs() {
  static sqlite3_vfs* vfs = [] {
    real_vfs = sqlite3_vfs_find(nullptr);
    auto* made = new sqlite3_vfs(*real_vfs);
    made->szOsFile = static_cast<int>(sizeof(FaultyFile)) + real_vfs->szOsFile;
    made->zName = "faulty";
    made->pNext = nullptr;
    made->xOpen = OpenFile;
    return made;
  }();
  return vfs;
}

}  // namespace

FaultyVfs::FaultyVfs() { sqlite3_vfs_register(Vfs(), /*makeDflt=*/1); }

FaultyVfs::~FaultyVfs() {
  Disarm();
  sqlite3_vfs_unregister(Vfs());
  sqlite3_vfs_register(real_vfs, /*makeDflt=*/1);
}

void FaultyVfs::Arm(const Fault& fault, std::function<void()> at_fault) {
  FaultyState& state = State();
  const std::lock_guard<std::mutex> lock(state.mutex);
  state.is_armed = true;
  state.fault = fault;
  state.at_fault = std::move(at_fault);
  state.calls = 0;
  state.is_reached = false;
}

bool FaultyVfs::Disarm() {
  FaultyState& state = State();
  const std::lock_guard<std::mutex> lock(state.mutex);
  state.is_armed = false;
  state.at_fault = nullptr;
  return state.is_reached;
}

}  // namespace store
}  // namespace frontdesk
