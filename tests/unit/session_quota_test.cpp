// SPDX-License-Identifier: Apache-2.0
// Users who ask more at once than they may: held back, never forgotten.
#include "tests/unit/session_toy.hpp"

#include <algorithm>

namespace countersign::net {
namespace {

class FewAtOnce : public SessionTest {
 protected:
  FewAtOnce() : SessionTest{Limits{.connections_per_uid = 2, .in_flight_per_uid = 2}} {}
};

TEST_F(FewAtOnce, HoldsBackRequestsPastTheLimitOfTheirUser) {
  const TestPeer first{path};
  const TestPeer second{path};
  first.send(frame("hold1") + frame("hold2") + frame("three"));
  ASSERT_TRUE(has_begun(2));
  second.send(frame("four"));
  EXPECT_FALSE(second.readable(50));
  EXPECT_EQ(toy.begun, 2);

  on_loop([this] { toy.release(); });

  EXPECT_EQ(second.receive_frame(), "four!");
  EXPECT_EQ(first.receive_frame(), "hold2!");
  EXPECT_EQ(first.receive_frame(), "hold1!");
  EXPECT_EQ(first.receive_frame(), "three!");
}

TEST_F(FewAtOnce, ForgetsAHeldBackPeerThatHasGone) {
  const TestPeer first{path};
  first.send(frame("hold1") + frame("hold2"));
  ASSERT_TRUE(has_begun(2));
  {
    const TestPeer second{path};
    second.send(frame("four"));
    EXPECT_FALSE(second.readable(50));
  }
  first.send(frame("five"));
  on_loop([this] { toy.release(); });
  EXPECT_EQ(first.receive_frame(), "hold2!");
  EXPECT_EQ(first.receive_frame(), "hold1!");
  EXPECT_EQ(first.receive_frame(), "five!");
}

TEST_F(FewAtOnce, TurnsAwayAConnectionTooMany) {
  const TestPeer first{path};
  TestPeer second{path};
  first.send(frame("one"));
  second.send(frame("two"));
  EXPECT_EQ(first.receive_frame(), "one!");
  EXPECT_EQ(second.receive_frame(), "two!");
  const TestPeer third{path};
  EXPECT_EQ(third.receive_frame(), "net.connections");
  EXPECT_EQ(third.receive_all(), "");
}

TEST_F(FewAtOnce, FinishesEveryPipelineWithOnePlaceInTheQueueEach) {
  constexpr int kEach = 500;
  const TestPeer first{path};
  const TestPeer second{path};
  std::string pipeline;
  for (int i = 0; i < kEach; ++i) pipeline += frame("hold");
  first.send(pipeline);
  second.send(pipeline);

  std::size_t waiting_max = 0;
  for (int turn = 0; turn < 20'000 && toy.begun < 2 * kEach; ++turn) {
    on_loop([&] {
      toy.release();
      waiting_max = std::max(waiting_max, server->waiting());
    });
    ::usleep(100);
  }
  on_loop([this] { toy.release(); });

  EXPECT_EQ(toy.begun, 2 * kEach);
  EXPECT_LE(waiting_max, 2u);
  for (int i = 0; i < kEach; ++i) {
    ASSERT_EQ(first.receive_frame(), "hold!") << i;
    ASSERT_EQ(second.receive_frame(), "hold!") << i;
  }
}

class OneAtOnce : public SessionTest {
 protected:
  OneAtOnce() : SessionTest{Limits{.in_flight_per_uid = 1}} {}
};

TEST_F(OneAtOnce, AConnectionThatIsWokenWithNothingToBeginWakesTheNext) {
  const TestPeer first{path};
  const TestPeer second{path};
  const TestPeer third{path};
  first.send(frame("hold"));
  ASSERT_TRUE(has_begun(1));
  second.send(frame("two"));
  EXPECT_FALSE(second.readable(50));
  third.send(frame("three"));
  EXPECT_FALSE(third.readable(50));

  on_loop([this] { toy.release(); });

  EXPECT_EQ(first.receive_frame(), "hold!");
  EXPECT_TRUE(second.readable(2000));
  EXPECT_EQ(second.receive_frame(), "two!");
  EXPECT_EQ(third.receive_frame(), "three!");
}

// A session of the queue's own, which says whether it still waits.
class Sleeper final : public Waiting {
 public:
  explicit Sleeper(bool waits) : waits_{waits} {}
  bool may_go_on() override {
    ++woken;
    return waits_;
  }
  int woken = 0;

 private:
  bool waits_;
};

TEST(QuotaQueue, PassesOverSessionsThatHaveGoneOrDoNotWait) {
  const auto quota = std::make_shared<Quota>(Limits{.in_flight_per_uid = 1});
  const auto share = quota->connect(1);
  const auto awake = std::make_shared<Sleeper>(false);
  const auto asleep = std::make_shared<Sleeper>(true);
  const auto behind = std::make_shared<Sleeper>(true);
  share->begin();
  share->wait(std::make_shared<Sleeper>(true));
  for (const auto& sleeper : {awake, asleep, behind}) share->wait(sleeper);

  share->end();

  EXPECT_EQ(awake->woken, 1);
  EXPECT_EQ(asleep->woken, 1);
  EXPECT_EQ(behind->woken, 0);
  EXPECT_EQ(quota->waiting(), 1u);
}

TEST(QuotaQueue, KeepsNoPlaceForASessionThatHasGone) {
  const auto quota = std::make_shared<Quota>(Limits{.in_flight_per_uid = 1});
  const auto stays = quota->connect(1);
  auto goes = quota->connect(1);
  goes->wait(std::make_shared<Sleeper>(true));
  goes.reset();
  EXPECT_EQ(quota->waiting(), 0u);
}

}  // namespace
}  // namespace countersign::net
