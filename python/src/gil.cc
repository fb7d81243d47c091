#include "gil.h"

#include <pthread.h>
#include <unistd.h>
#include <unwind.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <new>
#include <utility>

#include "bridge.h"
#include "frontdesk/base/error.h"
#include "frontdesk/desk/reasons.h"

namespace frontdesk::python {
namespace {

// How long a fork, and the end of the process, wait for threads that are inside the core.
constexpr std::chrono::milliseconds kForkWait{200};
constexpr std::chrono::milliseconds kEndWait{1000};

// The threads of the process, as far as they have to do with the core.
struct Threads {
  std::atomic<int> inside{0};  // Inside the core, without the lock.
  std::atomic<int> calls{0};   // Scopes of GilReleased.
  std::atomic<bool> is_forking{false};
  std::atomic<bool> is_ending{false};
  std::atomic<int> forks{0};       // Of which this process is the child.
  std::atomic<int> torn_forks{0};  // Those that had waited in vain for a thread inside the core.
  bool is_torn = false;            // The fork that happens now is one of those.
  std::mutex one_fork;             // Held from before a fork until after it.
  std::mutex mutex;                // The same, and for waiting.
  std::condition_variable changed;
};

// Never destroyed: threads run on until the process has ended.
Threads& All() {
  static Threads* const threads = new Threads();
  return *threads;
}

// This thread: whether it is inside the core, its scopes of GilReleased, and whether it ends the interpreter. Only that
// one has the lock then.
thread_local bool is_inside = false;
thread_local int own_calls = 0;
thread_local bool is_last = false;
// A reference that the thread owns, dropped with the lock; null: none.
thread_local PyObject* kept_cause = nullptr;

void Leave() {
  Threads& all = All();
  is_inside = false;
  --all.inside;
  if (all.is_forking || all.is_ending) {
    const std::lock_guard<std::mutex> lock(all.mutex);
    all.changed.notify_all();
  }
}

// Waits while the process forks. The one that forks may hold the interpreter's lock, and so this thread does not.
void Enter() {
  Threads& all = All();
  is_inside = true;
  ++all.inside;
  while (all.is_forking) {
    Leave();
    std::unique_lock<std::mutex> lock(all.mutex);
    all.changed.wait(lock, [&all] { return !all.is_forking; });
    is_inside = true;
    ++all.inside;
  }
}

// A host's function in the core may fork too, by itself: then this thread is inside.
int OthersInside() { return All().inside - (is_inside ? 1 : 0); }

void BeforeFork() {
  Threads& all = All();
  all.one_fork.lock();
  std::unique_lock<std::mutex> lock(all.mutex);
  all.is_forking = true;
  all.is_torn = !all.changed.wait_for(lock, kForkWait, [] { return OthersInside() == 0; });
  lock.release();
}

void AfterForkInParent() {
  Threads& all = All();
  all.is_forking = false;
  all.mutex.unlock();
  all.changed.notify_all();
  all.one_fork.unlock();
}

void AfterForkInChild() {
  Threads& all = All();
  ++all.forks;
  if (all.is_torn) ++all.torn_forks;
  all.inside = is_inside ? 1 : 0;
  all.calls = own_calls;
  all.is_forking = false;
  // Other threads may have waited for them, and do not exist here.
  new (&all.one_fork) std::mutex();
  new (&all.mutex) std::mutex();
  new (&all.changed) std::condition_variable();
}

// Runs when the interpreter has ended. Objects of libraries are destroyed next, which threads inside the core may use.
void AwaitThreads() {
  Threads& all = All();
  std::unique_lock<std::mutex> lock(all.mutex);
  all.is_ending = true;
  all.changed.wait_for(lock, kEndWait, [] { return OthersInside() == 0; });
}

// Waits until the process ends.
[[noreturn]] void Park() {
  while (true) pause();
}

[[noreturn]] void ThrowForked() {
  throw StatusError(
      MakeError(kReasonProcessForked,
                "it was made before the process was forked; make another one in the child"));
}

}  // namespace

bool IsEnding() {
#if PY_VERSION_HEX >= 0x030D0000
  return Py_IsFinalizing() != 0;
#else
  return _Py_IsFinalizing() != 0;
#endif
}

void WatchProcess() {
  static const bool once = [] {
    All();
    pthread_atfork(BeforeFork, AfterForkInParent, AfterForkInChild);
    Py_AtExit(AwaitThreads);
    return true;
  }();
  static_cast<void>(once);
}

py::object CallPython(const py::handle& callable, const py::tuple& arguments) {
  PyObject* const result = PyObject_Call(callable.ptr(), arguments.ptr(), nullptr);
  if (result == nullptr) throw py::error_already_set();
  return py::reinterpret_steal<py::object>(result);
}

GilReleased::GilReleased() {
  if (IsEnding()) {
    is_last = true;
    if (All().calls > own_calls) {
      throw StatusError(
          MakeError(kReasonInterpreterEnding, "another thread is inside a call and never returns"));
    }
  }
  if (own_calls == 0) TakeCause();
  ++own_calls;
  ++All().calls;
  thread_ = PyEval_SaveThread();
  Enter();
}

GilReleased::~GilReleased() {
  Leave();
  PyEval_RestoreThread(thread_);
  --All().calls;
  --own_calls;
  // The call goes on without it.
  if (own_calls == 0 && std::uncaught_exceptions() == 0) TakeCause();
}

void KeepCause(py::object exception) {
  TakeCause();
  kept_cause = exception.release().ptr();
}

py::object TakeCause() {
  return py::reinterpret_steal<py::object>(std::exchange(kept_cause, nullptr));
}

bool CanHoldGil() {
  if (is_inside) return is_last || (Py_IsInitialized() != 0 && !IsEnding());
#if PY_VERSION_HEX >= 0x030D0000
  return PyThreadState_GetUnchecked() != nullptr;
#else
  // Null when the interpreter has ended.
  return _PyThreadState_UncheckedGet() != nullptr;
#endif
}

GilHeld::GilHeld() : was_inside_(is_inside) {
  const bool can_hold = CanHoldGil();
  if (was_inside_) Leave();
  if (was_inside_ && !can_hold) Park();
  state_ = PyGILState_Ensure();
}

GilHeld::~GilHeld() {
  PyGILState_Release(state_);
  if (was_inside_) Enter();
}

Birth::Birth() : forks_(All().forks), torn_forks_(All().torn_forks) {}

void Birth::CheckNotForked() const {
  if (forks_ != All().forks) ThrowForked();
}

void Birth::CheckIntact() const {
  if (!is_intact()) ThrowForked();
}

bool Birth::is_intact() const { return torn_forks_ == All().torn_forks; }

}  // namespace frontdesk::python

#ifdef FRONTDESK_WRAPS_UNWINDING

// The unwinder asks this function about each C++ frame of the module that has destructors or handlers, or must not throw.
// The linker puts it in the place of the function of the C++ library (--wrap). A guard in the frames would not do: the
// destructors of inner frames run before those of outer ones.
extern "C" {

_Unwind_Reason_Code __real___gxx_personality_v0(int version, _Unwind_Action actions,
                                                _Unwind_Exception_Class exception_class,
                                                _Unwind_Exception* exception,
                                                _Unwind_Context* context);

_Unwind_Reason_Code __wrap___gxx_personality_v0(int version, _Unwind_Action actions,
                                                _Unwind_Exception_Class exception_class,
                                                _Unwind_Exception* exception,
                                                _Unwind_Context* context) {
  // Nothing is caught in a forced unwinding: the thread ends.
  if ((actions & _UA_FORCE_UNWIND) != 0 &&
      (Py_IsInitialized() == 0 || frontdesk::python::IsEnding())) {
    frontdesk::python::Park();
  }
  return __real___gxx_personality_v0(version, actions, exception_class, exception, context);
}

}  // extern "C"

#endif  // FRONTDESK_WRAPS_UNWINDING
