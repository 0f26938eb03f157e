// SPDX-License-Identifier: Apache-2.0
#include "http/server/source.hpp"

#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>

#include <algorithm>
#include <span>

namespace countersign::http {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool is_trusted(const IpAddress& address, const std::vector<Network>& proxies) {
  return std::ranges::any_of(proxies, [&](const Network& n) { return n.holds(address); });
}

}  // namespace

IpAddress address_of(const boost::asio::ip::address& peer) {
  if (peer.is_v4()) {
    const auto bytes = peer.to_v4().to_bytes();
    return IpAddress::from_bytes(std::as_bytes(std::span{bytes}));
  }
  const auto bytes = peer.to_v6().to_bytes();
  return IpAddress::from_bytes(std::as_bytes(std::span{bytes}));
}

Result<Network> parse_proxies(std::string_view text) {
  if (text.find('/') != std::string_view::npos) return Network::from(text);
  CS_TRY(const IpAddress address, IpAddress::from(text));
  return Network::of(address);
}

Result<IpAddress> source_of(const IpAddress& peer, std::string_view forwarded,
                            const std::vector<Network>& trusted_proxies) {
  IpAddress source = peer;
  if (forwarded.size() > kForwardedBytesMax) {
    return Error{ErrorCode::malformed, "forwarded.length"};
  }
  while (!forwarded.empty() && is_trusted(source, trusted_proxies)) {
    const std::size_t comma = forwarded.rfind(',');
    const bool is_last = comma == std::string_view::npos;
    const auto before = IpAddress::from(trimmed(is_last ? forwarded : forwarded.substr(comma + 1)));
    if (!before) return Error{ErrorCode::malformed, "forwarded.address"};
    source = *before;
    forwarded = is_last ? std::string_view{} : forwarded.substr(0, comma);
  }
  return source;
}

}  // namespace countersign::http
