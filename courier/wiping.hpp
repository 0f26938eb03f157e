// SPDX-License-Identifier: Apache-2.0
// What libcurl and OpenSSL free is wiped first, as base/wipe_on_free.cpp does it for C++.
#pragma once

#include "base/error.hpp"

namespace countersign::courier {

// REQUIRES: nobody has used either library yet, and there is one thread. Fails with `unavailable`.
Status begin_wiping();

}  // namespace countersign::courier
