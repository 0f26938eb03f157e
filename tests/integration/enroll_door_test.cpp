// SPDX-License-Identifier: Apache-2.0
// The door for people: enroll.sock answers what is theirs, and no other door knows sessions.
#include "tests/support/account_client.hpp"
#include "tests/support/raw_peer.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace countersign::test {
namespace {

constexpr const char* kSession = "AAAAAAAAAAcdkUq1bC2sQpW5cUqZr8nJtX0m4aH6v2o";

class EnrollDoor : public testing::Test {
 protected:
  static void SetUpTestSuite() { appliance_ = new Appliance; }
  static void TearDownTestSuite() { delete std::exchange(appliance_, nullptr); }

  static HttpReply http(const std::string& socket, const std::string& operation,
                        const std::string& header, const std::string& json) {
    RawPeer peer{appliance_->socket(socket)};
    peer.send("POST /v1/" + operation + " HTTP/1.1\r\nHost: localhost\r\n" + header +
              "Content-Length: " + std::to_string(json.size()) + "\r\n\r\n" + json);
    return peer.http().value_or(HttpReply{});
  }
  static v1::ErrorCode asked(const std::string& socket, const std::string& session,
                             void (*about)(v1::Request&)) {
    v1::Request request;
    about(request);
    request.set_session(session);
    client::Client client = appliance_->connect(socket);
    const auto reply = client.call(request);
    return reply ? reply->error().code() : v1::UNAVAILABLE;
  }

  static inline Appliance* appliance_ = nullptr;
};

TEST_F(EnrollDoor, AnswersItsOwnTradeAndNoOther) {
  EXPECT_EQ(asked("enroll", "", [](v1::Request& ask) { ask.mutable_health(); }),
            v1::ERROR_CODE_UNSPECIFIED);
  EXPECT_EQ(asked("enroll", "", [](v1::Request& ask) { ask.mutable_get_status(); }), v1::DENIED);
  EXPECT_EQ(asked("enroll", "",
                  [](v1::Request& ask) {
                    ask.mutable_create_subject()->mutable_subject()->set_username("mallory");
                  }),
            v1::DENIED);
  EXPECT_EQ(asked("verify", "", [](v1::Request& ask) { ask.mutable_get_session(); }), v1::DENIED);
}

TEST_F(EnrollDoor, KnowsNoSessionThatWasNotGivenOut) {
  const auto own = [](v1::Request& ask) { ask.mutable_get_session(); };
  EXPECT_EQ(asked("enroll", "", own), v1::DENIED);
  EXPECT_EQ(asked("enroll", kSession, own), v1::DENIED);
  EXPECT_EQ(asked("enroll", "no session", own), v1::MALFORMED);
}

TEST_F(EnrollDoor, OtherDoorsRefuseSessions) {
  const auto health = [](v1::Request& ask) { ask.mutable_health(); };
  for (const char* socket : {"verify", "provision", "admin", "courier"}) {
    EXPECT_EQ(asked(socket, kSession, health), v1::MALFORMED) << socket;
    EXPECT_EQ(asked(socket, "", health), v1::ERROR_CODE_UNSPECIFIED) << socket;
  }
  // A verify goes a shorter way; it is stopped there too.
  EXPECT_EQ(asked("verify", kSession,
                  [](v1::Request& ask) {
                    ask.mutable_verify()->mutable_subject()->set_username("alice");
                    ask.mutable_verify()->set_passcode("123456");
                  }),
            v1::MALFORMED);
}

TEST_F(EnrollDoor, TakesTheSessionFromAHeaderOverHttp) {
  const std::string header = std::string{"Countersign-Session: "} + kSession + "\r\n";
  EXPECT_EQ(http("enroll", "get-session", header, "{}").status, 403);
  EXPECT_EQ(http("enroll", "health", "", "{}").status, 200);
  const HttpReply elsewhere = http("admin", "health", header, "{}");
  EXPECT_EQ(elsewhere.status, 400);
  EXPECT_NE(elsewhere.body.find("session: is for enroll.sock alone"), std::string::npos)
      << elsewhere.body;
  EXPECT_EQ(http("enroll", "health", header + header, "{}").status, 400);
}

TEST_F(EnrollDoor, ListsOnesOwnFactorsAndNobodysWithoutASession) {
  EXPECT_EQ(asked("enroll", "", [](v1::Request& ask) { ask.mutable_list_factors(); }),
            v1::MALFORMED);
  EXPECT_EQ(asked("enroll", "",
                  [](v1::Request& ask) {
                    ask.mutable_list_factors()->mutable_subject()->set_username("alice");
                  }),
            v1::DENIED);
}

}  // namespace
}  // namespace countersign::test
