// The interpreter's lock, its end, and forks of the process. Only this file and gil.cc acquire or release the lock.
//
// A thread leaves Python for the core (WithoutGil), and the core comes back for functions that are written in Python
// (GilHeld, CallPython). Three things can happen meanwhile:
//
// 1. The interpreter ends. CPython then ends every other thread that wants the lock, by pthread_exit(). With glibc that
//    unwinds the thread's stack, and with it C++ frames. Those that must not throw would end the process; the others
//    would drop references to Python objects without the lock. Any use of Python may want the lock, also the end of an
//    object. So a thread never unwinds through a frame of this module. It waits, without the lock, for the end of the
//    process (Park in gil.cc), as threads of CPython 3.14 do. A hook that waits for the threads before the end would not
//    do. A thread may wait for a host's function for ever, and another hook may wait for the thread.
// 2. The process forks. In the child there is only the thread that forked. A fork waits, for a bounded time, until no
//    thread is inside the core. Then no lock of the process (of protobuf's types, of time zones) is held in the child.
//    Threads inside a host's function do not count; their desk's locks may be held for ever. So objects that have
//    locks know whether they are from before a fork (Birth).
// 3. The thread calls the core again, from a host's function. That is allowed; a desk and an id source refuse to be
//    entered again (DESK_REENTERED).
#ifndef FRONTDESK_PYTHON_SRC_GIL_H_
#define FRONTDESK_PYTHON_SRC_GIL_H_

#include <pybind11/pybind11.h>

#include <memory>
#include <utility>

namespace frontdesk::python {

// Watches forks of this process and the end of the interpreter, from the first call on. Called with the lock.
void WatchProcess();

// callable(*arguments), for callables that may be written in Python. Throws pybind11::error_already_set.
pybind11::object CallPython(const pybind11::handle& callable, const pybind11::tuple& arguments);

// In its scope other Python threads run, and this one is inside the core. Throws StatusError INTERPRETER_ENDING when
// the interpreter ends while another thread is inside the core: that one never releases its locks.
class GilReleased {
 public:
  GilReleased();
  ~GilReleased();
  GilReleased(const GilReleased&) = delete;
  GilReleased& operator=(const GilReleased&) = delete;

 private:
  PyThreadState* thread_;
};

// In its scope this thread, which is inside the core, or holds the lock already, may use Python.
class GilHeld {
 public:
  GilHeld();
  ~GilHeld();
  GilHeld(const GilHeld&) = delete;
  GilHeld& operator=(const GilHeld&) = delete;

 private:
  const bool was_inside_;
  PyGILState_STATE state_;
};

// False when this thread can have the lock no more, because the interpreter ends or has ended.
bool CanHoldGil();

// Whether the interpreter ends. Asked with the lock, which only the thread that ends it has then.
bool IsEnding();

// Of an exception of the host that lets the call of this thread into the core fail: it is the cause of the one that the caller gets.
// Dropped when a call that does not come from inside another one begins, or succeeds. Both are called with the lock.
void KeepCause(pybind11::object exception);
// The last one that was kept, which is kept no longer; null: none is.
pybind11::object TakeCause();

// Runs `work` while other Python threads run. `work` touches no Python object.
template <typename Work>
auto WithoutGil(Work&& work) {
  const GilReleased released;
  return std::forward<Work>(work)();
}

// When an object was made, counted in forks. Copies are of the same time.
class Birth {
 public:
  Birth();

  // Throws StatusError PROCESS_FORKED in a child that was forked since. For objects with locks that are held while a
  // host's function runs, and for those that must not be used in two processes: desks, stores, id sources.
  void CheckNotForked() const;

  // The same only when a thread was inside the core at the fork, because the fork had waited for it in vain. For objects
  // with locks that are held for moments inside the core: policies, rule sets, environments, programs.
  void CheckIntact() const;
  bool is_intact() const;

 private:
  int forks_;
  int torn_forks_;
};

// An object that no child of the process may use.
template <typename T>
class Unforked {
 public:
  explicit Unforked(std::shared_ptr<T> object) : object_(std::move(object)) {}
  ~Unforked() {
    // A thread was in the midst of a change of it: nobody may look at it again.
    if (!birth_.is_intact()) new std::shared_ptr<T>(std::move(object_));
  }
  Unforked(const Unforked&) = default;
  Unforked& operator=(const Unforked&) = default;

  const std::shared_ptr<T>& get() const {
    birth_.CheckNotForked();
    return object_;
  }

 private:
  std::shared_ptr<T> object_;
  Birth birth_;
};

}  // namespace frontdesk::python

#endif  // FRONTDESK_PYTHON_SRC_GIL_H_
