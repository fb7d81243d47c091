#include "allocation_count.h"

#include <cstddef>
#include <cstdlib>
#include <new>

namespace frontdesk {
namespace {

thread_local std::int64_t allocation_count = 0;

void* Allocate(std::size_t size) noexcept {
  ++allocation_count;
  return std::malloc(size == 0 ? 1 : size);
}

void* AllocateAligned(std::size_t size, std::align_val_t alignment) noexcept {
  ++allocation_count;
  const std::size_t unit = static_cast<std::size_t>(alignment);
  return std::aligned_alloc(unit, (size + unit - 1) / unit * unit);
}

void* OrThrow(void* memory) {
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

std::int64_t AllocationCount() { return allocation_count; }

}  // namespace frontdesk

void* operator new(std::size_t size) { return frontdesk::OrThrow(frontdesk::Allocate(size)); }
void* operator new[](std::size_t size) { return frontdesk::OrThrow(frontdesk::Allocate(size)); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return frontdesk::Allocate(size);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return frontdesk::Allocate(size);
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  return frontdesk::OrThrow(frontdesk::AllocateAligned(size, alignment));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
  return frontdesk::OrThrow(frontdesk::AllocateAligned(size, alignment));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
