// SPDX-License-Identifier: Apache-2.0
// Native connections over a real socket, with a toy behind them.
#include "tests/unit/session_toy.hpp"

#include <gmock/gmock.h>

namespace countersign::net {
namespace {

using namespace std::string_literals;

class NativeSession : public SessionTest {};

TEST_F(NativeSession, AnswersAFrame) {
  const TestPeer peer{path};
  peer.send(frame("one"));
  EXPECT_EQ(peer.receive_frame(), "one!");
}

TEST_F(NativeSession, AnswersAFrameThatComesByteByByte) {
  const TestPeer peer{path};
  for (const char byte : frame("one")) peer.send({&byte, 1});
  EXPECT_EQ(peer.receive_frame(), "one!");
}

TEST_F(NativeSession, AnswersAPipeline) {
  const TestPeer peer{path};
  std::string pipeline;
  for (int i = 0; i < 2000; ++i) pipeline += frame(std::to_string(i));
  peer.send(pipeline);
  for (int i = 0; i < 2000; ++i) ASSERT_EQ(peer.receive_frame(), std::to_string(i) + "!");
}

TEST_F(NativeSession, AnswersInTheOrderInWhichTheHandlerDoes) {
  const TestPeer peer{path};
  peer.send(frame("hold1") + frame("hold2") + frame("three") + frame("release"));
  EXPECT_EQ(peer.receive_frame(), "three!");
  EXPECT_EQ(peer.receive_frame(), "hold2!");
  EXPECT_EQ(peer.receive_frame(), "hold1!");
  EXPECT_EQ(peer.receive_frame(), "release!");
}

TEST_F(NativeSession, AnswersAPeerThatHasEndedSending) {
  const TestPeer peer{path};
  peer.send(frame("hold1"));
  peer.end_sending();
  ASSERT_TRUE(has_begun(1));
  on_loop([this] { toy.release(); });
  EXPECT_EQ(peer.receive_frame(), "hold1!");
  EXPECT_EQ(peer.receive_all(), "");
}

TEST_F(NativeSession, FinishesRequestsOfAPeerThatHasGone) {
  TestPeer peer{path};
  peer.send(frame("hold1"));
  ASSERT_TRUE(has_begun(1));
  peer.close();
  on_loop([this] { toy.release(); });
  const TestPeer other{path};
  other.send(frame("two"));
  EXPECT_EQ(other.receive_frame(), "two!");
}

TEST_F(NativeSession, RefusesWhatTheHandlerLetGo) {
  const TestPeer peer{path};
  peer.send(frame("drop"));
  EXPECT_EQ(peer.receive_frame(), "net.unanswered");
}

TEST_F(NativeSession, RefusesAFirstByteThatIsNeitherProtocol) {
  for (const char* garbage : {"\x16\x03\x01", "{\"a\":1}", "\n", "get / HTTP/1.1\r\n\r\n"}) {
    const TestPeer peer{path};
    peer.send(garbage);
    EXPECT_EQ(peer.receive_frame(), "frame.magic");
    EXPECT_EQ(peer.receive_all(), "");
  }
}

TEST_F(NativeSession, AnswersWhatCameBeforeABrokenFrame) {
  const TestPeer peer{path};
  peer.send(frame("one") + "\xC5\x01\x00\x01"s + frame("never"));
  EXPECT_EQ(peer.receive_frame(), "one!");
  EXPECT_EQ(peer.receive_frame(), "frame.flags");
  EXPECT_EQ(peer.receive_all(), "");
}

TEST_F(NativeSession, RefusesAFrameTooLongBeforeItsBody) {
  const TestPeer peer{path};
  peer.send("\xC5\x01\x00\x00\x00\x01\x00\x01"s);
  EXPECT_EQ(peer.receive_frame(), "frame.length");
}

TEST_F(NativeSession, RefusesATruncatedFrame) {
  const TestPeer peer{path};
  peer.send(frame("body").substr(0, 10));
  peer.end_sending();
  EXPECT_EQ(peer.receive_frame(), "frame.truncated");
}

TEST_F(NativeSession, RefusesAPeerThatPolicyDoesNotAdmit) {
  toy.denies = true;
  const TestPeer peer{path};
  peer.send(frame("one"));
  EXPECT_EQ(peer.receive_frame(), "toy");
  EXPECT_EQ(peer.receive_all(), "");
  EXPECT_EQ(toy.begun, 0);
}

TEST_F(NativeSession, StopsReadingWhileThePeerDoesNotReadItsAnswers) {
  const TestPeer peer{path};
  std::string pipeline;
  for (int i = 0; i < 300; ++i) pipeline += frame("long");
  peer.send(pipeline);
  ASSERT_TRUE(has_begun(17));
  // 300 answers would be 18 MB; no more are begun than fit into the buffers.
  on_loop([] {});
  EXPECT_LT(toy.begun, 40);
  for (int i = 0; i < 300; ++i) ASSERT_EQ(peer.receive_frame().size(), 60'000u);
}

TEST_F(NativeSession, FinishesWhatHasBegunBeforeItStops) {
  const TestPeer peer{path};
  peer.send(frame("hold1"));
  ASSERT_TRUE(has_begun(1));
  stop();
  on_loop([] {});
  EXPECT_EQ(stopped.wait_for(std::chrono::milliseconds{0}), std::future_status::timeout);
  peer.send(frame("never"));
  on_loop([this] { toy.release(); });
  EXPECT_EQ(peer.receive_frame(), "hold1!");
  EXPECT_EQ(peer.receive_all(), "");
  EXPECT_EQ(toy.begun, 1);
}

TEST_F(NativeSession, RemovesItsSocketWhenItStops) {
  stop();
  EXPECT_EQ(stopped.wait_for(std::chrono::seconds{10}), std::future_status::ready);
  EXPECT_FALSE(std::filesystem::exists(path));
}

class Impatient : public SessionTest {
 protected:
  static constexpr std::chrono::milliseconds kShort{100};
  static constexpr std::chrono::milliseconds kLong{60'000};
  explicit Impatient(Patience patience) : SessionTest{Limits{}, patience} {}
};

class SlowHeader : public Impatient {
 protected:
  SlowHeader() : Impatient{{.header = kShort, .request = kLong, .idle = kLong, .write = kLong}} {}
};
TEST_F(SlowHeader, IsRefused) {
  const TestPeer peer{path};
  peer.send("\xC5\x01");
  EXPECT_EQ(peer.receive_frame(), "net.slow");
  EXPECT_EQ(peer.receive_all(), "");
}
TEST_F(SlowHeader, IsRefusedInHttpToo) {
  const TestPeer peer{path};
  peer.send("POST /v1/verify HTTP/1.1\r\nX: ");
  EXPECT_THAT(peer.receive_all(), testing::EndsWith("net.slow\n"));
}

class SlowBody : public Impatient {
 protected:
  SlowBody() : Impatient{{.header = kLong, .request = kShort, .idle = kLong, .write = kLong}} {}
};
TEST_F(SlowBody, IsRefused) {
  const TestPeer peer{path};
  peer.send(frame("one") + frame("body").substr(0, 9));
  EXPECT_EQ(peer.receive_frame(), "one!");
  EXPECT_EQ(peer.receive_frame(), "net.slow");
}
TEST_F(SlowBody, IsRefusedInHttpToo) {
  const TestPeer peer{path};
  peer.send("POST /v1/verify HTTP/1.1\r\nContent-Length: 2\r\n\r\n{");
  EXPECT_THAT(peer.receive_all(), testing::EndsWith("net.slow\n"));
}

class IdlePeer : public Impatient {
 protected:
  IdlePeer() : Impatient{{.header = kLong, .request = kLong, .idle = kShort, .write = kLong}} {}
};
TEST_F(IdlePeer, IsHungUpOn) {
  const TestPeer silent{path};
  const TestPeer native{path};
  const TestPeer http{path};
  native.send(frame("one"));
  http.send("GET /v1/health HTTP/1.1\r\n\r\n");
  EXPECT_EQ(native.receive_frame(), "one!");
  EXPECT_EQ(silent.receive_all(), "");
  EXPECT_EQ(native.receive_all(), "");
  EXPECT_THAT(http.receive_all(), testing::EndsWith("{}!\n"));
}
TEST_F(IdlePeer, IsNotOneThatWaitsForItsAnswer) {
  const TestPeer peer{path};
  peer.send(frame("hold1"));
  ASSERT_TRUE(has_begun(1));
  EXPECT_FALSE(peer.readable(800));
  on_loop([this] { toy.release(); });
  EXPECT_EQ(peer.receive_frame(), "hold1!");
}

class DeafPeer : public Impatient {
 protected:
  DeafPeer() : Impatient{{.header = kLong, .request = kLong, .idle = kLong, .write = kShort}} {}
};
TEST_F(DeafPeer, IsHungUpOn) {
  const TestPeer peer{path};
  std::string pipeline;
  for (int i = 0; i < 100; ++i) pipeline += frame("long");
  peer.send(pipeline);
  std::size_t open = 1;
  for (int i = 0; i < 5000 && open != 0; ++i) {
    ::usleep(1000);
    on_loop([&] { open = server->connections(); });
  }
  EXPECT_EQ(open, 0u);
}

}  // namespace
}  // namespace countersign::net
