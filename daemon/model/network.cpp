// SPDX-License-Identifier: Apache-2.0
#include "daemon/model/network.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace countersign {

Result<IpAddress> IpAddress::from(std::string_view text) {
  const Error malformed{ErrorCode::malformed, "address"};
  if (text.size() >= INET6_ADDRSTRLEN || text.find('\0') != text.npos) return malformed;
  std::array<char, INET6_ADDRSTRLEN> zero_ended{};
  std::ranges::copy(text, zero_ended.begin());
  IpAddress address;
  in_addr v4{};
  in6_addr v6{};
  if (::inet_pton(AF_INET, zero_ended.data(), &v4) == 1) {
    std::memcpy(address.bytes_.data(), &v4, sizeof v4);
    return address;
  }
  if (::inet_pton(AF_INET6, zero_ended.data(), &v6) != 1) return malformed;
  if (IN6_IS_ADDR_V4MAPPED(&v6)) {
    std::memcpy(address.bytes_.data(), &v6.s6_addr[12], sizeof v4);
    return address;
  }
  std::memcpy(address.bytes_.data(), &v6, sizeof v6);
  address.bits_ = kBitsV6;
  return address;
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

bool Network::holds(const IpAddress& address) const {
  if (address.bits() != address_.bits()) return false;
  for (unsigned place = 0; place < prefix_; ++place) {
    if (address.bit(place) != address_.bit(place)) return false;
  }
  return true;
}

std::string Network::text() const { return address_.text() + '/' + std::to_string(prefix_); }

}  // namespace countersign
