// SPDX-License-Identifier: Apache-2.0
#include "benchmarks/companion/visitor.hpp"

#include "benchmarks/timing/accounts.hpp"

#include <utility>

namespace countersign::bench {
namespace {

constexpr unsigned kOk = 200;
constexpr unsigned kSeeOther = 303;
constexpr std::string_view kSignIn = "/sign-in";
constexpr std::string_view kFactor = "/sign-in/factor";
// Two questions to the daemon: who is there, and which factors they have.
constexpr std::string_view kAccount = "/account/prove?next=/account";
constexpr std::string_view kHome = "/account";

}  // namespace

Result<Visitor> Visitor::arrive(std::uint16_t port) {
  CS_TRY(Browser browser, Browser::open(port));
  return Visitor{std::move(browser)};
}

Status Visitor::begin(Errand errand, Credentials credentials) {
  credentials_ = std::move(credentials);
  began_at_ = std::chrono::steady_clock::now();
  is_busy_ = true;
  const bool signs_in = errand == Errand::signs_in;
  if (signs_in) browser_.forget_cookies();
  step_ = signs_in ? Step::sign_in_page : Step::page;
  return browser_.get(errand == Errand::sees_account ? kAccount : kSignIn);
}

Result<bool> Visitor::go_on() {
  CS_TRY(const bool whole, browser_.read());
  if (!whole) return false;
  return next();
}

Result<bool> Visitor::next() {
  const bool is_form = step_ == Step::password || step_ == Step::code;
  if (browser_.status() != (is_form ? kSeeOther : kOk)) {
    return Error{ErrorCode::denied, is_form ? Literal{"visitor.form"} : Literal{"visitor.page"},
                 browser_.status()};
  }
  switch (step_) {
    case Step::page:
      return done();
    case Step::sign_in_page:
      step_ = Step::password;
      CS_CHECK(browser_.submit(
          kSignIn, {{"username", credentials_.username}, {"password", kPeoplesPassword}}));
      return false;
    case Step::password:
      step_ = Step::factor_page;
      CS_CHECK(browser_.get(std::string{browser_.location()}));
      return false;
    case Step::factor_page:
      step_ = Step::code;
      CS_CHECK(browser_.submit(kFactor, {{"code", credentials_.code}}));
      return false;
    case Step::code:
      if (browser_.location() != kHome) return Error{ErrorCode::denied, "visitor.home"};
      return done();
  }
  return Error{ErrorCode::malformed, "visitor.step"};
}

bool Visitor::done() {
  const auto took = std::chrono::steady_clock::now() - began_at_;
  milliseconds_ = std::chrono::duration<float, std::milli>{took}.count();
  is_busy_ = false;
  return true;
}

}  // namespace countersign::bench
