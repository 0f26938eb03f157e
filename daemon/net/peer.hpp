// SPDX-License-Identifier: Apache-2.0
// Who is calling, as the kernel knows it.
#pragma once

#include "base/error.hpp"

#include <sys/types.h>

namespace countersign::net {

struct Peer {
  uid_t uid{};
  gid_t gid{};
};

// SO_PEERCRED: the process that connected, at the moment it did. Fails with `denied`.
[[nodiscard]] Result<Peer> identify_peer(int socket);

}  // namespace countersign::net
