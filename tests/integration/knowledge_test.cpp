// SPDX-License-Identifier: Apache-2.0
// Codes that are given to people to keep, on the real HSM and the real store.
#include "tests/support/appliance.hpp"
#include "tests/support/daemon_clock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>
#include <vector>

namespace countersign::test {
namespace {

constexpr std::size_t kConnections = 50;
constexpr std::size_t kEach = 20;

// The losers of a race are failures, one after another.
const char* const kPatient = R"([throttle]
failures_free = 99
)";

class TemporaryCodes : public testing::Test {
 protected:
  explicit TemporaryCodes(Appliance::Options options = {.policy = kPatient})
      : appliance{std::move(options)} {
    appliance.enrol("alice");
  }

  v1::TemporaryCode issue(std::uint32_t seconds, std::uint32_t uses) {
    v1::Request request;
    request.set_request_id(*client::new_request_id());
    v1::IssueTemporaryCode& ask = *request.mutable_issue_temporary_code();
    ask.mutable_subject()->set_username("alice");
    ask.set_lifetime_seconds(seconds);
    ask.set_uses(uses);
    auto client = appliance.admin_client();
    const auto reply = client.call(request);
    EXPECT_TRUE(reply && reply->has_temporary_code()) << reply->ShortDebugString();
    return reply->temporary_code();
  }
  v1::Verdict verify_once(const std::string& code) {
    auto client = appliance.verify_client();
    return verify(client, "alice", code).verdict();
  }

  Appliance appliance;
};

TEST_F(TemporaryCodes, AreGoodForTheirUsesAndSayWhatTheyAre) {
  const auto issued = issue(600, 2);
  EXPECT_EQ(issued.factor().remaining(), 2U);
  const v1::Verdict first = verify_once(issued.code());
  EXPECT_EQ(first.answer(), v1::ACCEPTED);
  EXPECT_EQ(first.kind(), v1::TEMPORARY_CODE);
  EXPECT_EQ(verify_once(issued.code()).answer(), v1::ACCEPTED);
  EXPECT_EQ(verify_once(issued.code()).reason(), v1::REPLAYED);
}

TEST_F(TemporaryCodes, TakeThePlaceOfTheOneBefore) {
  const auto first = issue(600, 1);
  const auto second = issue(600, 1);
  EXPECT_EQ(verify_once(first.code()).reason(), v1::WRONG_CODE);
  EXPECT_EQ(verify_once(second.code()).answer(), v1::ACCEPTED);
}

TEST_F(TemporaryCodes, OutliveARestartAndAreStillGoodOnce) {
  const auto issued = issue(600, 1);
  ASSERT_EQ(verify_once(issued.code()).answer(), v1::ACCEPTED);
  appliance.stop_daemon();
  appliance.start_daemon();
  EXPECT_EQ(verify_once(issued.code()).reason(), v1::REPLAYED);
  EXPECT_THAT(appliance.check_store(), testing::IsEmpty());
}

TEST_F(TemporaryCodes, AreExpiredWhenTheirTimeIsOver) {
  const std::int64_t now = std::time(nullptr);
  DaemonClock clock{now};
  appliance.stop_daemon();
  appliance.run_daemon_under(clock.prefix());
  appliance.start_daemon();
  const auto issued = issue(300, 1);
  clock.set(now + 299);
  EXPECT_EQ(verify_once("ABCD-EFGH-JKMN").reason(), v1::WRONG_CODE);
  clock.set(now + 301);
  EXPECT_EQ(verify_once(issued.code()).reason(), v1::EXPIRED);
  EXPECT_THAT(appliance.check_store(), testing::IsEmpty());
}

TEST_F(TemporaryCodes, OfAThousandAtOnceExactlyOneIsAccepted) {
  const auto issued = issue(600, 1);
  std::vector<client::Client> clients;
  for (std::size_t i = 0; i < kConnections; ++i) clients.push_back(appliance.verify_client());
  for (client::Client& client : clients) {
    for (std::size_t i = 0; i < kEach; ++i) {
      v1::Request request;
      request.set_request_id(*client::new_request_id());
      request.mutable_verify()->mutable_subject()->set_username("alice");
      request.mutable_verify()->set_passcode(issued.code());
      ASSERT_TRUE(client.send(request));
    }
    ASSERT_TRUE(client.flush());
  }
  int acceptances = 0;
  for (client::Client& client : clients) {
    for (std::size_t i = 0; i < kEach; ++i) {
      v1::Reply reply;
      ASSERT_TRUE(client.receive(reply));
      acceptances += accepted(reply) ? 1 : 0;
    }
  }
  EXPECT_EQ(acceptances, 1);
}

}  // namespace
}  // namespace countersign::test
