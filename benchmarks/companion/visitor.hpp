// SPDX-License-Identifier: Apache-2.0
// Somebody who does one errand after another in a browser of their own.
#pragma once

#include "benchmarks/companion/browser.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace countersign::bench {

enum class Errand : std::uint8_t {
  sees_sign_in,  // a stranger's page
  sees_account,  // a page for who is signed in
  signs_in,      // both pages and both forms, from a browser that knows nothing
};

// Whom they sign in as; both are used once.
struct Credentials {
  std::string username;
  std::string code;
};

class Visitor {
 public:
  static Result<Visitor> arrive(std::uint16_t port);
  // Again, on a connection of their own, with what the browser was given.
  Status come_back() { return browser_.reopen(); }

  // The credentials of whoever signs in; nothing for the others.
  Status begin(Errand errand, Credentials credentials);
  // Takes what has arrived, and does what is next; true when the errand is done. Fails with
  // `denied` when a page is not what it should be, `native` is its status.
  Result<bool> go_on();

  [[nodiscard]] bool is_busy() const { return is_busy_; }
  // How long the last errand took.
  [[nodiscard]] float milliseconds() const { return milliseconds_; }
  [[nodiscard]] int native_handle() const { return browser_.native_handle(); }

 private:
  enum class Step : std::uint8_t { page, sign_in_page, password, factor_page, code };

  explicit Visitor(Browser browser) : browser_{std::move(browser)} {}
  Result<bool> next();
  bool done();

  Browser browser_;
  Step step_ = Step::page;
  Credentials credentials_;
  bool is_busy_ = false;
  std::chrono::steady_clock::time_point began_at_;
  float milliseconds_ = 0;
};

}  // namespace countersign::bench
