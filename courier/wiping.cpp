// SPDX-License-Identifier: Apache-2.0
#include "courier/wiping.hpp"

#include <curl/curl.h>
#include <malloc.h>
#include <openssl/crypto.h>
#include <string.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace countersign::courier {
namespace {

void wipe_and_free(void* block) {
  if (block == nullptr) return;
  ::explicit_bzero(block, ::malloc_usable_size(block));
  std::free(block);
}

// realloc() would leave a copy behind wherever it moves the block from.
void* move_and_wipe(void* block, std::size_t size) {
  if (block == nullptr) return std::malloc(size);
  if (size == 0) {
    wipe_and_free(block);
    return nullptr;
  }
  void* moved = std::malloc(size);
  if (moved == nullptr) return nullptr;
  std::memcpy(moved, block, std::min(size, ::malloc_usable_size(block)));
  wipe_and_free(block);
  return moved;
}

void* allocate(std::size_t size, const char*, int) { return std::malloc(size); }
void* reallocate(void* block, std::size_t size, const char*, int) {
  return move_and_wipe(block, size);
}
void release(void* block, const char*, int) { wipe_and_free(block); }

}  // namespace

Status begin_wiping() {
  if (CRYPTO_set_mem_functions(&allocate, &reallocate, &release) != 1) {
    return Error{ErrorCode::unavailable, "CRYPTO_set_mem_functions"};
  }
  const CURLcode code = curl_global_init_mem(CURL_GLOBAL_ALL, &std::malloc, &wipe_and_free,
                                             &move_and_wipe, &::strdup, &std::calloc);
  if (code != CURLE_OK) {
    return Error{ErrorCode::unavailable, "curl_global_init", static_cast<std::uint64_t>(code)};
  }
  return {};
}

}  // namespace countersign::courier
