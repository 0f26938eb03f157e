// SPDX-License-Identifier: Apache-2.0
// From a checked message to the model: bounds, canonical names, defaults. Private to wire.
#pragma once

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "daemon/model/requests.hpp"

#include <string>
#include <string_view>

namespace countersign::v1 {
class SubjectName;
}

namespace countersign::wire {

// REQUIRES: check_message() found no fault with `message`; `operation` is a member's number.
// Fails with `malformed`, `limit_exceeded`.
[[nodiscard]] Result<Ask> ask_from(unsigned operation, BytesView message);

// Fails with `malformed`, `limit_exceeded`.
[[nodiscard]] Result<SubjectName> name_from(const v1::SubjectName& message);

[[nodiscard]] Result<RequestId> request_id_from(BytesView bytes);

// The one text of an address, or an empty one of an empty one. An IPv4 address that comes in IPv6
// clothes (::ffff:192.0.2.1) is the IPv4 address. Fails with `malformed`.
[[nodiscard]] Result<std::string> canonical_address(std::string_view text);

}  // namespace countersign::wire
