// SPDX-License-Identifier: Apache-2.0
// The proof before a form, rather than after it: what is secret in a form is not kept while
// somebody proves who they are, and would have to be typed twice.
#pragma once

#include "companion/door/visit.hpp"

namespace countersign::companion {

// Fails with `proof_required` where somebody is signed in who would have to prove it before a
// change. Changes nothing itself.
awaitable<Status> proof_first(Visit& visit);

}  // namespace countersign::companion
