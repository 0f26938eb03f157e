// SPDX-License-Identifier: Apache-2.0
// Setting up what codes are sent to: a number or an address, then the code that went there.
//
//   GET  <path>        the form
//   POST <path>        has a code sent, and leads to
//   GET  <path>/code   where it is typed
//   POST <path>/code
//   POST <path>/send   another one
//
// <path> is /factors/sms, /factors/email, /activate/phone, or /account/contact/ and which one.
#pragma once

#include "companion/door/route.hpp"

namespace countersign::companion {

[[nodiscard]] Routes sent_factor_routes();

}  // namespace countersign::companion
