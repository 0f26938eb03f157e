// SPDX-License-Identifier: Apache-2.0
// Protobuf's wire format, checked against the schema before Protobuf reads it. Private to wire.
//
// Protobuf is lenient by design: it keeps unknown fields, lets the last of two win, takes any
// number for an enum and cuts numbers to size. A daemon that decides about people must not guess
// what a peer meant, so everything of that kind is refused here; afterwards Protobuf cannot fail.
#pragma once

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "daemon/wire/schema.hpp"

namespace countersign::wire {

inline constexpr int kMessageDepthMax = 8;

// What a native body holds. The views are into the body.
struct Envelope {
  BytesView request_id;
  BytesView session;
  unsigned operation = 0;  // the number of the oneof's member
  BytesView message;
};

// Checks a whole request. Fails with `malformed`.
[[nodiscard]] Result<Envelope> open_envelope(BytesView body);

// Checks one message and everything in it. Fails with `malformed`.
[[nodiscard]] Status check_message(const MessageRules& rules, BytesView message, int depth = 1);

// The request id, if the body is sound up to there.
[[nodiscard]] BytesView find_request_id(BytesView body);

}  // namespace countersign::wire
