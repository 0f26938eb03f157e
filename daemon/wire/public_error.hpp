// SPDX-License-Identifier: Apache-2.0
// The one place where an error gets the face that peers see.
#pragma once

#include "base/error.hpp"

#include <string_view>

namespace countersign::wire {

struct PublicError {
  int code = 0;              // ErrorCode of api/countersign.proto
  unsigned status = 0;       // of HTTP
  std::string_view message;  // what is wrong and how to mend it; never quotes the input
};

// Decided by the error's code, worded by its operation. That something was unavailable or tampered
// with is all that a peer learns about it; the operation is for the log.
[[nodiscard]] PublicError public_face(const Error& error);

}  // namespace countersign::wire
