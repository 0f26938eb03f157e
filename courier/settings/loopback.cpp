// SPDX-License-Identifier: Apache-2.0
#include "courier/settings/loopback.hpp"

#include <charconv>
#include <cstdint>
#include <string>

namespace countersign::courier {

std::optional<boost::asio::ip::tcp::endpoint> parse_loopback(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const bool is_bracketed = host.starts_with('[') && host.ends_with(']');
  if (is_bracketed) host = host.substr(1, host.size() - 2);
  boost::system::error_code failed;
  const auto address = boost::asio::ip::make_address(std::string{host}, failed);
  if (failed || address.is_v6() != is_bracketed || !address.is_loopback()) return std::nullopt;
  std::uint16_t port = 0;
  const std::string_view digits = text.substr(colon + 1);
  const char* const end = digits.data() + digits.size();
  const auto [stopped, wrong] = std::from_chars(digits.data(), end, port);
  if (wrong != std::errc{} || stopped != end) return std::nullopt;
  return boost::asio::ip::tcp::endpoint{address, port};
}

}  // namespace countersign::courier
