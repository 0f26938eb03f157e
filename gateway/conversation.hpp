// SPDX-License-Identifier: Apache-2.0
// One request from its parameters to the text that answers it: read, check the client, verify,
// sign.
#pragma once

#include "base/clock.hpp"
#include "gateway/daemon.hpp"
#include "gateway/query.hpp"

#include <string>

namespace countersign::gateway {

// The body of the answer. Whatever goes wrong refuses; only an acceptance that is signed says OK.
//
// REQUIRES: what is referred to lives until the answer.
awaitable<std::string> converse(const Parameters& parameters, Version version,
                                const std::string& source, Backend& backend, const Clock& clock);

}  // namespace countersign::gateway
