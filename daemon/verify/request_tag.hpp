// SPDX-License-Identifier: Apache-2.0
// The name of one request of one peer, as a factor remembers it.
#pragma once

#include "daemon/model/requests.hpp"
#include "daemon/model/subject.hpp"

namespace countersign::verify {

// The first 16 bytes of SHA-256 over the peer's uid and the request id it chose.
// Fails with `unavailable`.
[[nodiscard]] Result<RequestTag> request_tag(std::uint32_t peer_uid, const RequestId& id);

}  // namespace countersign::verify
