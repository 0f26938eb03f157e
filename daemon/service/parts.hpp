// SPDX-License-Identifier: Apache-2.0
// What every service works with.
#pragma once

#include "base/clock.hpp"
#include "daemon/hashing/hasher.hpp"
#include "daemon/service/attempt/turns.hpp"
#include "daemon/service/current_policy.hpp"
#include "daemon/service/message/outbox.hpp"
#include "daemon/store/account_store.hpp"
#include "daemon/store/store.hpp"
#include "hsm/client/hsm.hpp"

namespace countersign {

// How often another writer may be first before we give up.
inline constexpr int kConflictsMax = 8;

struct Parts {
  Store& store;
  AccountStore& accounts;
  hsm::Hsm& hsm;
  Hasher& hasher;
  Turns& turns;
  const CurrentPolicy& policy;
  const Clock& clock;
  Outbox& outbox;
};

}  // namespace countersign
