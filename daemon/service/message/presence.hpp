// SPDX-License-Identifier: Apache-2.0
// Who could deliver a message now: whether a courier asked for some lately, and what it said of its
// providers.
#pragma once

#include "base/clock.hpp"
#include "daemon/model/courier.hpp"

#include <vector>

namespace countersign {

class Presence {
 public:
  // A courier that has not asked for so long is away.
  static constexpr std::chrono::seconds kPatience{15};

  // A courier asks, and is answered at `end` at the latest.
  void asked(std::vector<Provider> providers, Time end);
  // It was answered, and will ask again.
  void answered(Time now) { there_until_ = now + kPatience; }

  [[nodiscard]] bool is_there(Time now) const { return now < there_until_; }
  // Is there anybody for this channel who delivers, or who is worth another try?
  [[nodiscard]] bool is_up(FactorKind channel, Time now) const;
  // As the courier said last.
  [[nodiscard]] const std::vector<Provider>& providers() const { return providers_; }

 private:
  std::vector<Provider> providers_;
  Time there_until_{};
};

}  // namespace countersign
