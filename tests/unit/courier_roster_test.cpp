// SPDX-License-Identifier: Apache-2.0
// Whose turn it is, among providers that work, fail and come back.
#include "courier/engine/roster.hpp"

#include <gtest/gtest.h>

namespace countersign::courier {
namespace {

using namespace std::chrono_literals;

constexpr Instant kStart{1h};
const Outcome kSent{Fate::sent, "", 0, {}};
const Outcome kFailed{Fate::provider_failed, "test.failed", 7, {}};

// A provider with a name and a channel, which nobody here asks for more.
class Named final : public Provider {
 public:
  Named(std::string name, Channel channel) : name_{std::move(name)}, channel_{channel} {}
  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] Channel channel() const override { return channel_; }
  Result<std::unique_ptr<Transfer>> begin(const Outgoing&) override {
    return Error{ErrorCode::unavailable, "test.begin"};
  }

 private:
  std::string name_;
  Channel channel_;
};

// Two for mail, one for SMS between them.
Roster make_roster() {
  std::vector<std::unique_ptr<Provider>> providers;
  providers.push_back(std::make_unique<Named>("first", Channel::email));
  providers.push_back(std::make_unique<Named>("gateway", Channel::sms));
  providers.push_back(std::make_unique<Named>("second", Channel::email));
  return Roster{std::move(providers)};
}

void fail(Roster& roster, std::size_t index, Instant now) {
  for (unsigned i = 0; i < Health::kFailuresMax; ++i) roster.settle(index, kFailed, now);
}

TEST(CourierRoster, AsksInTheOrderOfTheSettingsWithinTheChannel) {
  Roster roster = make_roster();
  EXPECT_EQ(roster.choose(Channel::email, {}, kStart), 0U);
  EXPECT_EQ(roster.choose(Channel::email, Tried{0b001}, kStart), 2U);
  EXPECT_EQ(roster.choose(Channel::email, Tried{0b101}, kStart), std::nullopt);
  EXPECT_EQ(roster.choose(Channel::sms, {}, kStart), 1U);
}

TEST(CourierRoster, PassesOverWhoIsDownAndComesBackToIt) {
  Roster roster = make_roster();
  fail(roster, 0, kStart);
  EXPECT_EQ(roster.choose(Channel::email, {}, kStart), 2U);
  const Instant later = kStart + Health::kPauseMin;
  EXPECT_EQ(roster.choose(Channel::email, {}, later), 0U);
  EXPECT_EQ(roster.choose(Channel::email, {}, later), 2U);  // one probe at a time
  roster.settle(0, kSent, later);
  EXPECT_EQ(roster.choose(Channel::email, {}, later), 0U);
}

TEST(CourierRoster, SaysHowLongAllOfAChannelAreDown) {
  Roster roster = make_roster();
  fail(roster, 0, kStart);
  EXPECT_EQ(roster.down_for(Channel::email, kStart), 0s);  // the second works
  fail(roster, 2, kStart + 500ms);
  EXPECT_EQ(roster.down_for(Channel::email, kStart + 500ms), 1s);
  EXPECT_EQ(roster.down_for(Channel::sms, kStart), 0s);
  EXPECT_EQ(roster.choose(Channel::email, {}, kStart + 500ms), std::nullopt);
}

TEST(CourierRoster, ReportsWhatItHasSeen) {
  Roster roster = make_roster();
  roster.settle(0, kSent, kStart);
  roster.settle(0, {Fate::undeliverable, "smtp.recipient", 550, {}}, kStart);
  fail(roster, 1, kStart);
  const auto reports = roster.report(kStart);
  ASSERT_EQ(reports.size(), 3U);
  EXPECT_EQ(reports[0].name, "first");
  EXPECT_EQ(reports[0].sent, 1U);
  EXPECT_EQ(reports[0].failed, 1U);
  EXPECT_EQ(reports[0].health, 50U);
  EXPECT_EQ(reports[0].problem, "smtp.recipient 550");
  EXPECT_EQ(reports[0].condition, Condition::works);
  EXPECT_EQ(reports[1].channel, Channel::sms);
  EXPECT_EQ(reports[1].condition, Condition::down);
  EXPECT_EQ(reports[1].problem, "test.failed 7");
}

}  // namespace
}  // namespace countersign::courier
