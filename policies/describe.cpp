// SPDX-License-Identifier: Apache-2.0
#include "policies/describe.hpp"

#include "policies/describe_accounts.hpp"
#include "policies/duration.hpp"
#include "policies/throttle.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <iomanip>
#include <sstream>

namespace countersign::policies {
namespace {

using namespace std::chrono_literals;

constexpr unsigned kDigitsMin = 6;
constexpr unsigned kDigitsMax = 8;
constexpr int kNameColumn = 16;

// Strangers' guesses as fast as the throttle lets them, from a clean count.
std::uint32_t guesses_within(const Throttle& throttle, Lane lane, std::chrono::seconds time) {
  Time now{};
  Failures failures;
  NotBefore not_before;
  while (!is_used_up(throttle, failures, lane) && now < Time{} + time) {
    failures = charged(failures, lane);
    not_before = not_before_after(throttle, failures, not_before, lane, now);
    // What is not delayed goes on at once.
    if (closed(throttle, failures, not_before, lane, now)) now = not_before.unfamiliar;
  }
  return failures.all;
}

GuessingOdds odds(const Throttle& throttle, Lane lane, std::uint32_t codes_at_once,
                  unsigned digits) {
  assert(digits >= kDigitsMin && digits <= kDigitsMax);
  GuessingOdds odds;
  odds.codes_at_once = codes_at_once;
  odds.guesses_in_all = unfamiliar_max(throttle, lane);
  odds.guesses_a_day = guesses_within(throttle, lane, 24h);
  const double per_guess = codes_at_once / std::pow(10.0, digits);
  odds.chance_in_all = std::min(1.0, per_guess * odds.guesses_in_all);
  odds.chance_a_day = std::min(1.0, per_guess * odds.guesses_a_day);
  return odds;
}

std::string percent(double chance) {
  std::ostringstream text;
  text << std::setprecision(3) << chance * 100 << " %";
  return text.str();
}

std::string one_in(double chance) {
  std::ostringstream text;
  text << " (1 in " << std::fixed << std::setprecision(0) << std::floor(1 / chance) << ")";
  return text.str();
}

void describe_peer(std::ostream& out, const PeerRule& rule) {
  out << "  " << std::left << std::setw(kNameColumn) << rule.name;
  if (rule.uid) out << " uid " << *rule.uid;
  if (rule.gid) out << " gid " << *rule.gid;
  out << " on";
  for (std::size_t i = 0; i < kRoleCount; ++i) {
    if (rule.roles[i]) out << ' ' << kRoleNames[i];
  }
  out << (rule.realms.empty() ? ", every realm" : ", realms");
  for (const std::string& realm : rule.realms) out << ' ' << realm;
  if (rule.public_id_only) out << ", by public id alone";
  out << '\n';
}

void describe_windows(std::ostream& out, const Windows& windows) {
  out << "windows\n"
      << "  TOTP             steps: " << +windows.totp_steps_before << " before, "
      << +windows.totp_steps_after << " after, around a drift of at most "
      << +windows.totp_drift_steps_max << " steps\n"
      << "  HOTP             " << +windows.hotp_look_ahead << " counters ahead\n"
      << "  resynchronise    TOTP " << +windows.totp_resynchronise_steps << " steps each way, HOTP "
      << windows.hotp_resynchronise_counters << " counters ahead, with two consecutive codes\n";
}

void describe_yubico(std::ostream& out, const Yubico& yubico) {
  out << "yubico\n"
      << "  relay check      " << kRelayCheckNames[static_cast<std::size_t>(yubico.relay_check)]
      << ", beyond " << to_text(yubico.relay_tolerance) << " by the key's own clock\n";
}

void describe_challenge(std::ostream& out, const Challenges& challenge) {
  out << "challenge\n"
      << "  open             " << to_text(challenge.lifetime) << ", " << +challenge.open_max
      << " of one subject at a time\n"
      << "  tries            " << +challenge.tries_max << " wrong answers\n";
}

void describe_codes(std::ostream& out, const Codes& codes) {
  out << "codes by SMS and e-mail\n"
      << "  form             " << +codes.digits << " digits, good for " << to_text(codes.lifetime)
      << "\n"
      << "  the next one     after " << to_text(codes.resend_first) << ", doubling to "
      << to_text(codes.resend_max) << "\n";
}

void describe_messages(std::ostream& out, const Messages& messages) {
  out << "messages\n"
      << "  in a day         " << messages.per_destination_per_day << " codes to one destination, "
      << messages.per_subject_per_day << " for one subject (" << messages.unfamiliar_per_day
      << " from unfamiliar places)\n"
      << "                   " << messages.per_peer_per_day << " messages for one peer\n"
      << "  in an hour       " << messages.per_source_per_hour
      << " codes for one subject from one place\n"
      << "  waiting          " << messages.queue_max << " messages; notices for "
      << to_text(messages.notice_lifetime) << "\n";
}

void describe_breaker(std::ostream& out, const Sms& sms) {
  out << "  breaker          ";
  if (sms.conversion_min_percent == 0) {
    out << "never opens\n";
    return;
  }
  out << "opens for " << to_text(sms.breaker_pause) << " below " << sms.conversion_min_percent
      << " % answered, of a prefix's last " << sms.conversion_sample << " codes\n";
}

void describe_sms(std::ostream& out, const Sms& sms) {
  out << "SMS\n"
      << "  sign-in          " << (sms.sign_in ? "yes" : "no") << "\n";
  if (sms.prefixes.empty()) {
    out << "  prefixes         none: nothing is sent anywhere\n";
    return;
  }
  describe_breaker(out, sms);
  for (const SmsPrefix& each : sms.prefixes) {
    out << "  " << std::left << std::setw(kNameColumn) << each.prefix << " ";
    if (each.per_hour == 0) {
      out << "nothing\n";
    } else {
      out << each.per_hour << " in an hour\n";
    }
  }
}

void describe_email(std::ostream& out, const Email& email) {
  out << "e-mail\n"
      << "  sign-in          " << (email.sign_in ? "yes" : "no") << "\n"
      << "  in an hour       " << email.per_hour << " messages\n";
}

void describe_throttle(std::ostream& out, const Throttle& throttle) {
  out << "throttle, of strangers and of familiar places apart\n"
      << "  free             " << +throttle.failures_free << " consecutive failures\n"
      << "  delay            " << to_text(throttle.delay_first) << ", doubling to "
      << to_text(throttle.delay_max) << "\n"
      << "  closed           at " << +throttle.failures_max
      << " consecutive failures in all, until an unlock\n"
      << "                   to strangers at " << unfamiliar_max(throttle, Lane::unfamiliar)
      << " of theirs, to their codes that unlock or reset at "
      << unfamiliar_max(throttle, Lane::unlock) << "\n";
}

void describe_limits(std::ostream& out, const Limits& limits) {
  out << "limits\n"
      << "  one uid          " << limits.connections_per_uid << " connections, "
      << limits.in_flight_per_uid << " requests in flight\n"
      << "  memory           " << limits.cached_subjects << " subjects kept\n"
      << "  strangers        answered at steps of " << limits.answer_step_ms << " ms\n";
}

void describe_odds(std::ostream& out, std::string_view kind, unsigned digits,
                   const GuessingOdds& odds) {
  out << "  " << kind << ", " << digits << " digits   " << odds.codes_at_once << " x "
      << odds.guesses_in_all << " / 10^" << digits << " = " << percent(odds.chance_in_all)
      << one_in(odds.chance_in_all) << "; in a day, with " << odds.guesses_a_day << ": "
      << percent(odds.chance_a_day) << '\n';
}

}  // namespace

GuessingOdds totp_odds(const Policy& policy, unsigned digits) {
  const auto codes = policy.windows.totp_steps_before + 1U + policy.windows.totp_steps_after;
  return odds(policy.throttle, Lane::unfamiliar, codes, digits);
}

GuessingOdds hotp_odds(const Policy& policy, unsigned digits) {
  return odds(policy.throttle, Lane::unfamiliar, policy.windows.hotp_look_ahead, digits);
}

GuessingOdds code_odds(const Policy& policy) {
  return odds(policy.throttle, Lane::unfamiliar, 1, policy.code.digits);
}

GuessingOdds unlock_odds(const Policy& policy) {
  return odds(policy.throttle, Lane::unlock, 1, policy.code.digits);
}

std::string describe(const Policy& policy) {
  std::ostringstream out;
  out << "peers\n";
  for (const PeerRule& rule : policy.peers) describe_peer(out, rule);
  describe_windows(out, policy.windows);
  describe_yubico(out, policy.yubico);
  describe_challenge(out, policy.challenge);
  describe_codes(out, policy.code);
  describe_messages(out, policy.messages);
  describe_sms(out, policy.sms);
  describe_email(out, policy.email);
  describe_throttle(out, policy.throttle);
  describe_limits(out, policy.limits);
  describe_accounts(out, policy);
  out << "what strangers' guessing can reach: codes accepted at once x guesses until closed / "
         "codes there are\n";
  for (unsigned digits = kDigitsMin; digits <= kDigitsMax; digits += 2) {
    describe_odds(out, "TOTP", digits, totp_odds(policy, digits));
    describe_odds(out, "HOTP", digits, hotp_odds(policy, digits));
  }
  describe_odds(out, "sent", policy.code.digits, code_odds(policy));
  describe_odds(out, "unlock", policy.code.digits, unlock_odds(policy));
  out << "  The bound is for one factor, and between two acceptances. A guess that names no factor "
         "is\n"
         "  tried on up to three: three such factors, three times the chance.\n"
      << "  Whoever guesses from a familiar place has " << +policy.throttle.failures_max
      << " guesses, less what strangers have used up.\n";
  return out.str();
}

}  // namespace countersign::policies
