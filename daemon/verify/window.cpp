// SPDX-License-Identifier: Apache-2.0
#include "daemon/verify/window.hpp"

#include <algorithm>
#include <limits>

namespace countersign::verify {
namespace {

// 0, -1, +1, -2, +2 … around the step at which the token is expected: one HMAC for a good code.
Window totp_window(const FactorRecord& factor, const policies::Windows& windows, Time now) {
  const std::int64_t expected = expected_step(factor, now);
  const std::int64_t position = number(factor.motion.position);
  const int reach = std::max(windows.totp_steps_before, windows.totp_steps_after);

  Window window;
  bool position_listed = false;
  for (const bool fresh : {true, false}) {
    for (int distance = 0; distance <= reach; ++distance) {
      for (const int sign : {-1, +1}) {
        if (distance == 0 && sign > 0) continue;
        const int limit = sign < 0 ? windows.totp_steps_before : windows.totp_steps_after;
        const std::int64_t step = expected + sign * distance;
        if (distance > limit || (step > position) != fresh) continue;
        window.add(step);
        position_listed = position_listed || step == position;
      }
    }
  }
  // A repeated request is recognised by the last position, wherever the window has gone since.
  if (!position_listed) window.add(position);
  return window;
}

Window hotp_window(const FactorRecord& factor, const policies::Windows& windows) {
  const std::int64_t position = number(factor.motion.position);
  Window window;
  for (int ahead = 1; ahead <= windows.hotp_look_ahead; ++ahead) {
    if (position > std::numeric_limits<std::int64_t>::max() - ahead) break;
    window.add(position + ahead);
  }
  window.add(position);
  return window;
}

}  // namespace

std::int64_t totp_step(Time now, std::uint16_t period_seconds) {
  return std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count() / period_seconds;
}

std::int64_t expected_step(const FactorRecord& factor, Time now) {
  // Rounded up: half a step behind is not believed yet.
  const std::int64_t steps_ahead = (factor.motion.drift + 1) >> 1;
  return totp_step(now, factor.fixed.oath.period_seconds) + steps_ahead;
}

std::int32_t drift_after(const FactorRecord& factor, std::int64_t accepted_step,
                         std::int32_t drift_steps_max, Time now) {
  const std::int64_t ahead = accepted_step - totp_step(now, factor.fixed.oath.period_seconds);
  const bool late_before = factor.motion.drift % 2 != 0;
  const bool late = accepted_step < expected_step(factor, now);
  const std::int64_t half_steps = 2 * ahead + (late && !late_before ? 1 : 0);
  const std::int64_t limit = 2 * drift_steps_max;
  return static_cast<std::int32_t>(std::clamp(half_steps, -limit, limit));
}

Window window_of(const FactorRecord& factor, const policies::Windows& windows, Time now) {
  switch (factor.fixed.kind) {
    case FactorKind::totp:
      return totp_window(factor, windows, now);
    case FactorKind::hotp:
      return hotp_window(factor, windows);
    case FactorKind::yubico_otp:
      break;  // its codes say their position themselves
    default:
      break;  // they answer challenges, or are compared
  }
  return {};
}

}  // namespace countersign::verify
