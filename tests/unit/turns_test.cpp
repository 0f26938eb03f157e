// SPDX-License-Identifier: Apache-2.0
// Whose turn it is when many wait.
#include "daemon/service/attempt/turns.hpp"
#include "tests/support/world_run.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <list>
#include <string>
#include <utility>
#include <vector>

namespace countersign {
namespace {

using testing::ElementsAre;

constexpr SubjectId kAlice{1};
constexpr SubjectId kBob{2};

class Waiting : public testing::Test {
 protected:
  // Waits for Alice's turn, notes its name, and gives it up.
  awaitable<Status> come(std::string name, Rank rank,
                         std::size_t waiting_max = Turns::kWaitingMax) {
    CS_CO_TRY(const Turns::Turn turn, co_await turns.take(kAlice, rank, waiting_max));
    order.push_back(name);
    co_return Status{};
  }
  awaitable<Status> hold(SubjectId subject) {
    CS_CO_TRY(Turns::Turn turn, co_await turns.take(subject));
    held.push_back(std::move(turn));
    co_return Status{};
  }
  awaitable<Status> let_go() {
    held.clear();
    co_return Status{};
  }
  void SetUp() override { ASSERT_TRUE(test::run(hold(kAlice))); }

  // All of them come in this order, and then whoever has the turn lets go.
  std::vector<Status> run() {
    tasks.push_back(let_go());
    return test::run_all(std::move(tasks));
  }

  Turns turns;
  std::list<Turns::Turn> held;
  std::vector<awaitable<Status>> tasks;
  std::vector<std::string> order;
};

TEST_F(Waiting, WhoeverIsKnownIsNextHoweverManyStrangersWait) {
  tasks.push_back(come("stranger 1", Rank::stranger));
  tasks.push_back(come("stranger 2", Rank::stranger));
  tasks.push_back(come("known 1", Rank::known));
  tasks.push_back(come("stranger 3", Rank::stranger));
  tasks.push_back(come("known 2", Rank::known));
  for (const Status& taken : run()) EXPECT_TRUE(taken);
  EXPECT_THAT(order, ElementsAre("known 1", "known 2", "stranger 1", "stranger 2", "stranger 3"));
  EXPECT_FALSE(turns.is_taken(kAlice));
}

TEST_F(Waiting, AFloodOfStrangersKeepsNobodyOutWhoIsKnown) {
  for (std::size_t i = 0; i < Turns::kWaitingMax + 10; ++i) {
    tasks.push_back(come("stranger", Rank::stranger));
  }
  tasks.push_back(come("known", Rank::known));
  const std::vector<Status> taken = run();
  const auto refused = std::ranges::count_if(taken, [](const Status& one) { return !one; });
  EXPECT_EQ(refused, 10);
  ASSERT_EQ(order.size(), Turns::kWaitingMax + 1);
  EXPECT_EQ(order.front(), "known");
}

TEST_F(Waiting, ThoseWhoAreKnownAreBoundedToo) {
  for (std::size_t i = 0; i < Turns::kWaitingMax + 10; ++i) {
    tasks.push_back(come("known", Rank::known));
  }
  const std::vector<Status> taken = run();
  EXPECT_EQ(std::ranges::count_if(taken, [](const Status& one) { return !one; }), 10);
}

// Each takes so long that more of them would hold up everybody else.
TEST_F(Waiting, FewerWaitWhoAreHashed) {
  for (std::size_t i = 0; i < Turns::kHashedWaitingMax + 3; ++i) {
    tasks.push_back(come("hashed", Rank::stranger, Turns::kHashedWaitingMax));
  }
  tasks.push_back(come("quick", Rank::stranger));
  tasks.push_back(come("known", Rank::known, Turns::kHashedWaitingMax));
  const std::vector<Status> taken = run();
  EXPECT_EQ(std::ranges::count_if(taken, [](const Status& one) { return !one; }), 3);
  EXPECT_EQ(order.front(), "known");
  EXPECT_EQ(order.back(), "quick");
}

TEST_F(Waiting, IsForOneSubjectAlone) {
  EXPECT_TRUE(turns.is_taken(kAlice));
  EXPECT_FALSE(turns.is_taken(kBob));
  EXPECT_TRUE(test::run(hold(kBob)));
}

}  // namespace
}  // namespace countersign
