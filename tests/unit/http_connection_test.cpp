// SPDX-License-Identifier: Apache-2.0
// One connection: what it waits for, and for how long.
#include "http/server/connection.hpp"

#include <gtest/gtest.h>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <string>
#include <vector>

namespace countersign::http {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 10s;
const std::string kRequest = "GET /path HTTP/1.1\r\nHost: h\r\n\r\n";

// Says where a request came from and what it asked for.
class Echo final : public Handler {
 public:
  awaitable<Answer> answer(const RequestReader& request, const IpAddress& source,
                           bool keeps_alive) override {
    if (request.target() == "/last") co_return Answer{.text = said("last", false), .last = true};
    const std::string text =
        source.text() + " " + std::string{request.target()} + " " + std::string{request.body()};
    co_return Answer{.text = said(text, keeps_alive)};
  }
  [[nodiscard]] std::string refusal(const Error& error) const override {
    return said(std::string{error.operation.view()}, false);
  }

 private:
  static std::string said(const std::string& text, bool keeps_alive) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(text.size()) +
           (keeps_alive ? "" : "\r\nConnection: close") + "\r\n\r\n" + text;
  }
};

// A connection and the client at its other end, on one loop.
class HttpConnection : public testing::Test {
 protected:
  HttpConnection() {
    using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, Executor>;
    const boost::asio::ip::tcp::endpoint any{boost::asio::ip::address_v4::loopback(), 0};
    Acceptor acceptor{loop_, any};
    client_.connect(acceptor.local_endpoint());
    client_.non_blocking(true);
    connection_ = make_connection(acceptor.accept(), *IpAddress::from("127.0.0.1"), shared_);
    auto ended = [this](const std::exception_ptr& failure) { ended_ = !failure; };
    boost::asio::co_spawn(loop_.get_executor(), connection_->run(), ended);
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

  Echo echo_;
  std::vector<Network> proxies_{*Network::from("127.0.0.0/8")};
  Shared shared_{echo_, proxies_, 64, {}};
  boost::asio::io_context loop_{1};
  TcpSocket client_{loop_.get_executor()};
  std::shared_ptr<Connection> connection_;
  bool ended_ = false;
};

TEST_F(HttpConnection, AnswersOneAfterAnother) {
  say(kRequest + kRequest);
  EXPECT_EQ(count(hear(2)), 2U);
  say(kRequest);
  EXPECT_NE(hear(1).find("/path"), std::string::npos);
  EXPECT_FALSE(ended_);
}

TEST_F(HttpConnection, EndsAfterARefusal) {
  say("GET / HTTP/one\r\n\r\n");
  EXPECT_NE(hear(1).find("http.header"), std::string::npos);
  client_.close();
  EXPECT_TRUE(ends());
}

TEST_F(HttpConnection, EndsWhenItsClientHasGone) {
  say(kRequest);
  client_.close();
  EXPECT_TRUE(ends());
}

TEST_F(HttpConnection, EndsWhenNothingComesForTooLong) {
  const auto begun = std::chrono::steady_clock::now();
  say(kRequest);
  hear(1);
  turn();
  connection_->check(begun + shared_.patience.idle);
  turn();
  EXPECT_FALSE(ended_);
  connection_->check(std::chrono::steady_clock::now() + shared_.patience.idle);
  EXPECT_TRUE(ends());
}

// However many bytes come in the meantime, one by one.
TEST_F(HttpConnection, EndsWhenARequestTakesTooLong) {
  const auto begun = std::chrono::steady_clock::now();
  for (const char c : kRequest.substr(0, 20)) {
    say({c});
    for (int i = 0; i < 5; ++i) turn();
  }
  connection_->check(begun + shared_.patience.request);
  turn();
  EXPECT_FALSE(ended_);
  connection_->check(std::chrono::steady_clock::now() + shared_.patience.request);
  EXPECT_TRUE(ends());
}

TEST_F(HttpConnection, EndsAtOnceWhenToldToWithNothingUnderWay) {
  say(kRequest);
  hear(1);
  turn();
  connection_->stop();
  EXPECT_TRUE(ends());
}

TEST_F(HttpConnection, AnswersWhatHasBegunWhenToldToEnd) {
  say(kRequest.substr(0, 20));
  for (int i = 0; i < 5; ++i) turn();
  connection_->stop();
  say(kRequest.substr(20));
  const std::string heard = hear(1);
  EXPECT_NE(heard.find("/path"), std::string::npos) << heard;
  EXPECT_NE(heard.find("Connection: close"), std::string::npos) << heard;
  EXPECT_TRUE(ends());
}

TEST_F(HttpConnection, SaysContinueToWhoWaitsForIt) {
  say("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\n"
      "Content-Type: application/x-www-form-urlencoded\r\n\r\n");
  EXPECT_EQ(hear(1), "HTTP/1.1 100 Continue\r\n\r\n");
  say("id=7");
  EXPECT_NE(hear(1).find("id=7"), std::string::npos);
}

TEST_F(HttpConnection, EndsWithTheAnswerThatIsTheLast) {
  say("GET /last HTTP/1.1\r\nHost: h\r\n\r\n" + kRequest);
  const std::string heard = hear(2);  // until the connection is closed
  EXPECT_EQ(count(heard), 1U) << heard;
  client_.close();
  EXPECT_TRUE(ends());
}

TEST_F(HttpConnection, TakesWhatComesAfterTheLastAnswerForAMomentAlone) {
  say("GET /last HTTP/1.1\r\nHost: h\r\n\r\n");
  hear(1);
  say(std::string(1000, 'x'));
  for (int i = 0; i < 5; ++i) turn();
  EXPECT_FALSE(ended_);
  connection_->check(std::chrono::steady_clock::now() + 1s);
  EXPECT_TRUE(ends());
}

TEST_F(HttpConnection, TellsWhoIsBehindATrustedProxy) {
  say("GET /path HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 192.0.2.9, 127.0.0.2\r\n"
      "x-forwarded-for: 127.0.0.3\r\n\r\n");
  EXPECT_NE(hear(1).find("192.0.2.9 /path"), std::string::npos);
}

TEST_F(HttpConnection, RefusesWhatATrustedProxyCannotMean) {
  say("GET /path HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: nobody\r\n\r\n");
  EXPECT_NE(hear(1).find("forwarded.address"), std::string::npos);
}

TEST_F(HttpConnection, RefusesABodyPastItsLimit) {
  say("POST /path HTTP/1.1\r\nHost: h\r\nContent-Length: 65\r\n\r\n");
  EXPECT_NE(hear(1).find("http.body_length"), std::string::npos);
}

}  // namespace
}  // namespace countersign::http
