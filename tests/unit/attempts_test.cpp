// SPDX-License-Identifier: Apache-2.0
// What comes with an attempt comes with it or not at all.
#include "tests/support/matchers.hpp"
#include "tests/support/world.hpp"

#include <gtest/gtest.h>

namespace countersign {
namespace {

using test::Accepts;
using test::FailsWith;
using test::RejectsAs;
using test::World;

constexpr SourcePrint kPlace{std::byte{7}};

// Makes the place familiar after an acceptance, and counts how often it was asked.
class PlaceOfAcceptance final : public Afterwards {
 public:
  awaitable<Status> add(const SubjectRecord& /*subject*/, Attempt& attempt) override {
    ++asked;
    if (fails) co_return Error{ErrorCode::busy, "test.afterwards"};
    if (!attempt.verdict.accepted) co_return Status{};
    if (!attempt.aftermath) attempt.aftermath = std::make_unique<Aftermath>();
    attempt.aftermath->familiar = kPlace;
    co_return Status{};
  }

  int asked = 0;
  bool fails = false;
};

Result<Verdict> ask(World& world, const std::string& passcode, Afterwards& afterwards) {
  const auto typed_in = Passcode::from(passcode);
  const verify::Typed typed = verify::typed_from(*typed_in);
  const std::string no_address;
  const Question question{.event = Event::verify,
                          .subject = World::kAlice,
                          .typed = &typed,
                          .client_address = no_address};
  const RequestId id = World::request_id(1);
  return test::run(world.attempts.evaluate(World::kPeer, id, question, &afterwards));
}

TEST(Attempts, LeaveTheirAftermathBehind) {
  World world;
  PlaceOfAcceptance place;
  ASSERT_THAT(ask(world, world.code_now(), place), Accepts());
  EXPECT_TRUE(is_familiar(world.alice().sources, kPlace, world.clock.time));
}

TEST(Attempts, TellTheAftermathOfEveryVerdict) {
  World world;
  PlaceOfAcceptance place;
  ASSERT_THAT(ask(world, "424242", place), RejectsAs(Reason::wrong_code));
  EXPECT_EQ(place.asked, 1);
  EXPECT_TRUE(world.alice().sources.empty());
}

TEST(Attempts, AskForTheirAftermathAgainOnAConflict) {
  World world;
  world.conflicts = 2;
  PlaceOfAcceptance place;
  ASSERT_THAT(ask(world, world.code_now(), place), Accepts());
  EXPECT_EQ(place.asked, 3);
}

TEST(Attempts, DoNothingWithoutTheirAftermath) {
  World world;
  PlaceOfAcceptance place;
  place.fails = true;
  ASSERT_THAT(ask(world, world.code_now(), place), FailsWith(ErrorCode::busy));
  EXPECT_EQ(world.factor(World::kTotp).motion.position, Position::none);
  EXPECT_TRUE(world.entries.empty());
}

}  // namespace
}  // namespace countersign
