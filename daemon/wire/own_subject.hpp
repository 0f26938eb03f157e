// SPDX-License-Identifier: Apache-2.0
// Requests that need not say whose they are: the session that they bear does. Private to wire.
#pragma once

#include "base/error.hpp"
#include "daemon/model/requests.hpp"

namespace countersign::wire {

// Does it say whose it is, and where to, in itself or by its session? Fails with `malformed`.
[[nodiscard]] Status check_own(const Ask& ask, bool has_session);

}  // namespace countersign::wire
