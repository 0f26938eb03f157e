// SPDX-License-Identifier: Apache-2.0
// IP addresses and ranges of them, in the one form in which they are compared.
//
// An IPv4 address that comes in IPv6 clothes (::ffff:192.0.2.1) is the IPv4 address; an IPv4 range
// never holds an IPv6 address, nor the other way round.
#pragma once

#include "base/bytes.hpp"
#include "base/error.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace countersign {

class IpAddress {
 public:
  static constexpr unsigned kBitsV4 = 32;
  static constexpr unsigned kBitsV6 = 128;

  // Without a port, a zone or a prefix. Fails with `malformed`.
  static Result<IpAddress> from(std::string_view text);

  // As the network writes it. REQUIRES: 4 or 16 bytes.
  static IpAddress from_bytes(BytesView bytes);

  [[nodiscard]] std::string text() const;
  [[nodiscard]] unsigned bits() const { return bits_; }
  // What one subscriber has, as a number: an IPv4 address, or the network of 64 bits around an IPv6
  // one. (No IPv6 network that anybody has begins with zeros.)
  [[nodiscard]] std::uint64_t subscriber() const;
  // REQUIRES: place < bits(); the first bit is place 0.
  [[nodiscard]] bool bit(unsigned place) const {
    return (std::to_integer<unsigned>(bytes_[place / 8]) >> (7 - place % 8) & 1) != 0;
  }
  friend bool operator==(const IpAddress&, const IpAddress&) = default;

 private:
  std::array<std::byte, kBitsV6 / 8> bytes_{};  // IPv4: the first four
  unsigned bits_ = kBitsV4;
};

// "192.0.2.0/24", "2001:db8::/32". No bit behind the prefix is set: what was meant is what is
// written.
class Network {
 public:
  // Fails with `malformed`.
  static Result<Network> from(std::string_view text);
  // The range that holds this address alone.
  static Network of(const IpAddress& address);

  [[nodiscard]] bool holds(const IpAddress& address) const;
  [[nodiscard]] std::string text() const;
  friend bool operator==(const Network&, const Network&) = default;

 private:
  IpAddress address_;
  unsigned prefix_ = 0;
};

}  // namespace countersign
