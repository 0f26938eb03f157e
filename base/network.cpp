// SPDX-License-Identifier: Apache-2.0
#include "base/network.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <cassert>
#include <charconv>

namespace countersign {
namespace {

// What stands in front of an IPv4 address in IPv6 clothes: RFC 4291 section 2.5.5.2.
constexpr std::array<std::byte, 12> kMappedPrefix{
    {{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, std::byte{0xff}, std::byte{0xff}}};

}  // namespace

Result<IpAddress> IpAddress::from(std::string_view text) {
  const Error malformed{ErrorCode::malformed, "address"};
  if (text.size() >= INET6_ADDRSTRLEN || text.find('\0') != text.npos) return malformed;
  std::array<char, INET6_ADDRSTRLEN> zero_ended{};
  std::ranges::copy(text, zero_ended.begin());
  in_addr v4{};
  in6_addr v6{};
  if (::inet_pton(AF_INET, zero_ended.data(), &v4) == 1) {
    return from_bytes(std::as_bytes(std::span{&v4, 1}));
  }
  if (::inet_pton(AF_INET6, zero_ended.data(), &v6) != 1) return malformed;
  return from_bytes(std::as_bytes(std::span{&v6, 1}));
}

IpAddress IpAddress::from_bytes(BytesView bytes) {
  assert(bytes.size() == kBitsV4 / 8 || bytes.size() == kBitsV6 / 8);
  const bool is_dressed = bytes.size() == kBitsV6 / 8 &&
                          std::ranges::equal(bytes.first(kMappedPrefix.size()), kMappedPrefix);
  if (is_dressed) bytes = bytes.subspan(kMappedPrefix.size());
  IpAddress address;
  address.bits_ = static_cast<unsigned>(8 * bytes.size());
  std::ranges::copy(bytes, address.bytes_.begin());
  return address;
}

std::uint64_t IpAddress::subscriber() const {
  const BytesView bytes{bytes_};
  if (bits_ == kBitsV4) return load_big_endian<std::uint32_t>(bytes.first(sizeof(std::uint32_t)));
  return load_big_endian<std::uint64_t>(bytes.first(sizeof(std::uint64_t)));
}

std::string IpAddress::text() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = bits_ == kBitsV4 ? AF_INET : AF_INET6;
  return ::inet_ntop(family, bytes_.data(), text.data(), text.size());
}

Result<Network> Network::from(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == text.npos) return Error{ErrorCode::malformed, "network.prefix"};
  const auto address = IpAddress::from(text.substr(0, slash));
  if (!address) return Error{ErrorCode::malformed, "network.address"};
  // Its prefix would count bits that the address no longer has.
  const bool dressed = address->bits() == IpAddress::kBitsV4 && text.find(':') != text.npos;
  if (dressed) return Error{ErrorCode::malformed, "network.address"};

  const std::string_view digits = text.substr(slash + 1);
  Network network;
  network.address_ = *address;
  const auto [end, failed] =
      std::from_chars(digits.data(), digits.data() + digits.size(), network.prefix_);
  const bool spelt_twice = digits.size() > 1 && digits.front() == '0';
  const bool is_number = failed == std::errc{} && end == digits.data() + digits.size();
  if (!is_number || spelt_twice || network.prefix_ > address->bits()) {
    return Error{ErrorCode::malformed, "network.prefix"};
  }
  for (unsigned place = network.prefix_; place < address->bits(); ++place) {
    if (address->bit(place)) return Error{ErrorCode::malformed, "network.host_bits"};
  }
  return network;
}

Network Network::of(const IpAddress& address) {
  Network network;
  network.address_ = address;
  network.prefix_ = address.bits();
  return network;
}

bool Network::holds(const IpAddress& address) const {
  if (address.bits() != address_.bits()) return false;
  for (unsigned place = 0; place < prefix_; ++place) {
    if (address.bit(place) != address_.bit(place)) return false;
  }
  return true;
}

std::string Network::text() const { return address_.text() + '/' + std::to_string(prefix_); }

}  // namespace countersign
