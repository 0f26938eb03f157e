// SPDX-License-Identifier: Apache-2.0
#include "daemon/wire/wipe.hpp"

#include <array>

namespace countersign::wire {
namespace {

// Boost.JSON keeps up to 4 KiB of an escaped string on its stack, beside frames of its own.
constexpr std::size_t kStackBytes = 32 * 1024;

}  // namespace

[[gnu::noinline]] void wipe_stack_below() noexcept {
  std::array<char, kStackBytes> below;  // NOLINT(cppcoreguidelines-pro-type-member-init): wiped
  ::explicit_bzero(below.data(), below.size());
}

}  // namespace countersign::wire
