// SPDX-License-Identifier: Apache-2.0
// From checked messages about what is told by SMS and e-mail to the model: the courier's, and the
// security team's about it. Private to wire.
#pragma once

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "daemon/model/requests.hpp"

namespace countersign::wire {

// REQUIRES: check_message() found no fault with `message`.
// Fail with `malformed`, `limit_exceeded`.
[[nodiscard]] Result<Ask> take_messages_from(BytesView message);
[[nodiscard]] Result<Ask> report_messages_from(BytesView message);
[[nodiscard]] Result<Ask> send_test_message_from(BytesView message);
[[nodiscard]] Result<Ask> enrol_out_of_band_from(BytesView message);

}  // namespace countersign::wire
