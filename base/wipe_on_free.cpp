// SPDX-License-Identifier: Apache-2.0
// Every block that C++ frees is wiped first, in every program that links this file.
//
// Passcodes pass through buffers that we do not own: Protobuf's strings, Beast's flat buffers, the
// JSON converter's temporaries. Instead of trusting each of them, the allocator forgets for all.
#include <malloc.h>
#include <string.h>

#include <cstddef>
#include <cstdlib>
#include <new>

namespace {

void wipe_and_free(void* block) noexcept {
  if (block == nullptr) return;
  ::explicit_bzero(block, ::malloc_usable_size(block));
  std::free(block);
}

void* allocate(std::size_t size) {
  if (void* block = std::malloc(size == 0 ? 1 : size)) return block;
  throw std::bad_alloc{};
}

}  // namespace

// Both halves are replaced, so that sanitizers see a matching pair.
void* operator new(std::size_t size) { return allocate(size); }
void* operator new[](std::size_t size) { return allocate(size); }
void operator delete(void* block) noexcept { wipe_and_free(block); }
void operator delete[](void* block) noexcept { wipe_and_free(block); }
void operator delete(void* block, std::size_t) noexcept { wipe_and_free(block); }
void operator delete[](void* block, std::size_t) noexcept { wipe_and_free(block); }
// Over-aligned blocks come from the library's own pair and are not wiped: nothing that holds a
// passcode is over-aligned.
