// SPDX-License-Identifier: Apache-2.0
// Whether a form was sent by a page of ours, in this browser (CSRF).
//
// Two things have to be right. The browser says that the page which sent it is ours: Origin, or,
// where a browser leaves that out, Sec-Fetch-Site. And the form repeats what a cookie holds that
// no other site can read or set. Any doubt is a refusal.
#pragma once

#include "companion/request/request.hpp"

#include <string>
#include <string_view>

namespace countersign::companion {

inline constexpr std::string_view kFormSecretField = "csrf";

enum class Guarded : std::uint8_t {
  passes,
  foreign,  // another site's page has sent it
  stale,    // the form's secret is not, or no longer, this browser's
};

// REQUIRES: a POST.
[[nodiscard]] Guarded guard(const Request& request, std::string_view origin);

// 128 random bits in base64url.
[[nodiscard]] std::string fresh_secret();

// The browser's form secret; empty if it has none that is good.
[[nodiscard]] std::string_view form_secret_of(const Request& request);

}  // namespace countersign::companion
