// SPDX-License-Identifier: Apache-2.0
// Addresses of this very machine.
#pragma once

#include <boost/asio/ip/tcp.hpp>

#include <optional>
#include <string_view>

namespace countersign::courier {

// "127.0.0.1:8087", "[::1]:8087"; port 0 is one that is free. None if it is anything else.
[[nodiscard]] std::optional<boost::asio::ip::tcp::endpoint> parse_loopback(std::string_view text);

}  // namespace countersign::courier
