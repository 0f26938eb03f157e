// SPDX-License-Identifier: Apache-2.0
// What the daemon says, in the protocol's words.
#pragma once

#include "api/countersign.pb.h"
#include "gateway/answer.hpp"

namespace countersign::gateway {

// Anything but a first acceptance is a refusal; an outcome that we do not know, `backend_error`.
[[nodiscard]] Outcome outcome_of(const v1::Verdict& verdict);

// What keeps the client from asking; none if it may.
[[nodiscard]] std::optional<Outcome> refusal_of(const v1::ClientCheck& check);

}  // namespace countersign::gateway
