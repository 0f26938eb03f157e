// SPDX-License-Identifier: Apache-2.0
// A client of the Yubico validation protocol: whoever signs its requests with a key that we share.
#pragma once

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/network.hpp"
#include "daemon/model/ids.hpp"

#include <string>
#include <vector>

namespace countersign {

// Stored numbers.
enum class ClientState : std::uint8_t { active = 1, revoked = 2 };

struct Client {
  static constexpr std::size_t kNetworksMax = 16;

  ClientId id{};
  std::string name;               // what the security team calls it
  std::vector<Network> networks;  // where it may ask from; anywhere when empty
  bool require_signature = false;
  ClientState state = ClientState::active;
  Bytes sealed;  // its API key
  Time created_at{};

  [[nodiscard]] bool may_ask_from(const IpAddress& address) const {
    if (networks.empty()) return true;
    for (const Network& network : networks) {
      if (network.holds(address)) return true;
    }
    return false;
  }
};

}  // namespace countersign
