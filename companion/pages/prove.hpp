// SPDX-License-Identifier: Apache-2.0
// Proving again who one is, before a change: the daemon says what is needed, and for how long it
// serves.
//
//   GET  /account/prove?next=...   goes on where nothing is needed
//   POST /account/prove            a password and what a factor takes; another way; another code
//
// All of it is one page that is sent on until nothing is missing, so that what somebody was doing
// (errand.hpp) stays with it, whichever way they choose.
#pragma once

#include "companion/door/route.hpp"

namespace countersign::companion {

// The page that asks, after `proof_required`.
awaitable<Result<Response>> ask_for_proof(Visit& visit);

[[nodiscard]] Routes prove_routes();

}  // namespace countersign::companion
