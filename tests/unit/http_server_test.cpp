// SPDX-License-Identifier: Apache-2.0
// The listening socket: whose it is, for how many, and until when.
#include "http/server/server.hpp"

#include "tests/support/failure.hpp"
#include "tests/unit/passed_sockets.hpp"

#include <gtest/gtest.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <functional>
#include <optional>
#include <string>

namespace countersign::http {
namespace {

using namespace std::chrono_literals;
using test::bound_socket;
using test::failure;
using test::listening_socket;
using test::PassedSockets;

constexpr auto kPatience = 10s;
const std::string kRequest = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

// Says nothing but yes, or why not.
class Nod final : public Handler {
 public:
  awaitable<Answer> answer(const RequestReader&, const IpAddress&, bool) override {
    co_return Answer{.text = "HTTP/1.1 204 No Content\r\n\r\n"};
  }
  [[nodiscard]] std::string refusal(const Error& error) const override {
    return "HTTP/1.1 503 " + std::string{error.operation.view()} + "\r\n\r\n";
  }
};

// A server on a loop of its own, and clients that turn it while they wait.
struct Place {
  explicit Place(const ServerSettings& wanted = {}) : settings{wanted} {}

  void turn_until(const std::function<bool()>& holds) {
    const auto end = std::chrono::steady_clock::now() + kPatience;
    bool held = holds();
    for (; !held && std::chrono::steady_clock::now() < end; held = holds()) {
      loop.restart();
      loop.run_one_for(5ms);
    }
    ASSERT_TRUE(held);
  }
  TcpSocket connect() {
    TcpSocket client{loop.get_executor()};
    client.connect({boost::asio::ip::address_v4::loopback(), server.port()});
    client.non_blocking(true);
    return client;
  }
  std::string hear(TcpSocket& client) {
    std::string heard;
    turn_until([&] {
      std::array<char, 4096> chunk;
      boost::system::error_code failed;
      heard.append(chunk.data(), client.read_some(boost::asio::buffer(chunk), failed));
      return heard.ends_with("\r\n\r\n") || (failed && failed != boost::asio::error::would_block);
    });
    return heard;
  }
  std::string ask(TcpSocket& client) {
    boost::asio::write(client, boost::asio::buffer(kRequest));
    return hear(client);
  }
  // The first byte of a request, which the server has seen afterwards: on loopback it is there at
  // once.
  void begin(TcpSocket& client) {
    boost::asio::write(client, boost::asio::buffer(kRequest, 1));
    do loop.restart();
    while (loop.poll() != 0);
  }
  void stop() {
    bool stopped = false;
    auto ended = [&](const std::exception_ptr& thrown) { stopped = !thrown; };
    boost::asio::co_spawn(loop.get_executor(), server.stop(), ended);
    turn_until([&] { return stopped; });
  }

