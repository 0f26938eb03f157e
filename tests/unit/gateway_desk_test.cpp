// SPDX-License-Identifier: Apache-2.0
// What is said to a request before anybody is asked about it, and whether the connection goes on.
#include "gateway/desk.hpp"

#include "gateway/http.hpp"
#include "tests/unit/gateway_world.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>

#include <string>

namespace countersign::gateway {
namespace {

const std::string kVerify =
    "GET /wsapi/2.0/verify?id=7&nonce=0123456789abcdef&otp=dteffujehknhfjbrjnlnldnhcujvddbikngjrtgh"
    " HTTP/1.1\r\nHost: h\r\n\r\n";

class GatewayDesk : public testing::Test {
 protected:
  http::Answer ask(Desk& desk, const std::string& text, bool keeps_alive = true) {
    http::RequestReader reader{kBodyBytesMax};
    reader.take(as_bytes(text));
    const auto whole = reader.read();
    EXPECT_TRUE(whole && *whole);
    const IpAddress source = *IpAddress::from("192.0.2.1");
    http::Answer said;
    auto took = [&](const std::exception_ptr& thrown, http::Answer answer) {
      if (thrown) std::rethrow_exception(thrown);
      said = std::move(answer);
    };
    boost::asio::io_context loop{1};
    boost::asio::co_spawn(loop.get_executor(), desk.answer(reader, source, keeps_alive), took);
    loop.run();
    return said;
  }

  World world_;
  FrozenClock clock_;
};

TEST_F(GatewayDesk, AsksForWhomARequestIs) {
  Desk desk{world_, clock_, {}};
  const http::Answer said = ask(desk, kVerify);
  EXPECT_NE(said.text.find("status=OK"), std::string::npos);
  EXPECT_EQ(said.text.find("Connection: close"), std::string::npos);
  EXPECT_FALSE(said.last);
  EXPECT_EQ(world_.asked.front(), "check 7 from 192.0.2.1");
}

TEST_F(GatewayDesk, SaysThatTheConnectionEndsWithItsAnswer) {
  Desk desk{world_, clock_, {}};
  EXPECT_NE(ask(desk, kVerify, false).text.find("Connection: close"), std::string::npos);
}

TEST_F(GatewayDesk, EndsTheConnectionAfterWhatIsNoQuestion) {
  Desk desk{world_, clock_, {}};
  const http::Answer said = ask(desk, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_NE(said.text.find("404 Not Found"), std::string::npos);
  EXPECT_NE(said.text.find("Connection: close"), std::string::npos);
  EXPECT_TRUE(said.last);
  EXPECT_TRUE(world_.asked.empty());
}

TEST_F(GatewayDesk, AsksNobodyForASourceThatIsTooFast) {
  Desk desk{world_, clock_, {.per_second = 0.001, .burst = 1}};
  ask(desk, kVerify);
  const std::size_t asked = world_.asked.size();
  const http::Answer said = ask(desk, kVerify);
  EXPECT_NE(said.text.find("429 Too Many Requests"), std::string::npos);
  EXPECT_NE(said.text.find("status=BACKEND_ERROR"), std::string::npos);
  EXPECT_FALSE(said.last);
  EXPECT_EQ(world_.asked.size(), asked);
}

TEST_F(GatewayDesk, AsksNobodyAboutParametersThatHaveTwoReadings) {
  Desk desk{world_, clock_, {}};
  const http::Answer said =
      ask(desk, "GET /wsapi/2.0/verify?id=7&id=8 HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_NE(said.text.find("status=MISSING_PARAMETER"), std::string::npos);
  EXPECT_TRUE(world_.asked.empty());
}

TEST_F(GatewayDesk, RefusesWithoutRoomForNow) {
  const Desk desk{world_, clock_, {}};
  const std::string said = desk.refusal(Error{ErrorCode::unavailable, "server.connections"});
  EXPECT_NE(said.find("503 Service Unavailable"), std::string::npos);
  EXPECT_NE(said.find("Retry-After: 1"), std::string::npos);
}

}  // namespace
}  // namespace countersign::gateway
