// SPDX-License-Identifier: Apache-2.0
// From checked messages about clients of the Yubico validation protocol to the model. Private to
// wire.
#pragma once

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "daemon/model/requests.hpp"

namespace countersign::wire {

// REQUIRES: check_message() found no fault with `message`.
// Fail with `malformed`, `limit_exceeded`.
[[nodiscard]] Result<Ask> check_client_from(BytesView message);
[[nodiscard]] Result<Ask> sign_for_client_from(BytesView message);
[[nodiscard]] Result<Ask> add_client_from(BytesView message);
[[nodiscard]] Result<Ask> list_clients_from(BytesView message);
[[nodiscard]] Result<Ask> revoke_client_from(BytesView message);

}  // namespace countersign::wire
