// SPDX-License-Identifier: Apache-2.0
// The providers in the order of the settings, how each of them is, and whose turn it is.
//
// No I/O and no clock of its own.
#pragma once

#include "courier/engine/health.hpp"
#include "courier/engine/provider.hpp"
#include "courier/model/report.hpp"
#include "courier/settings/settings.hpp"

#include <bitset>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

namespace countersign::courier {

// Who has had a message already.
using Tried = std::bitset<kProvidersMax>;

class Roster {
 public:
  // REQUIRES: providers.size() <= kProvidersMax.
  explicit Roster(std::vector<std::unique_ptr<Provider>> providers);

  // The first of the channel that has not been tried and may begin; the caller then tells how it
  // ended by settle(). None if there is no such.
  [[nodiscard]] std::optional<std::size_t> choose(Channel channel, const Tried& tried, Instant now);
  void settle(std::size_t index, const Outcome& outcome, Instant now);

  // How long all of the channel's providers will be down; 0 if one is not.
  [[nodiscard]] std::chrono::seconds down_for(Channel channel, Instant now) const;

  [[nodiscard]] Provider& provider(std::size_t index) { return *members_[index].provider; }
  [[nodiscard]] std::vector<ProviderReport> report(Instant now) const;

 private:
  struct Member {
    std::unique_ptr<Provider> provider;
    Health health;
    std::uint64_t sent = 0;
    std::uint64_t failed = 0;
    std::string problem;
  };

  std::vector<Member> members_;
};

}  // namespace countersign::courier
