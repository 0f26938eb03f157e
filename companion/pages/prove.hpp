// SPDX-License-Identifier: Apache-2.0
// Proving again who one is, before a change: the daemon says what is needed, and for how long it
// serves.
//
// Whoever was in the middle of a form loses nothing but the secrets in it: what was typed comes
// along, and waits behind a button.
#pragma once

#include "companion/door/route.hpp"

namespace countersign::companion {

// The page that asks, after `proof_required`.
awaitable<Result<Response>> ask_for_proof(Visit& visit);

[[nodiscard]] Routes prove_routes();

}  // namespace countersign::companion
