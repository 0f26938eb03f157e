// SPDX-License-Identifier: Apache-2.0
// JSON into Protobuf's wire format, by the schema's JSON mapping. Private to wire.
//
// Not by Protobuf's own converter: that one takes the last of two keys, hands out error texts that
// quote passcodes, and leaves copies where we cannot wipe them. What comes out goes through the
// same check_message() and conversion as a native frame.
//
// Of the mapping, requests use: objects, texts, enums by name or number, integers as numbers or
// decimal texts, bytes in base64 (either alphabet), `null` for what is absent, and keys in either
// spelling (factor_id, factorId). An integer written with a fraction or an exponent is refused.
#pragma once

#include "base/error.hpp"
#include "daemon/wire/schema.hpp"

#include <string>
#include <string_view>

namespace countersign::wire {

// Appends the message to `out`.
//
// REQUIRES: `out` has the capacity for json.size() + kJsonSlackBytes, so that it never moves.
// Fails with `malformed`.
[[nodiscard]] Status fields_from_json(const MessageRules& rules, std::string_view json,
                                      std::string& out);

inline constexpr std::size_t kJsonSlackBytes = 64;

}  // namespace countersign::wire