  ServerSettings settings;
  Nod nod;
  boost::asio::io_context loop{1};
  Server server{loop.get_executor(), settings, nod};
};

TEST(HttpServer, ListensWhereTheSettingsSay) {
  Place place;
  ASSERT_TRUE(place.server.open());
  EXPECT_EQ(place.server.address().to_string(), "127.0.0.1");
  place.server.start();
  TcpSocket client = place.connect();
  EXPECT_EQ(place.ask(client), "HTTP/1.1 204 No Content\r\n\r\n");
  place.stop();
}

TEST(HttpServer, ServesOnTheSocketThatSystemdPasses) {
  const int listening = listening_socket();
  const std::uint16_t port = test::port_of(listening);
  const PassedSockets passed{{listening}};
  ServerSettings settings;
  settings.address = boost::asio::ip::make_address("::1");  // and says so itself
  Place place{settings};
  ASSERT_TRUE(place.server.open());
  EXPECT_EQ(place.server.port(), port);
  EXPECT_EQ(place.server.address().to_string(), "127.0.0.1");
  place.server.start();
  TcpSocket client = place.connect();
  EXPECT_EQ(place.ask(client), "HTTP/1.1 204 No Content\r\n\r\n");
  place.stop();
}

// The second would take connections, and nobody would ever answer them.
TEST(HttpServer, TakesNoMoreThanOneSocketFromSystemd) {
  const PassedSockets passed{{listening_socket(), listening_socket()}};
  Place place;
  EXPECT_EQ(failure(place.server.open()), ErrorCode::malformed);
}

TEST(HttpServer, TakesNoSocketFromSystemdThatDoesNotListen) {
  const PassedSockets passed{{bound_socket()}};
  Place place;
  EXPECT_EQ(failure(place.server.open()), ErrorCode::malformed);
}

TEST(HttpServer, TakesNoSocketFromSystemdThatIsNotOfTheNetwork) {
  const PassedSockets passed{{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)}};
  Place place;
  EXPECT_EQ(failure(place.server.open()), ErrorCode::malformed);
}

// Of a source, and of all together.
class AFullServer : public testing::TestWithParam<bool> {
 protected:
  static ServerSettings settings() {
    ServerSettings settings;
    (GetParam() ? settings.connections_per_source : settings.connections) = 2;
    return settings;
  }
  Place place{settings()};
};
INSTANTIATE_TEST_SUITE_P(, AFullServer, testing::Bool(), [](const auto& each) {
  return std::string{each.param ? "ForASource" : "ForAll"};
});

TEST_P(AFullServer, ClosesWhoHasRestedLongestForWhoComes) {
  ASSERT_TRUE(place.server.open());
  place.server.start();
  TcpSocket first = place.connect();
  place.ask(first);
  TcpSocket second = place.connect();
  place.ask(second);
  place.ask(first);
  TcpSocket third = place.connect();
  EXPECT_TRUE(place.ask(third).starts_with("HTTP/1.1 204"));
  EXPECT_EQ(place.hear(second), "");
  EXPECT_TRUE(place.ask(first).starts_with("HTTP/1.1 204"));
  place.stop();
}

TEST(HttpServer, RefusesWhomItHasNoRoomForUntilOneGoes) {
  ServerSettings settings;
  settings.connections_per_source = 1;
  Place place{settings};
  ASSERT_TRUE(place.server.open());
  place.server.start();
  std::optional<TcpSocket> first = place.connect();
  // It has begun to ask: it does not rest.
  place.ask(*first);
  place.begin(*first);
  TcpSocket second = place.connect();
  EXPECT_EQ(place.hear(second), "HTTP/1.1 503 server.connections\r\n\r\n");

  first.reset();
  // Whether the server has seen that already, the next one finds out.
  std::string heard;
  place.turn_until([&] {
    TcpSocket third = place.connect();
    heard = place.ask(third);
    return heard.starts_with("HTTP/1.1 204");
  });
  place.stop();
}

TEST(HttpServer, StopsAtOnceWhenNothingIsUnderWayAndTakesNobodyMore) {
  Place place;
  ASSERT_TRUE(place.server.open());
  place.server.start();
  TcpSocket client = place.connect();
  place.ask(client);
  const boost::asio::ip::tcp::endpoint there{boost::asio::ip::address_v4::loopback(),
                                             place.server.port()};
  place.stop();
  boost::system::error_code refused;
  TcpSocket{place.loop.get_executor()}.connect(there, refused);
  EXPECT_EQ(refused, boost::asio::error::connection_refused);
}

// A client that has begun to ask and says no more.
TEST(HttpServer, CutsOffWhatIsNotDoneByTheEndOfItsPatience) {
  Place place;
  ASSERT_TRUE(place.server.open());
  place.server.start();
  TcpSocket client = place.connect();
  place.ask(client);
  boost::asio::write(client, boost::asio::buffer(kRequest.substr(0, 5)));
  for (int i = 0; i < 5; ++i) place.loop.run_one_for(5ms);
  bool stopped = false;
  auto ended = [&](const std::exception_ptr& thrown) { stopped = !thrown; };
  boost::asio::co_spawn(place.loop.get_executor(), place.server.stop(), ended);
  for (int i = 0; i < 5; ++i) place.loop.run_one_for(5ms);
  EXPECT_FALSE(stopped);
  place.server.check(std::chrono::steady_clock::now() + Server::kDrainLimit);
  place.turn_until([&] { return stopped; });
}

}  // namespace
}  // namespace countersign::http
