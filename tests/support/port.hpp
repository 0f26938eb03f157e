// SPDX-License-Identifier: Apache-2.0
// Ports of loopback, for servers that want to be told theirs.
#pragma once

#include <cstdint>

namespace countersign::test {

// One on which nobody listens now. None of those that the kernel gives to whoever connects, which
// are taken before the server is there.
[[nodiscard]] std::uint16_t free_port();

[[nodiscard]] bool is_listening(std::uint16_t port);

}  // namespace countersign::test
