// SPDX-License-Identifier: Apache-2.0
// Where a request comes from: the address that connected, or the one that a proxy we trust tells.
#pragma once

#include "base/network.hpp"

#include <boost/asio/ip/address.hpp>

#include <string_view>
#include <vector>

namespace countersign::http {

// The address of who connected. The zone of a local one means nothing to anybody else.
[[nodiscard]] IpAddress address_of(const boost::asio::ip::address& peer);

// "192.0.2.0/24", "2001:db8::/32", or one address. Fails with `malformed`.
[[nodiscard]] Result<Network> parse_proxies(std::string_view text);

inline constexpr std::size_t kForwardedBytesMax = 1024;

// The sender behind trusted proxies: `forwarded` is X-Forwarded-For, to whose end each proxy adds
// the address that it was asked by, so that only what trusted proxies wrote is believed.
//
// Fails with `malformed` when a trusted proxy wrote what is no address.
[[nodiscard]] Result<IpAddress> source_of(const IpAddress& peer, std::string_view forwarded,
                                          const std::vector<Network>& trusted_proxies);

}  // namespace countersign::http
