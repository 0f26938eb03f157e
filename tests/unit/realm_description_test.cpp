// SPDX-License-Identifier: Apache-2.0
// What pages are told of a realm's rules, and what owners may not remove; one promise a test.
#include "daemon/service/account/realm_description.hpp"
#include "daemon/service/account/removal.hpp"
#include "daemon/service/message/written_time.hpp"
#include "tests/support/matchers.hpp"
#include "tests/support/world.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace countersign {
namespace {

using namespace std::chrono_literals;
using test::World;

TEST(RealmDescription, OffersWhatThePolicyOffers) {
  policies::Policy policy = policies::defaults();
  auto& totp = policy.factors.rules[static_cast<std::size_t>(policies::FactorRuleOf::totp)];
  totp = {.offer = true, .sole = true, .level = 2};
  const auto offers_totp = [](const RealmDescription& told) {
    return std::ranges::any_of(told.factors,
                               [](const FactorOffer& o) { return o.kind == FactorKind::totp; });
  };
  EXPECT_TRUE(offers_totp(describe(policy)));
  totp.offer = false;
  EXPECT_FALSE(offers_totp(describe(policy)));
}

TEST(RealmDescription, NamesNineteenQuestionsOnceEach) {
  const RealmDescription told = describe(policies::defaults());
  ASSERT_EQ(told.questions.size(), 19U);
  for (std::size_t i = 0; i < told.questions.size(); ++i) {
    EXPECT_EQ(told.questions[i].id, i + 1);
    EXPECT_FALSE(told.questions[i].text.empty());
  }
}

TEST(RealmDescription, SaysHowLongAPasswordMayBe) {
  const RealmDescription told = describe(policies::defaults());
  EXPECT_EQ(told.password.length_min, 12U);
  EXPECT_EQ(told.password.length_max, 256U);
}

class Removal : public testing::Test {
 protected:
  Status remove(FactorId id) {
    const FactorRecord* record = world.alice().find(id);
    return may_remove(world.alice(), record->fixed, policies::defaults());
  }
  World world;
};

TEST_F(Removal, IsRefusedOfTheLastFactorThatMayBeTheOnlyOne) {
  const Status refused = remove(World::kTotp);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  EXPECT_EQ(refused.error().operation.view(), "factor.last");
}

TEST_F(Removal, IsAllowedOfOneOfTwo) {
  world.add_yubikey();
  EXPECT_TRUE(remove(World::kTotp));
}

TEST_F(Removal, IsAllowedOfOneThatIsNotInForce) {
  world.add_yubikey(FactorState::pending);
  EXPECT_TRUE(remove(World::kYubikey));
}

TEST_F(Removal, IsRefusedOfThePrimaryAddress) {
  world.add(FactorId{31}, FactorKind::primary_email);
  EXPECT_EQ(remove(FactorId{31}).error().operation.view(), "factor.primary_email");
}

TEST_F(Removal, IsRefusedOfThePassword) {
  world.add(FactorId{31}, FactorKind::password);
  EXPECT_EQ(remove(FactorId{31}).error().operation.view(), "factor.password");
}

TEST(WrittenTime, IsToTheMinuteAndNeverLater) {
  const Time time = std::chrono::sys_days{std::chrono::year{2026} / 11 / 29} + 15h + 4min + 59s;
  EXPECT_EQ(written(time), "2026-11-29 15:04 UTC");
  EXPECT_EQ(written(time + 1s), "2026-11-29 15:05 UTC");
}

}  // namespace
}  // namespace countersign
