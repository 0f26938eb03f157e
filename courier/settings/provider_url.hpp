// SPDX-License-Identifier: Apache-2.0
// Where a provider is reached over HTTP, as an administrator writes it.
#pragma once

#include <string>

namespace countersign::courier {

// What is wrong with it, in words; empty if nothing is. Without TLS only this very machine may be
// asked: whoever listens on the way would read the codes.
[[nodiscard]] std::string mistake_in_url(const std::string& url);

}  // namespace countersign::courier
