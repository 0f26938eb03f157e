// SPDX-License-Identifier: Apache-2.0
#include "gateway/source.hpp"

#include "base/bytes.hpp"

#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

namespace countersign::gateway {
namespace {

namespace ip = boost::asio::ip;

constexpr std::size_t kAddressBytesMax = 45;  // of an IPv6 address with an IPv4 one at its end

// No zones: they mean something on one machine alone.
std::optional<Address> parse_address(std::string_view text) {
  if (text.size() > kAddressBytesMax || text.find('%') != std::string_view::npos) {
    return std::nullopt;
  }
  boost::system::error_code failed;
  const Address address = ip::make_address(std::string{text}, failed);
  if (failed) return std::nullopt;
  return unmapped(address);
}

unsigned bits_of(const Address& address) { return address.is_v4() ? 32 : 128; }

bool bit_of(const Address& address, unsigned index) {
  const unsigned shift = 7 - index % 8;
  if (address.is_v4()) return (address.to_v4().to_bytes()[index / 8] >> shift & 1) != 0;
  return (address.to_v6().to_bytes()[index / 8] >> shift & 1) != 0;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool is_trusted(const Address& address, const std::vector<Network>& proxies) {
  return std::ranges::any_of(proxies, [&](const Network& n) { return n.contains(address); });
}

}  // namespace

Address unmapped(const Address& address) {
  if (!address.is_v6()) return address;
  ip::address_v6 plain = address.to_v6();
  if (plain.is_v4_mapped()) return ip::make_address_v4(ip::v4_mapped, plain);
  plain.scope_id(0);
  return plain;
}

std::uint64_t subscriber_of(const Address& address) {
  const Address plain = unmapped(address);
  // No network of IPv6 that anybody has begins with zeros.
  if (plain.is_v4()) return plain.to_v4().to_uint();
  const auto bytes = plain.to_v6().to_bytes();
  return load_big_endian<std::uint64_t>(
      std::as_bytes(std::span{bytes}).first<sizeof(std::uint64_t)>());
}

Result<Network> Network::parse(std::string_view text) {
  const std::size_t slash = std::min(text.find('/'), text.size());
  const auto base = parse_address(text.substr(0, slash));
  if (!base) return Error{ErrorCode::malformed, "network.address"};
  unsigned bits = bits_of(*base);
  if (slash != text.size()) {
    const std::string_view digits = text.substr(slash + 1);
    const char* const end = digits.data() + digits.size();
    const auto [stopped, failed] = std::from_chars(digits.data(), end, bits);
    if (failed != std::errc{} || stopped != end || bits > bits_of(*base)) {
      return Error{ErrorCode::malformed, "network.prefix"};
    }
  }
  for (unsigned i = bits; i < bits_of(*base); ++i) {
    if (bit_of(*base, i)) return Error{ErrorCode::malformed, "network.host_bits"};
  }
  return Network{*base, bits};
}

bool Network::contains(const Address& address) const {
  const Address other = unmapped(address);
  if (other.is_v4() != base_.is_v4()) return false;
  for (unsigned i = 0; i < bits_; ++i) {
    if (bit_of(other, i) != bit_of(base_, i)) return false;
  }
  return true;
}

Result<Address> source_of(const Address& peer, std::string_view forwarded,
                          const std::vector<Network>& trusted_proxies) {
  Address source = unmapped(peer);
  if (forwarded.size() > kForwardedBytesMax) {
    return Error{ErrorCode::malformed, "forwarded.length"};
  }
  while (!forwarded.empty() && is_trusted(source, trusted_proxies)) {
    const std::size_t comma = forwarded.rfind(',');
    const bool is_last = comma == std::string_view::npos;
    const auto before = parse_address(trimmed(is_last ? forwarded : forwarded.substr(comma + 1)));
    if (!before) return Error{ErrorCode::malformed, "forwarded.address"};
    source = *before;
    forwarded = is_last ? std::string_view{} : forwarded.substr(0, comma);
  }
  return source;
}

}  // namespace countersign::gateway
