// SPDX-License-Identifier: Apache-2.0
// From checked messages by which people come in and prove who they are (links, signing in,
// sessions, passwords, questions, codes) to the model. Private to wire.
#pragma once

#include "daemon/wire/message_fields.hpp"

#include <span>

namespace countersign::wire {

// They fail with `malformed`, `limit_exceeded`.
// REQUIRES (of each): check_message() found no fault with the message.
[[nodiscard]] std::span<const MessageReader> account_readers();

}  // namespace countersign::wire
