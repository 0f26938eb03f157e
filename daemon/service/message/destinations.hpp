// SPDX-License-Identifier: Apache-2.0
// Where the codes of an out-of-band factor go: sealed by the HSM like a secret, and in clear only
// while a message is written or a mask is made of it.
#pragma once

#include "daemon/model/destination.hpp"
#include "hsm/client/hsm.hpp"

namespace countersign {

// Fails with `unavailable`. REQUIRES: the destination outlives the wait.
awaitable<Result<Bytes>> seal_destination(hsm::Hsm& hsm, const Destination& destination);

// Fails with `unavailable`, and with `corrupt` when it is another's.
// REQUIRES: an out-of-band factor, which outlives the wait.
awaitable<Result<Destination>> open_destination(hsm::Hsm& hsm, const Factor& factor);

}  // namespace countersign
