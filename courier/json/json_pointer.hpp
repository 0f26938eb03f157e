// SPDX-License-Identifier: Apache-2.0
// One value out of an answer in JSON, as a text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace countersign::courier {

// What stands at the pointer (RFC 6901): a text as it is, a number or truth value as JSON writes
// it. None if it is no JSON, or nothing of that kind is there.
[[nodiscard]] std::optional<std::string> json_at(std::string_view json, std::string_view pointer);

}  // namespace countersign::courier
