// SPDX-License-Identifier: Apache-2.0
#include "daemon/verify/yubico.hpp"

namespace countersign::verify {
namespace {

using std::chrono::milliseconds;

constexpr std::uint32_t kClockMask = 0xff'ffff;
constexpr milliseconds kTick{125};
constexpr milliseconds kClockPeriod = (std::int64_t{kClockMask} + 1) * kTick;
// A key keeps time by an oscillator without a crystal.
constexpr int kClockErrorTenths = 3;

bool is_same_session(const Motion& last, const YubicoCounters& counters) {
  return last.accepted_at != Time{} && last.position != Position::none &&
         number(last.position) >> 8 == counters.session_counter;
}

}  // namespace

std::optional<std::chrono::seconds> held_back(const Motion& last, const YubicoCounters& counters,
                                              const policies::Yubico& policy, Time now) {
  if (policy.relay_check == policies::RelayCheck::off) return std::nullopt;
  if (!is_same_session(last, counters) || now < last.accepted_at) return std::nullopt;
  const auto ours = std::chrono::duration_cast<milliseconds>(now - last.accepted_at);
  const milliseconds allowed = policy.relay_tolerance + ours * kClockErrorTenths / 10;
  if (allowed >= kClockPeriod / 2) return std::nullopt;

  const milliseconds theirs = ((counters.timestamp - last.timestamp) & kClockMask) * kTick;
  // The nearest of the differences that its clock, running full and beginning anew, may mean.
  milliseconds late = (ours - theirs) % kClockPeriod;
  if (late > kClockPeriod / 2) late -= kClockPeriod;
  if (late < -kClockPeriod / 2) late += kClockPeriod;
  if (late <= allowed) return std::nullopt;
  return std::chrono::duration_cast<std::chrono::seconds>(late);
}

}  // namespace countersign::verify
