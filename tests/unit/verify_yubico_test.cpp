// SPDX-License-Identifier: Apache-2.0
// What VerifyService promises about YubiKeys, one test per promise.
#include "daemon/verify/yubico.hpp"
#include "tests/support/matchers.hpp"
#include "tests/support/world.hpp"

#include <gtest/gtest.h>

namespace countersign {
namespace {

using namespace std::chrono_literals;
using hsm::YubicoFields;
using test::Accepts;
using test::FailsWith;
using test::RejectsAs;
using test::Repeats;
using test::World;

constexpr YubicoFields kFirst{.session_counter = 19, .session_use = 17, .timestamp = 0x00c230};
constexpr YubicoFields kNext{.session_counter = 19, .session_use = 18, .timestamp = 0x00c240};
constexpr std::byte kAnotherKey{2};

MATCHER(SaysItIsTheSameRequest, "is replayed, by the very request that was accepted") {
  return arg && !arg->accepted && arg->reason == Reason::replayed && arg->repeated;
}

class VerifyYubico : public testing::Test {
 protected:
  VerifyYubico() { world_.add_yubikey(); }

  const Motion& motion() { return world_.factor(World::kYubikey).motion; }

  World world_;
};

TEST_F(VerifyYubico, AcceptsAnOtpOnceAndTellsItsCounters) {
  const auto first = world_.verify(World::otp(kFirst));
  ASSERT_THAT(first, Accepts());
  EXPECT_EQ(first->factor, World::kYubikey);
  EXPECT_EQ(first->kind, FactorKind::yubico_otp);
  ASSERT_TRUE(first->yubico);
  EXPECT_EQ(first->yubico->session_counter, 19);
  EXPECT_EQ(first->yubico->session_use, 17);
  EXPECT_EQ(first->yubico->timestamp, 0x00c230u);
  const auto again = world_.verify(World::otp(kFirst));
  ASSERT_THAT(again, RejectsAs(Reason::replayed));
  EXPECT_FALSE(again->repeated);
  ASSERT_TRUE(again->yubico);
  EXPECT_EQ(again->yubico->session_use, 17);
}

TEST_F(VerifyYubico, ItsPlaceIsSessionAndUse) {
  ASSERT_THAT(world_.verify(World::otp(kFirst)), Accepts());
  EXPECT_EQ(motion().position, Position{19 << 8 | 17});
  EXPECT_EQ(motion().timestamp, 0x00c230u);
  EXPECT_EQ(world_.entries.back().position, Position{19 << 8 | 17});
}

// Neither number alone says what came first.
TEST_F(VerifyYubico, RejectsWhateverWasMadeBefore) {
  ASSERT_THAT(world_.verify(World::otp({.session_counter = 20, .session_use = 1})), Accepts());
  for (const YubicoFields earlier : {YubicoFields{20, 0}, YubicoFields{19, 255}, YubicoFields{}}) {
    EXPECT_THAT(world_.verify(World::otp(earlier)), RejectsAs(Reason::replayed));
  }
  EXPECT_THAT(world_.verify(World::otp({.session_counter = 20, .session_use = 2})), Accepts());
  EXPECT_THAT(world_.verify(World::otp({.session_counter = 21, .session_use = 0})), Accepts());
  EXPECT_THAT(world_.verify(World::otp({.session_counter = 0x7fff, .session_use = 255})),
              Accepts());
}

TEST_F(VerifyYubico, SpellingsOfOneOtpAreOneOtp) {
  const std::string otp = World::otp(kFirst);
  std::string capitals = otp;
  for (char& c : capitals) c = static_cast<char>(c - 'a' + 'A');
  ASSERT_THAT(world_.verify(otp), Accepts());
  for (const std::string& spelling :
       {capitals, "https://my.yubico.com/yk/#" + otp, otp.substr(0, 20) + " " + otp.substr(20)}) {
    EXPECT_THAT(world_.verify(spelling), RejectsAs(Reason::replayed)) << spelling;
  }
}

TEST_F(VerifyYubico, AnOtpFromALinkIsAccepted) {
  EXPECT_THAT(world_.verify("https://my.yubico.com/yk/#" + World::otp(kFirst)), Accepts());
}

// `.` is the letter e of a Dvorak keyboard, and c is j.
TEST_F(VerifyYubico, AnOtpFromADvorakKeyboardIsAccepted) {
  constexpr std::string_view kModhex = "cbdefghijklnrtuv";
  constexpr std::string_view kDvorak = "jxe.uidchtnbpygk";
  std::string typed = World::otp(kFirst);
  for (char& c : typed) c = kDvorak[kModhex.find(c)];
  EXPECT_THAT(world_.verify(typed), Accepts());
}

TEST_F(VerifyYubico, ABlockOfAnotherKeyIsAWrongCodeAndCharged) {
  ASSERT_THAT(world_.verify(World::otp(kFirst, World::kPublicId, kAnotherKey)),
              RejectsAs(Reason::wrong_code));
  EXPECT_EQ(world_.alice().budget.failures, 1u);
  EXPECT_EQ(motion().failures, 1u);
  EXPECT_EQ(motion().position, Position::none);
  // It was meant for nobody else.
  EXPECT_EQ(world_.factor(World::kTotp).motion.failures, 0u);
}

TEST_F(VerifyYubico, APublicIdThatIsNotTheSubjectsIsNoFactorOfTheirs) {
  world_.match_any = true;
  EXPECT_THAT(world_.verify(World::otp(kFirst, "ccccccccccbb")), RejectsAs(Reason::no_such_factor));
  EXPECT_EQ(world_.matches, 1);  // a decoy was asked about, for the stopwatch's sake
  EXPECT_EQ(world_.alice().budget.failures, 0u);
}

TEST_F(VerifyYubico, EachFormGoesToItsOwnFactors) {
  FactorRecord& hotp = world_.add(World::kHotp, FactorKind::hotp);
  hotp.fixed.public_id = "ubhe00123456";
  EXPECT_THAT(world_.verify("424242"), RejectsAs(Reason::wrong_code));
  EXPECT_EQ(motion().failures, 0u);
  const auto by_identifier = world_.verify("UBHE00123456" + World::code_at(0));
  ASSERT_THAT(by_identifier, Accepts());
  EXPECT_EQ(by_identifier->factor, World::kHotp);
  EXPECT_THAT(world_.verify("ubhe00999999" + World::code_at(1)), RejectsAs(Reason::no_such_factor));
  EXPECT_THAT(world_.verify(World::code_at(1)), Accepts());
}

TEST_F(VerifyYubico, AKeyWithoutAPublicIdIsKnownByItsSubject) {
  world_.factor(World::kYubikey).fixed.public_id = "";
  EXPECT_THAT(world_.verify(World::otp(kFirst, "")), Accepts());
  EXPECT_THAT(world_.verify_otp(World::otp(kNext, "")), RejectsAs(Reason::no_such_factor));
}

TEST_F(VerifyYubico, ParallelRequestsWithOneOtpAreAcceptedOnce) {
  world_.rules.throttle.failures_free = 100;
  std::vector<awaitable<Result<Verdict>>> same;
  for (int i = 0; i < 64; ++i) same.push_back(world_.verify_later(World::otp(kFirst), "alice"));
  int accepted = 0;
  for (const auto& verdict : test::run_all(std::move(same))) {
    accepted += verdict && verdict->accepted ? 1 : 0;
  }
  EXPECT_EQ(accepted, 1);
}

TEST_F(VerifyYubico, NeverAcceptsWhenAnyStepFails) {
  for (int fail_call = 1;; ++fail_call) {
    SCOPED_TRACE(testing::Message() << "call " << fail_call << " fails");
    World world;
    world.add_yubikey();
    world.fail_call = fail_call;
    const auto outcome = world.verify_otp(World::otp(kFirst));
    if (world.calls < fail_call) {
      EXPECT_THAT(outcome, Accepts());
      EXPECT_GT(fail_call, 4);  // owner, subject, match, commit: the loop did break things
      return;
    }
    EXPECT_THAT(outcome, FailsWith(ErrorCode::unavailable));
    EXPECT_TRUE(world.entries.empty());
  }
}

// --- confirmation ---------------------------------------------------------------------------

TEST_F(VerifyYubico, ConfirmingTakesItsOwnOtpAndUsesItUp) {
  world_.factor(World::kYubikey).fixed.state = FactorState::pending;
  EXPECT_THAT(world_.confirm(World::kYubikey, "123456"), RejectsAs(Reason::no_such_factor));
  EXPECT_THAT(world_.confirm(World::kYubikey, World::otp(kFirst, "ccccccccccbb")),
              RejectsAs(Reason::no_such_factor));
  ASSERT_THAT(world_.confirm(World::kYubikey, World::otp(kFirst)), Accepts());
  EXPECT_EQ(world_.factor(World::kYubikey).fixed.state, FactorState::active);
  EXPECT_THAT(world_.verify(World::otp(kFirst)), RejectsAs(Reason::replayed));
}

// --- the same request again -----------------------------------------------------------------

TEST_F(VerifyYubico, ANamedRequestIsAnsweredAgain) {
  const RequestId id = World::request_id(1);
  ASSERT_THAT(world_.verify(World::otp(kFirst), id), Accepts());
  const auto again = world_.verify(World::otp(kFirst), id);
  ASSERT_THAT(again, Repeats());
  EXPECT_TRUE(again->yubico);
  EXPECT_EQ(world_.alice().budget.failures, 0u);
}

TEST_F(VerifyYubico, AfterAMinuteItIsToldThatItIsTheSameRequest) {
  const RequestId id = World::request_id(1);
  ASSERT_THAT(world_.verify(World::otp(kFirst), id), Accepts());
  world_.clock.time += 61s;
  EXPECT_THAT(world_.verify(World::otp(kFirst), id), SaysItIsTheSameRequest());
  EXPECT_EQ(world_.alice().budget.failures, 1u);
}

// Yubico's protocol has a status for it (REPLAYED_REQUEST), and no second OK.
TEST_F(VerifyYubico, AGatewayIsNeverToldTwiceThatItWasAccepted) {
  const RequestId id = World::request_id(1);
  ASSERT_THAT(world_.verify_otp(World::otp(kFirst), id), Accepts());
  const Version before = motion().version;
  for (int i = 0; i < 10; ++i) {
    const auto again = world_.verify_otp(World::otp(kFirst), id);
    ASSERT_THAT(again, SaysItIsTheSameRequest());
    EXPECT_TRUE(again->yubico);
  }
  // Clients ask several servers at once, and try again: that is no guess.
  EXPECT_EQ(world_.alice().budget.failures, 0u);
  EXPECT_EQ(motion().version, before);
  EXPECT_EQ(world_.entries.back().event, Event::repeat);
  EXPECT_EQ(world_.entries.back().outcome, Reason::replayed);
  const auto another = world_.verify_otp(World::otp(kFirst), World::request_id(2));
  ASSERT_THAT(another, RejectsAs(Reason::replayed));
  EXPECT_FALSE(another->repeated);
  EXPECT_EQ(world_.alice().budget.failures, 1u);
}

// --- gateways -------------------------------------------------------------------------------

TEST_F(VerifyYubico, AGatewayIsAnsweredByThePublicIdAlone) {
  const auto verdict = world_.verify_otp(World::otp(kFirst));
  ASSERT_THAT(verdict, Accepts());
  EXPECT_EQ(verdict->factor, World::kYubikey);
}

TEST_F(VerifyYubico, UnknownPublicIdsTakeTheWholeWay) {
  ASSERT_THAT(world_.verify_otp(World::otp(kFirst, World::kPublicId, kAnotherKey)),
              RejectsAs(Reason::wrong_code));
  const int calls = std::exchange(world_.calls, 0);
  const int matches = std::exchange(world_.matches, 0);
  ASSERT_THAT(world_.verify_otp(World::otp(kFirst, "ccccccccccbb", kAnotherKey)),
              RejectsAs(Reason::no_such_factor));
  EXPECT_EQ(world_.calls, calls);
  EXPECT_EQ(world_.matches, matches);
}

TEST_F(VerifyYubico, ADecoyNeverAccepts) {
  world_.match_any = true;
  const auto verdict = world_.verify_otp(World::otp(kFirst, "ccccccccccbb"));
  ASSERT_THAT(verdict, RejectsAs(Reason::no_such_factor));
  EXPECT_FALSE(verdict->yubico);
}

TEST_F(VerifyYubico, WhoeverNamesNobodyIsAGatewayOrForgotSomething) {
  const Verify ask{.subject = {},
                   .factor = {},
                   .passcode = *Passcode::from(World::otp(kFirst)),
                   .client_address = {}};
  EXPECT_THAT(world_.verify_as(World::kPeer, ask), FailsWith(ErrorCode::malformed));
  EXPECT_THAT(world_.verify_otp("123456"), FailsWith(ErrorCode::malformed));
}

TEST_F(VerifyYubico, AGatewayMayNotNameAnybody) {
  const Verify by_name{.subject = SubjectName{*Realm::from(""), *Username::from("alice")},
                       .factor = {},
                       .passcode = *Passcode::from(World::otp(kFirst)),
                       .client_address = {}};
  EXPECT_THAT(world_.verify_as(World::kGateway, by_name), FailsWith(ErrorCode::denied));
  for (const FactorId factor : {World::kYubikey, FactorId{999}}) {
    const Verify by_factor{.subject = {},
                           .factor = factor,
                           .passcode = *Passcode::from(World::otp(kFirst)),
                           .client_address = {}};
    EXPECT_THAT(world_.verify_as(World::kGateway, by_factor), FailsWith(ErrorCode::denied));
  }
  EXPECT_EQ(world_.calls, 0);
}

TEST_F(VerifyYubico, AGatewaysRealmsBindIt) {
  world_.rules.peers.back().realms = {"elsewhere"};
  EXPECT_THAT(world_.verify_otp(World::otp(kFirst)), FailsWith(ErrorCode::denied));
}

// --- codes that were held back --------------------------------------------------------------

constexpr std::uint32_t kTicksASecond = 8;

YubicoFields made_after(const YubicoFields& first, std::chrono::seconds time) {
  const auto ticks = static_cast<std::uint32_t>(time.count()) * kTicksASecond;
  return {.session_counter = first.session_counter,
          .session_use = static_cast<std::uint8_t>(first.session_use + 1),
          .timestamp = (first.timestamp + ticks) & 0xff'ffff};
}

class HeldBack : public VerifyYubico {
 protected:
  HeldBack() {
    world_.rules.yubico.relay_check = policies::RelayCheck::enforce;
    EXPECT_THAT(world_.verify(World::otp(kFirst)), Accepts());
  }

  // An OTP that was made `made` after the first one and arrives when `arrives` have passed.
  Result<Verdict> verify(std::chrono::seconds made, std::chrono::seconds arrives) {
    world_.clock.time = test::kNoon + arrives;
    return world_.verify(World::otp(made_after(kFirst, made)));
  }
};

TEST_F(HeldBack, OnTimeIsAccepted) { EXPECT_THAT(verify(1h, 1h), Accepts()); }
TEST_F(HeldBack, WithinTheToleranceIsAccepted) { EXPECT_THAT(verify(10s, 310s), Accepts()); }
TEST_F(HeldBack, APoorClockIsTolerated) { EXPECT_THAT(verify(7 * 24h, 10 * 24h), Accepts()); }
TEST_F(HeldBack, AClockThatRunsFullBeginsAnew) {
  EXPECT_THAT(verify(26 * 24h, 26 * 24h), Accepts());
}
TEST_F(HeldBack, NobodyCanTellAfterMonths) { EXPECT_THAT(verify(0s, 90 * 24h), Accepts()); }
// Then it was the first one that came late, and it is used up.
TEST_F(HeldBack, AheadOfOurClockIsAccepted) { EXPECT_THAT(verify(1h, 10s), Accepts()); }
TEST_F(HeldBack, WhenOurClockStepsBackNobodyCanTell) { EXPECT_THAT(verify(10s, -1h), Accepts()); }

TEST_F(HeldBack, TooLateIsExpiredChargedAndUsedUp) {
  ASSERT_THAT(verify(10s, 1h), RejectsAs(Reason::expired));
  EXPECT_EQ(world_.alice().budget.failures, 1u);
  EXPECT_EQ(motion().position, Position{19 << 8 | 18});
  EXPECT_EQ(world_.entries.back().position, Position{19 << 8 | 18});
  EXPECT_THAT(world_.verify(World::otp(made_after(kFirst, 10s))), RejectsAs(Reason::replayed));
}

TEST_F(HeldBack, TheOwnersNextTapIsAccepted) {
  ASSERT_THAT(verify(10s, 1h), RejectsAs(Reason::expired));
  YubicoFields next = made_after(kFirst, 1h);
  next.session_use += 1;
  EXPECT_THAT(world_.verify(World::otp(next)), Accepts());
}

TEST_F(HeldBack, AnotherSessionHasAnotherClock) {
  world_.clock.time += 1h;
  EXPECT_THAT(world_.verify(World::otp({.session_counter = 20, .session_use = 0})), Accepts());
}

TEST_F(HeldBack, IsAcceptedWhereThePolicyOnlyWarns) {
  world_.rules.yubico.relay_check = policies::RelayCheck::warn;
  testing::internal::CaptureStderr();
  EXPECT_THAT(verify(10s, 1h), Accepts());
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_NE(log.find("yubico_otp_late subject=1 factor=13 seconds=3590"), std::string::npos) << log;
}

TEST_F(HeldBack, IsNotLookedAtWhereThePolicySaysSo) {
  world_.rules.yubico.relay_check = policies::RelayCheck::off;
  testing::internal::CaptureStderr();
  EXPECT_THAT(verify(10s, 1h), Accepts());
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace countersign
