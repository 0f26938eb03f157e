// SPDX-License-Identifier: Apache-2.0
// What makes the rows of an account unforgeable: tickets, sessions, profiles and pending secrets.
//
// Sealed by the daemon's HmacKey, as challenges and messages are; none of them stands beside a
// fixed row. docs/storage-format.md draws every encoding.
#pragma once

#include "daemon/hmac/hmac_key.hpp"
#include "daemon/model/account.hpp"

namespace countersign::store {

[[nodiscard]] RowMac mac_of(const HmacKey& key, const Ticket& ticket);
[[nodiscard]] RowMac mac_of(const HmacKey& key, const Session& session);
[[nodiscard]] RowMac mac_of(const HmacKey& key, SubjectId owner, const SealedProfile& profile);
[[nodiscard]] RowMac mac_of(const HmacKey& key, const PendingSecret& secret);

}  // namespace countersign::store
