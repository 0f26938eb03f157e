// SPDX-License-Identifier: Apache-2.0
// What every service works with.
#pragma once

#include "base/clock.hpp"
#include "daemon/hashing/hasher.hpp"
#include "daemon/service/current_policy.hpp"
#include "daemon/service/outbox.hpp"
#include "daemon/service/turns.hpp"
#include "daemon/store/account_store.hpp"
#include "daemon/store/store.hpp"
#include "hsm/client/hsm.hpp"

namespace countersign {

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
