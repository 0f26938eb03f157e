// SPDX-License-Identifier: Apache-2.0
// Bytes to requests and replies to bytes, in both encodings of api/countersign.proto.
//
// What comes out of here is decoded, bounded and canonical; anything that the schema does not know,
// says twice or leaves open is malformed, at every depth and in both encodings alike.
#pragma once

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "daemon/model/replies.hpp"
#include "daemon/model/requests.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace countersign::wire {

// magic, version, flags (2 bytes, zero), body length (4 bytes); big-endian.
inline constexpr std::size_t kHeaderBytes = 8;
inline constexpr std::uint8_t kMagic = 0xC5;
inline constexpr std::uint8_t kVersion = 1;
inline constexpr std::size_t kBodyBytesMax = 64 * 1024;

// The body of a native frame. Fails with `malformed`, `limit_exceeded`.
[[nodiscard]] Result<Request> decode_frame(BytesView body);

// The id under which a body that decode_frame() refused can be answered, so that a peer with many
// requests under way knows which one it was. Empty when the body does not give one away.
[[nodiscard]] RequestId request_id_of(BytesView body);

// Appends one whole frame, header included. A reply larger than a frame becomes an error.
void encode_frame(const Reply& reply, std::string& out);

// `operation` is the last part of the path, "create-subject"; an empty key gets a random id, any
// other must be 16 to 64 printable ASCII characters. `session` is a session's text, or empty.
//
// Fails with `not_found` (no such operation), `malformed`, `limit_exceeded`, and with `unavailable`
// when the kernel gives no random bytes.
[[nodiscard]] Result<Request> decode_json(std::string_view operation, std::string_view json,
                                          std::string_view idempotency_key,
                                          std::string_view session = {});

struct HttpAnswer {
  unsigned status = 503;
  std::string body;
};
[[nodiscard]] HttpAnswer encode_json(const Reply& reply);

}  // namespace countersign::wire
