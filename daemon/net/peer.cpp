// SPDX-License-Identifier: Apache-2.0
#include "daemon/net/peer.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <cstdint>

namespace countersign::net {

Result<Peer> identify_peer(int socket) {
  ucred who{};
  socklen_t size = sizeof who;
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &who, &size) != 0 || size != sizeof who) {
    return Error{ErrorCode::denied, "net.peer_unknown", static_cast<std::uint64_t>(errno)};
  }
  return Peer{who.uid, who.gid};
}

}  // namespace countersign::net
