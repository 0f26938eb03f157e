// SPDX-License-Identifier: Apache-2.0
// The order of things, and that nothing that fails says OK.
#include "gateway/conversation.hpp"

#include "tests/unit/gateway_world.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace countersign::gateway {
namespace {

constexpr std::string_view kQuery =
    "id=7&nonce=0123456789abcdef&otp=DTEFFUJEHKNHFJBRJNLNLDNHCUJVDDBIKNGJRTGH&timestamp=1";

std::string answer(World& world, std::string_view query = kQuery, Version version = Version::two) {
  boost::asio::io_context loop{1};
  const FrozenClock clock;
  const auto parameters = Parameters::parse(query, "");
  const std::string source = "192.0.2.1";
  std::string body;
  auto took = [&](const std::exception_ptr& thrown, std::string text) {
    if (thrown) std::rethrow_exception(thrown);
    body = std::move(text);
  };
  boost::asio::co_spawn(loop.get_executor(), converse(*parameters, version, source, world, clock),
                        took);
  loop.run();
  return body;
}

std::string line_of(const std::string& body, const std::string& key) {
  const std::size_t at = body.find("\r\n" + key + "=");
  if (at == std::string::npos) return "";
  const std::size_t begin = at + key.size() + 3;
  return body.substr(begin, body.find("\r\n", begin) - begin);
}

bool is_signed_by_client(const std::string& body) {
  return body.starts_with("h=//////////////////////////8=\r\n");
}
bool is_signed_by_nobody(const std::string& body) {
  const std::size_t end = body.find("\r\n");
  std::string other = body.substr(0, end);
  return !is_signed_by_client(body) && other.size() == 30;
}

TEST(Conversation, ChecksVerifiesAndSigns) {
  World world;
  const std::string body = answer(world);
  EXPECT_EQ(world.asked, (std::vector<std::string>{"check 7 from 192.0.2.1", "verify", "sign 7"}));
  EXPECT_TRUE(is_signed_by_client(body)) << body;
  EXPECT_EQ(line_of(body, "status"), "OK");
  EXPECT_EQ(line_of(body, "otp"), "DTEFFUJEHKNHFJBRJNLNLDNHCUJVDDBIKNGJRTGH");
  EXPECT_EQ(line_of(body, "sessioncounter"), "19");
  EXPECT_EQ(world.signed_text,
            "nonce=0123456789abcdef&otp=DTEFFUJEHKNHFJBRJNLNLDNHCUJVDDBIKNGJRTGH&sessioncounter=19"
            "&sessionuse=17&sl=100&status=OK&t=2010-04-23T20:34:51Z0678&timestamp=5");
}

TEST(Conversation, TellsTheCountersOnlyToWhoAsks) {
  World world;
  EXPECT_EQ(
      line_of(
          answer(world, "id=7&nonce=0123456789abcdef&otp=dteffujehknhfjbrjnlnldnhcujvddbikngjrtgh"),
          "timestamp"),
      "");
}

TEST(Conversation, AsksNobodyAboutWhatIsNoQuestion) {
  World world;
  EXPECT_EQ(line_of(answer(world, "id=7"), "status"), "MISSING_PARAMETER");
  EXPECT_EQ(line_of(answer(world, "id=7&nonce=0123456789abcdef&otp=123456"), "status"), "BAD_OTP");
  EXPECT_EQ(world.calls, 0);
}

TEST(Conversation, DoesNotVerifyForWhomItMayNot) {
  for (const Outcome refusal :
       {Outcome::no_such_client, Outcome::bad_signature, Outcome::operation_not_allowed}) {
    World world;
    world.refusal = refusal;
    const std::string body = answer(world);
    EXPECT_EQ(line_of(body, "status"), name_of(refusal));
    EXPECT_EQ(line_of(body, "otp"), "");
    EXPECT_EQ(std::ranges::count(world.asked, "verify"), 0);
    EXPECT_EQ(is_signed_by_client(body), refusal != Outcome::no_such_client);
  }
}

TEST(Conversation, SignsRefusalsToo) {
  for (const Outcome verdict :
       {Outcome::bad_otp, Outcome::replayed_otp, Outcome::replayed_request}) {
    World world;
    world.verdict = verdict;
    const std::string body = answer(world);
    EXPECT_EQ(line_of(body, "status"), name_of(verdict));
    EXPECT_TRUE(is_signed_by_client(body));
  }
}

TEST(Conversation, SaysARefusalWithoutSignatureWhenNobodyCanSign) {
  World world;
  world.refusal = Outcome::operation_not_allowed;
  world.fail_call = 2;
  world.failure = ErrorCode::denied;
  const std::string body = answer(world);
  EXPECT_EQ(line_of(body, "status"), "OPERATION_NOT_ALLOWED");
  EXPECT_TRUE(is_signed_by_nobody(body));
}

// Breaks the world at its first call, then at its second, and so on until a run has no call left to
// break. Whatever breaks, nothing says OK.
TEST(Conversation, NeverSaysOkWhenAnyStepFails) {
  for (const ErrorCode failure : {ErrorCode::unavailable, ErrorCode::denied}) {
    for (int fail_call = 1;; ++fail_call) {
      SCOPED_TRACE(testing::Message() << "call " << fail_call << " fails");
      World world;
      world.fail_call = fail_call;
      world.failure = failure;
      const std::string body = answer(world);
      if (world.calls < fail_call) {
        EXPECT_EQ(line_of(body, "status"), "OK");
        break;
      }
      EXPECT_EQ(line_of(body, "status"), "BACKEND_ERROR");
      EXPECT_EQ(line_of(body, "otp"), "");
    }
  }
}

}  // namespace
}  // namespace countersign::gateway
