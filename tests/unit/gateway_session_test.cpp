// SPDX-License-Identifier: Apache-2.0
// One connection: what it waits for, and for how long.
#include "gateway/session.hpp"

#include "tests/unit/gateway_world.hpp"

#include <gtest/gtest.h>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <string>
#include <vector>

namespace countersign::gateway {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 10s;
const std::string kRequest =
    "GET /wsapi/2.0/verify?id=7&nonce=0123456789abcdef&otp=dteffujehknhfjbrjnlnldnhcujvddbikngjrtgh"
    " HTTP/1.1\r\nHost: h\r\n\r\n";

// A session and the client at its other end, on one loop.
class GatewaySession : public testing::Test {
 protected:
  GatewaySession() {
    using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, Executor>;
    const boost::asio::ip::tcp::endpoint any{boost::asio::ip::address_v4::loopback(), 0};
    Acceptor acceptor{loop_, any};
    client_.connect(acceptor.local_endpoint());
    client_.non_blocking(true);
    session_ = make_session(acceptor.accept(), IpAddress{}, shared_);
    auto ended = [this](const std::exception_ptr& failure) { ended_ = !failure; };
    boost::asio::co_spawn(loop_.get_executor(), session_->run(), ended);
  }

  void say(const std::string& text) { boost::asio::write(client_, boost::asio::buffer(text)); }
  // Turns the loop until the client has heard so many answers, or the connection is closed.
  std::string hear(std::size_t answers) {
    std::string heard;
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (count(heard) < answers && std::chrono::steady_clock::now() < end) {
      turn();
      std::array<char, 4096> chunk;
      boost::system::error_code failed;
      const std::size_t got = client_.read_some(boost::asio::buffer(chunk), failed);
      heard.append(chunk.data(), got);
      if (failed && failed != boost::asio::error::would_block) break;
    }
    return heard;
  }
  static std::size_t count(const std::string& heard) {
    std::size_t found = 0;
    for (std::size_t at = heard.find("HTTP/1.1"); at != std::string::npos; ++found) {
      at = heard.find("HTTP/1.1", at + 1);
    }
    return found;
  }
  void turn() {
    loop_.restart();
    loop_.run_one_for(5ms);
  }
  bool ends() {
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (!ended_ && std::chrono::steady_clock::now() < end) turn();
    return ended_;
  }

  World world_;
  FrozenClock clock_;
  std::vector<Network> proxies_;
  RateLimit rate_limit_{Rate{}};
  Shared shared_{world_, clock_, proxies_, rate_limit_, {}};
  boost::asio::io_context loop_{1};
  TcpSocket client_{loop_.get_executor()};
  std::shared_ptr<Session> session_;
  bool ended_ = false;
};

TEST_F(GatewaySession, AnswersOneAfterAnother) {
  say(kRequest + kRequest);
  EXPECT_EQ(count(hear(2)), 2U);
  say(kRequest);
  EXPECT_NE(hear(1).find("status=OK"), std::string::npos);
  EXPECT_FALSE(ended_);
}

TEST_F(GatewaySession, EndsAfterARefusal) {
  say("GET / HTTP/1.1\r\n\r\n");
  EXPECT_NE(hear(1).find("404 Not Found"), std::string::npos);
  client_.close();
  EXPECT_TRUE(ends());
}

TEST_F(GatewaySession, EndsWhenItsClientHasGone) {
  say(kRequest);
  client_.close();
  EXPECT_TRUE(ends());
}

TEST_F(GatewaySession, EndsWhenNothingComesForTooLong) {
  say(kRequest);
  hear(1);
  session_->check(std::chrono::steady_clock::now() + shared_.patience.idle - 1s);
  turn();
  EXPECT_FALSE(ended_);
  session_->check(std::chrono::steady_clock::now() + shared_.patience.idle);
  EXPECT_TRUE(ends());
}

// However many bytes come in the meantime, one by one.
TEST_F(GatewaySession, EndsWhenARequestTakesTooLong) {
  for (const char c : kRequest.substr(0, 20)) {
    say({c});
    for (int i = 0; i < 5; ++i) turn();
  }
  session_->check(std::chrono::steady_clock::now() + shared_.patience.request - 1s);
  turn();
  EXPECT_FALSE(ended_);
  session_->check(std::chrono::steady_clock::now() + shared_.patience.request);
  EXPECT_TRUE(ends());
}

TEST_F(GatewaySession, EndsAtOnceWhenToldToWithNothingUnderWay) {
  say(kRequest);
  hear(1);
  turn();
  session_->stop();
  EXPECT_TRUE(ends());
}

TEST_F(GatewaySession, AnswersWhatHasBegunWhenToldToEnd) {
  say(kRequest.substr(0, 20));
  for (int i = 0; i < 5; ++i) turn();
  session_->stop();
  say(kRequest.substr(20));
  const std::string heard = hear(1);
  EXPECT_NE(heard.find("status=OK"), std::string::npos) << heard;
  EXPECT_NE(heard.find("Connection: close"), std::string::npos) << heard;
  EXPECT_TRUE(ends());
}

TEST_F(GatewaySession, SaysContinueToWhoWaitsForIt) {
  say("POST /wsapi/2.0/verify HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\n"
      "Content-Type: application/x-www-form-urlencoded\r\n\r\n");
  EXPECT_EQ(hear(1), "HTTP/1.1 100 Continue\r\n\r\n");
  say("id=7");
  EXPECT_NE(hear(1).find("MISSING_PARAMETER"), std::string::npos);
}

}  // namespace
}  // namespace countersign::gateway
