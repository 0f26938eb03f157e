// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/factor/former_position.hpp"

#include "hsm/client/hsm.hpp"

#include <algorithm>

namespace countersign {

awaitable<Result<KeyHistory>> key_history(Store& store, const SealedSecret& sealed) {
  const BytesView whole = sealed;
  const BytesView key = whole.first(std::min(whole.size(), hsm::kSealedYubicoKeyBytes));
  CS_CO_TRY(const auto factors, co_await store.factors_of_key(key));
  KeyHistory history;
  for (const FactorRecord& factor : factors) {
    history.position = std::max(history.position, factor.motion.position);
    if (factor.fixed.state != FactorState::revoked) history.in_use = true;
  }
  co_return history;
}

awaitable<Result<Position>> former_position(Store& store, const SealedSecret& sealed) {
  CS_CO_TRY(const KeyHistory history, co_await key_history(store, sealed));
  if (history.in_use) co_return Error{ErrorCode::already_exists, "enrol.secret"};
  co_return history.position;
}

}  // namespace countersign
