// SPDX-License-Identifier: Apache-2.0
// A browser, as far as a load generator needs one: a connection that is kept alive, the cookies
// that it was given, and the fields that a page's form carries along. It loads no style and no
// script: other browsers have these already.
#pragma once

#include "benchmarks/companion/connection.hpp"

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace countersign::bench {

// What the companion must be told that it is called.
inline constexpr std::string_view kHost = "accounts.example.com";

class Browser {
 public:
  using Fields = std::vector<std::pair<std::string, std::string>>;

  // Everything here fails with `unavailable` when the server is not there or goes away.
  static Result<Browser> open(std::uint16_t port);
  // On a new connection, with the cookies.
  Status reopen();

  Status get(std::string_view path);
  // The form of the last page that is sent to this path, with what it carries along.
  Status submit(std::string_view path, const Fields& typed);
  // Reads what is there; true when the answer is whole. Fails with `malformed` when it is none.
  Result<bool> read();

  // Of the last answer.
  [[nodiscard]] unsigned status() const { return status_; }
  [[nodiscard]] const std::string& location() const { return location_; }

  void forget_cookies() { cookies_.clear(); }
  [[nodiscard]] int native_handle() const { return connection_.native_handle(); }

 private:
  Browser(Connection connection, std::uint16_t port)
      : connection_{std::move(connection)}, port_{port} {}

  [[nodiscard]] std::string cookie_line() const;
  Status read_head(std::string_view head);
  void keep(std::string_view set_cookie);

  Connection connection_;
  std::uint16_t port_;
  std::map<std::string, std::string, std::less<>> cookies_;
  std::string answer_;
  std::size_t answer_bytes_ = 0;  // in all; 0: not known yet
  unsigned status_ = 0;
  std::string location_;
};

}  // namespace countersign::bench
