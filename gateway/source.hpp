// SPDX-License-Identifier: Apache-2.0
// Where a request comes from: the address that connected, or the one that a proxy we trust tells.
#pragma once

#include "base/error.hpp"

#include <boost/asio/ip/address.hpp>

#include <cstdint>
#include <string_view>
#include <vector>

namespace countersign::gateway {

using Address = boost::asio::ip::address;

// An IPv4 address that came through an IPv6 socket is an IPv4 address; and the zone of a local one
// means nothing to anybody else.
[[nodiscard]] Address unmapped(const Address& address);

// What one subscriber has, as a number: an IPv4 address, or the network of 64 bits around an IPv6
// one.
[[nodiscard]] std::uint64_t subscriber_of(const Address& address);

// "192.0.2.0/24", "2001:db8::/32", or one address.
class Network {
 public:
  // Fails with `malformed`; also when bits are set behind the prefix.
  static Result<Network> parse(std::string_view text);
  [[nodiscard]] bool contains(const Address& address) const;

 private:
  Network(const Address& base, unsigned bits) : base_{base}, bits_{bits} {}
  Address base_;
  unsigned bits_;
};

inline constexpr std::size_t kForwardedBytesMax = 1024;

// The sender behind trusted proxies: `forwarded` is X-Forwarded-For, to whose end each proxy adds
// the address that it was asked by, so that only what trusted proxies wrote is believed.
//
// Fails with `malformed` when a trusted proxy wrote what is no address.
[[nodiscard]] Result<Address> source_of(const Address& peer, std::string_view forwarded,
                                        const std::vector<Network>& trusted_proxies);

}  // namespace countersign::gateway
