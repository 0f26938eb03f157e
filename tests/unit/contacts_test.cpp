// SPDX-License-Identifier: Apache-2.0
// Where a person is reached: confirmed by a code, one place of each kind, and never a way in.
#include "daemon/service/account/contacts.hpp"

#include "daemon/service/message/destinations.hpp"
#include "tests/support/failure.hpp"
#include "tests/unit/code_support.hpp"

#include <gmock/gmock.h>

namespace countersign {
namespace {

using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr Peer kCompanion{.uid = 1000, .gid = 1000, .role = Role::enroll};
constexpr std::string_view kOld = "alice@example.com";
constexpr std::string_view kNew = "alice@example.org";

// Alice, and what she does at the companion.
class Person {
 public:
  Person() {
    world.welcome_courier();
    world.rules.peers[0].roles[static_cast<std::size_t>(Role::enroll)] = true;
    world.rules.account.url = "https://accounts.example.com";
  }

  FactorId at(int id, FactorKind kind, std::string_view text,
              FactorState state = FactorState::active) {
    FactorRecord& record = world.add(FactorId{id}, kind, state);
    const Destination destination{channel_of(kind), std::string{text}};
    record.fixed.sealed = *test::run(seal_destination(world, destination));
    return record.fixed.id;
  }
  [[nodiscard]] std::string text_of(FactorId id) {
    const auto destination = test::run(open_destination(world, world.factor(id).fixed));
    return destination ? destination->text : "";
  }
  Result<FactorId> enrol(FactorKind kind, std::optional<std::string_view> text,
                         Peer peer = kCompanion) {
    EnrolOutOfBand ask{.name = {*Realm::from(""), *Username::from("alice")},
                       .kind = kind,
                       .label = *Label::from("")};
    if (text) ask.destination = Destination{channel_of(kind), std::string{*text}};
    const auto answer = test::run(world.factors.enrol(peer, std::move(ask)));
    if (!answer) return answer.error();
    return std::get<Enrolment>(*answer).factor.factor.id;
  }
  Result<ChallengeReport> wish(Purpose purpose, FactorKind channel,
                               std::optional<FactorId> factor = std::nullopt,
                               Peer peer = kCompanion, std::string_view username = "alice") {
    StartChallenge ask = World::code_wish(username);
    ask.kind = channel;
    ask.purpose = purpose;
    ask.factor = factor;
    return world.start(ask, peer);
  }
  Result<Verdict> confirm(FactorId id) {
    const FactorKind channel = channel_of(world.factor(id).fixed.kind);
    const auto challenge = wish(Purpose::confirmation, channel, id);
    if (!challenge) return challenge.error();
    AnswerChallenge ask = World::code_answer(challenge->id, world.last_code);
    ask.purpose = Purpose::confirmation;
    return world.answer(std::move(ask), kCompanion);
  }
  FactorState state(FactorId id) { return world.factor(id).fixed.state; }

