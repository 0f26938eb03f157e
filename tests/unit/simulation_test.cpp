// SPDX-License-Identifier: Apache-2.0
// The rule that a simulation names is one that a policy file can have.
#include "policies/simulation.hpp"
#include "tests/unit/policy_file.hpp"

#include <gmock/gmock.h>

#include <vector>

namespace countersign::policies {
namespace {

constexpr Time kNoon = from_milliseconds(1'800'000'000'000);

// Of a code that was right, by a process that both policies know.
JournalledAttempt accepted(std::string_view kind, std::int32_t offset = 0) {
  return {.number = 1,
          .at = kNoon,
          .peer_uid = 1000,
          .subject = 7,
          .realm = "default",
          .kind = std::string{kind},
          .accepted = true,
          .outcome = "accepted",
          .offset = offset};
}

JournalledAttempt rejected(std::uint32_t failures) {
  JournalledAttempt attempt = accepted("totp");
  attempt.accepted = false;
  attempt.outcome = "wrong_code";
  attempt.failures = failures;
  attempt.failures_unfamiliar = failures;
  return attempt;
}

// Whether a file that gives this key, with no value that it could have, is refused for anything but
// the name.
bool is_known(std::string_view rule) {
  if (rule == "[[peer]]") return true;
  const std::size_t end = rule.find("] ");
  EXPECT_NE(end, std::string_view::npos) << rule;
  const Mistake mistake = bad(line(rule.substr(1, end - 1), rule.substr(end + 2), "[[]]"));
  return mistake.message.find("unknown key") == std::string::npos;
}

class SimulatedRules : public testing::Test {
 protected:
  SimulatedRules() {
    now_.peers = {{.name = "portal", .uid = 1000, .roles = {true}}};
    draft_ = now_;
  }
  // The rules that the draft refuses this by, one after another.
  std::vector<std::string> rules_of(const JournalledAttempt& attempt, int times = 1) {
    Simulation simulation{now_, draft_};
    std::vector<std::string> rules;
    for (int i = 0; i < times; ++i) {
      for (Difference& difference : simulation.next(attempt)) {
        rules.push_back(std::move(difference.rule));
      }
    }
    return rules;
  }
  void expect_known(const JournalledAttempt& attempt, const char* rule, int times = 1) {
    const std::vector<std::string> rules = rules_of(attempt, times);
    EXPECT_THAT(rules, testing::Contains(rule));
    for (const std::string& one : rules) EXPECT_TRUE(is_known(one)) << one;
  }

  Policy now_ = defaults();
  Policy draft_;
};

TEST_F(SimulatedRules, OfWindowsAreKeysOfAPolicyFile) {
  expect_known(accepted("totp", -100), "[windows] totp_steps_before");
  expect_known(accepted("totp", 100), "[windows] totp_steps_after");
  expect_known(accepted("hotp", 10'000), "[windows] hotp_look_ahead");
}

TEST_F(SimulatedRules, OfAttemptsAreKeysOfAPolicyFile) {
  expect_known(rejected(1000), "[throttle] failures_max");
  expect_known(rejected(1), "[throttle] delay_first", 20);
  draft_.peers.clear();
  expect_known(accepted("totp"), "[[peer]]");
}

TEST_F(SimulatedRules, OfWhatIsOnOfferAreKeysOfAPolicyFile) {
  draft_.sms.sign_in = false;
  draft_.email.sign_in = false;
  expect_known(accepted("sms"), "[sms] sign_in");
  expect_known(accepted("email"), "[email] sign_in");
  draft_.factors.rules[static_cast<std::size_t>(FactorRuleOf::totp)].level = 1;
  expect_known(accepted("totp"), "[factors.totp] level");
}

TEST_F(SimulatedRules, OfNoFileAreFound) {
  EXPECT_FALSE(is_known("[window] totp_steps_before"));
  EXPECT_FALSE(is_known("[windows] totp_steps"));
}

}  // namespace
}  // namespace countersign::policies
