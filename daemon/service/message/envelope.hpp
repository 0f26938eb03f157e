// SPDX-License-Identifier: Apache-2.0
// What binds a sealed letter to its row in the outbox: it is opened for that message and no other.
#pragma once

#include "daemon/model/courier.hpp"
#include "hsm/client/hsm.hpp"

namespace countersign {

// Associated data of what is sealed.
[[nodiscard]] Bytes envelope_of(MessageId id);

// A message for whoever delivers it. Fails with `unavailable`, and with `corrupt` when it was
// sealed for another row, or is no letter. REQUIRES: the row outlives the wait.
awaitable<Result<OutboundMessage>> open_letter(hsm::Hsm& hsm, const Message& row);

}  // namespace countersign
