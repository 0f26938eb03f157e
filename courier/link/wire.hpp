// SPDX-License-Identifier: Apache-2.0
// What the daemon and the courier say to each other, in the contract's words and in ours. Pure.
#pragma once

#include "api/countersign.pb.h"
#include "courier/model/message.hpp"
#include "courier/model/report.hpp"

#include <optional>
#include <span>
#include <vector>

namespace countersign::courier {

// None when it is for a channel that this courier does not know.
[[nodiscard]] std::optional<Message> from_wire(v1::OutboundMessage&& message);

[[nodiscard]] v1::TakeMessages to_wire(const Capacity& room, std::size_t max,
                                       std::chrono::seconds wait,
                                       const std::vector<ProviderReport>& providers);
[[nodiscard]] v1::MessageReport to_wire(const Report& report);

}  // namespace countersign::courier
