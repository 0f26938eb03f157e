// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/message/presence.hpp"

#include <algorithm>

namespace countersign {

void Presence::asked(std::vector<Provider> providers, Time end) {
  providers_ = std::move(providers);
  there_until_ = end + kPatience;
}

bool Presence::is_up(FactorKind channel, Time now) const {
  const auto delivers = [channel](const Provider& provider) {
    return provider.channel == channel && provider.state != ProviderState::down;
  };
  return is_there(now) && std::ranges::any_of(providers_, delivers);
}

}  // namespace countersign
