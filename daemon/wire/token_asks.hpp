// SPDX-License-Identifier: Apache-2.0
// From checked messages about hardware tokens that belong to nobody yet to the model. Private to
// wire.
#pragma once

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "daemon/model/requests.hpp"

namespace countersign::wire {

// REQUIRES: check_message() found no fault with `message`.
// Fail with `malformed`, `limit_exceeded`. What is wrong with one of several tokens is that one's
// own error.
[[nodiscard]] Result<Ask> import_tokens_from(BytesView message);
[[nodiscard]] Result<Ask> list_tokens_from(BytesView message);
[[nodiscard]] Result<Ask> assign_token_from(BytesView message);
[[nodiscard]] Result<Ask> claim_token_from(BytesView message);
[[nodiscard]] Result<Ask> discard_token_from(BytesView message);

}  // namespace countersign::wire
