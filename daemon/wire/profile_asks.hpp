// SPDX-License-Identifier: Apache-2.0
// From checked messages about who a person is, where they are reached and what is kept of them to
// the model. Private to wire.
#pragma once

#include "daemon/wire/message_fields.hpp"

#include <span>

namespace countersign::wire {

// They fail with `malformed`, `limit_exceeded`.
// REQUIRES (of each): check_message() found no fault with the message.
[[nodiscard]] std::span<const MessageReader> profile_readers();

}  // namespace countersign::wire
