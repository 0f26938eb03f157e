// SPDX-License-Identifier: Apache-2.0
// What makes the rows of an account unforgeable: tickets, sessions, profiles and pending secrets.
//
// Sealed by the daemon's MovingKey, as challenges and messages are; none of them stands beside a
// fixed row. docs/storage-format.md draws every encoding.
#pragma once

#include "daemon/model/account.hpp"
#include "daemon/store/moving_key.hpp"

namespace countersign::store {

[[nodiscard]] RowMac mac_of(const MovingKey& key, const Ticket& ticket);
[[nodiscard]] RowMac mac_of(const MovingKey& key, const Session& session);
[[nodiscard]] RowMac mac_of(const MovingKey& key, SubjectId owner, const SealedProfile& profile);
[[nodiscard]] RowMac mac_of(const MovingKey& key, const PendingSecret& secret);

}  // namespace countersign::store
