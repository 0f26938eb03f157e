// SPDX-License-Identifier: Apache-2.0
// A YubiKey that comes back.
#pragma once

#include "daemon/store/store.hpp"

namespace countersign {

// What became of the factors that had a YubiKey's AES key, whoever's and by whatever public id.
struct KeyHistory {
  // The furthest that any of them came: what the key typed until then must not be good again. A key
  // that was programmed anew with its old AES key counts from the beginning, and is refused until
  // it has passed this place: it needs a new one.
  Position position = Position::none;
  bool in_use = false;  // one of them is not revoked
};
awaitable<Result<KeyHistory>> key_history(Store& store, const SealedSecret& sealed);

// Where a factor with the key starts. Fails with `already_exists` while another one has it.
awaitable<Result<Position>> former_position(Store& store, const SealedSecret& sealed);

}  // namespace countersign
