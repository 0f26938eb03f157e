// SPDX-License-Identifier: Apache-2.0
// From checked messages about challenges and the factors that answer them to the model. Private to
// wire.
#pragma once

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "daemon/model/requests.hpp"

namespace countersign::wire {

// REQUIRES: check_message() found no fault with `message`.
// Fail with `malformed`, `limit_exceeded`.
[[nodiscard]] Result<Ask> start_challenge_from(BytesView message);
[[nodiscard]] Result<Ask> answer_challenge_from(BytesView message);
[[nodiscard]] Result<Ask> enrol_challenge_response_from(BytesView message);

}  // namespace countersign::wire