  World world;
};

class Reached : public testing::Test, protected Person {};

TEST_F(Reached, AtANewPlaceTakesThatOfTheOldAndTellsBoth) {
  const FactorId old = at(41, FactorKind::primary_email, kOld);
  const auto fresh = enrol(FactorKind::primary_email, kNew);
  ASSERT_TRUE(fresh);
  EXPECT_EQ(state(*fresh), FactorState::pending);
  EXPECT_EQ(state(old), FactorState::active);  // until it is confirmed
  ASSERT_THAT(confirm(*fresh), test::Accepts());
  EXPECT_EQ(state(*fresh), FactorState::active);
  EXPECT_EQ(state(old), FactorState::revoked);
  std::vector<std::string> told;
  for (const auto& message : world.take()) {
    if (message.kind == MessageKind::confirmation) continue;
    EXPECT_EQ(message.kind, MessageKind::address_changed);
    told.push_back(message.destination.text);
  }
  EXPECT_THAT(told, UnorderedElementsAre(kOld, kNew));
  EXPECT_EQ(world.tickets.size(), 1U);
}

TEST_F(Reached, AtANewPrimaryAddressHasItsCodesThere) {
  at(41, FactorKind::primary_email, kOld);
  const FactorId codes = at(42, FactorKind::email, kOld);
  const FactorId others = at(43, FactorKind::email, "third@example.com");
  const auto fresh = enrol(FactorKind::primary_email, kNew);
  ASSERT_TRUE(fresh);
  ASSERT_THAT(confirm(*fresh), test::Accepts());
  EXPECT_EQ(text_of(codes), kNew);
  EXPECT_EQ(state(codes), FactorState::active);
  EXPECT_EQ(text_of(others), "third@example.com");
}

TEST_F(Reached, AtANewPrimaryAddressThatHasCodesAlreadyHasThemOnce) {
  at(41, FactorKind::primary_email, kOld);
  const FactorId old = at(42, FactorKind::email, kOld);
  const FactorId there = at(43, FactorKind::email, kNew);
  const auto fresh = enrol(FactorKind::primary_email, kNew);
  ASSERT_TRUE(fresh);
  ASSERT_THAT(confirm(*fresh), test::Accepts());
  EXPECT_EQ(state(old), FactorState::revoked);
  EXPECT_EQ(state(there), FactorState::active);
}

TEST_F(Reached, AtASecondAddressKeepsTheFirst) {
  const FactorId primary = at(41, FactorKind::primary_email, kOld);
  const FactorId codes = at(42, FactorKind::email, kOld);
  const auto fresh = enrol(FactorKind::secondary_email, kNew);
  ASSERT_TRUE(fresh);
  ASSERT_THAT(confirm(*fresh), test::Accepts());
  EXPECT_EQ(state(primary), FactorState::active);
  EXPECT_EQ(text_of(codes), kOld);
}

TEST_F(Reached, AtTwoAddressesIsNeverReachedAtOneTwice) {
  at(41, FactorKind::primary_email, kOld);
  at(42, FactorKind::secondary_email, kNew);
  EXPECT_EQ(test::failure(enrol(FactorKind::secondary_email, kOld)), ErrorCode::conflict);
  EXPECT_EQ(test::failure(enrol(FactorKind::primary_email, kNew)), ErrorCode::conflict);
  EXPECT_EQ(test::failure(enrol(FactorKind::primary_email, kOld)), ErrorCode::already_exists);
}

TEST_F(Reached, AtAPlaceThatIsPendingIsNotAskedToConfirmTwo) {
  const auto first = enrol(FactorKind::reset_phone, "+358401234567");
  ASSERT_TRUE(first);
  const auto second = enrol(FactorKind::reset_phone, "+358401234567");
  ASSERT_TRUE(second);
  EXPECT_EQ(*first, *second);
}

TEST_F(Reached, ByNobodyElseUnlessTheCodeWasRight) {
  const FactorId old = at(41, FactorKind::primary_email, kOld);
  const auto fresh = enrol(FactorKind::primary_email, kNew);
  ASSERT_TRUE(fresh);
  const auto challenge = wish(Purpose::confirmation, FactorKind::email, *fresh);
  ASSERT_TRUE(challenge);
  std::string wrong = world.last_code;
  wrong.back() = wrong.back() == '9' ? '0' : '9';
  AnswerChallenge ask = World::code_answer(challenge->id, wrong);
  ask.purpose = Purpose::confirmation;
  EXPECT_THAT(world.answer(std::move(ask), kCompanion), test::RejectsAs(Reason::wrong_code));
  EXPECT_EQ(state(*fresh), FactorState::pending);
  EXPECT_EQ(state(old), FactorState::active);
  EXPECT_THAT(world.tickets, IsEmpty());
}

TEST_F(Reached, ByItsOldPlaceWhenAnyStepFails) {
  int steps = 0;
  for (bool done = false; !done; ++steps) {
    Person alice;
    const FactorId old = alice.at(41, FactorKind::primary_email, kOld);
    const FactorId codes = alice.at(42, FactorKind::email, kOld);
    const auto fresh = alice.enrol(FactorKind::primary_email, kNew);
    ASSERT_TRUE(fresh);
    const auto challenge = alice.wish(Purpose::confirmation, FactorKind::email, *fresh);
    ASSERT_TRUE(challenge);
    AnswerChallenge ask = World::code_answer(challenge->id, alice.world.last_code);
    ask.purpose = Purpose::confirmation;
    alice.world.calls = 0;
    alice.world.fail_call = steps + 1;
    const auto verdict = alice.world.answer(std::move(ask), kCompanion);
    done = verdict.has_value();
    alice.world.fail_call = 0;
    EXPECT_EQ(alice.state(*fresh), done ? FactorState::active : FactorState::pending) << steps;
    EXPECT_EQ(alice.state(old), done ? FactorState::revoked : FactorState::active) << steps;
    EXPECT_EQ(alice.text_of(codes), done ? kNew : kOld) << steps;
    EXPECT_EQ(alice.world.tickets.size(), done ? 1U : 0U) << steps;
  }
  EXPECT_GT(steps, 10);
}

TEST_F(Reached, AtThePrimaryAddressIsSentCodesThereOnceItAsksForThem) {
  EXPECT_EQ(test::failure(enrol(FactorKind::email, std::nullopt)), ErrorCode::conflict);
  at(41, FactorKind::primary_email, kOld);
  EXPECT_EQ(test::failure(enrol(FactorKind::email, std::nullopt, kProvision)),
            ErrorCode::malformed);
  const auto codes = enrol(FactorKind::email, std::nullopt);
  ASSERT_TRUE(codes);
  EXPECT_EQ(text_of(*codes), kOld);
  EXPECT_EQ(state(*codes), FactorState::pending);
  ASSERT_THAT(confirm(*codes), test::Accepts());
  EXPECT_EQ(test::failure(enrol(FactorKind::email, std::nullopt)), ErrorCode::already_exists);
}

TEST_F(Reached, ByContactsSignsNobodyIn) {
  at(41, FactorKind::primary_email, kOld);
  at(42, FactorKind::reset_phone, "+358401234567");
  for (const FactorKind channel : {FactorKind::email, FactorKind::sms}) {
    for (const auto named :
         {std::optional<FactorId>{}, std::optional{FactorId{41}}, std::optional{FactorId{42}}}) {
      const auto report = wish(Purpose::sign_in, channel, named, World::kPeer);
      ASSERT_TRUE(report);
      EXPECT_EQ(report->factor, FactorId{});
      EXPECT_TRUE(report->delivery->masked_destination.empty());
    }
  }
}

struct Asked {
  FactorKind channel;
  FactorKind contact;
  FactorKind factor;
};
class ResetOrUnlock : public Reached, public testing::WithParamInterface<Asked> {};

TEST_P(ResetOrUnlock, GoesToTheContactElseToTheFactor) {
  const Asked asked = GetParam();
  const bool by_sms = asked.channel == FactorKind::sms;
  const std::string_view one = by_sms ? "+358401234567" : kOld;
  const std::string_view two = by_sms ? "+358401234568" : kNew;
  for (const Purpose purpose : {Purpose::reset, Purpose::unlock}) {
    const FactorId factor = at(40 + static_cast<int>(purpose), asked.factor, one);
    const auto without = wish(purpose, asked.channel, std::nullopt, kProvision);
    ASSERT_TRUE(without);
    EXPECT_EQ(world.factor(without->factor).fixed.kind, asked.factor);
    const FactorId contact = at(50 + static_cast<int>(purpose), asked.contact, two);
    world.factor(factor).motion.accepted_at = test::kNoon;  // used later, and yet
    world.clock.time += std::chrono::hours{1};
    const auto with = wish(purpose, asked.channel, std::nullopt, kProvision);
    ASSERT_TRUE(with);
    EXPECT_EQ(with->factor, contact);
    world.factor(contact).fixed.state = FactorState::revoked;
    world.clock.time += std::chrono::hours{1};
  }
}

INSTANTIATE_TEST_SUITE_P(
    Each, ResetOrUnlock,
    testing::Values(Asked{FactorKind::sms, FactorKind::reset_phone, FactorKind::sms},
                    Asked{FactorKind::email, FactorKind::primary_email, FactorKind::email}));

// A secondary address and a mobile phone are for notices and for people to read.
TEST_F(Reached, BySecondaryAddressAndMobileResetsNothing) {
  at(41, FactorKind::secondary_email, kOld);
  at(42, FactorKind::mobile, "+358401234567");
  for (const FactorKind channel : {FactorKind::email, FactorKind::sms}) {
    const auto report = wish(Purpose::reset, channel, std::nullopt, kProvision);
    ASSERT_TRUE(report);
    EXPECT_EQ(report->factor, FactorId{});
  }
}

TEST_F(Reached, AtTheCompanionTellsNobodyWhoItIs) {
  at(41, FactorKind::primary_email, kOld);
  const auto known = wish(Purpose::reset, FactorKind::email);
  const auto unknown = wish(Purpose::reset, FactorKind::email, std::nullopt, kCompanion, "nobody");
  ASSERT_TRUE(known && unknown);
  for (const auto* report : {&*known, &*unknown}) {
    EXPECT_EQ(report->delivery->outcome, DeliveryOutcome::accepted_for_delivery);
    EXPECT_EQ(report->factor, FactorId{});
    EXPECT_TRUE(report->delivery->masked_destination.empty());
  }
  EXPECT_EQ(known->kind, unknown->kind);
  EXPECT_EQ(known->delivery->retry_after, unknown->delivery->retry_after);
  EXPECT_EQ(world.take().size(), 1U);
}

TEST_F(Reached, RemovedAtOnePlaceIsToldThere) {
  const FactorId phone = at(41, FactorKind::reset_phone, "+358401234567");
  at(42, FactorKind::primary_email, kOld);
  ASSERT_TRUE(test::run(world.factors.revoke(kProvision, {phone})));
  std::vector<std::string> told;
  for (const auto& message : world.take()) {
    EXPECT_EQ(message.kind, MessageKind::address_changed);
    told.push_back(message.destination.text);
  }
  EXPECT_THAT(told, UnorderedElementsAre(kOld, "+358401234567"));
}

}  // namespace
}  // namespace countersign
