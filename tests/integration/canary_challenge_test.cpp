// SPDX-License-Identifier: Apache-2.0
// Promise 1 for challenge-response slots: neither a key nor a response stays anywhere outside the
// HSM's process.
#include "tests/integration/canary.hpp"
#include "tests/support/hmac.hpp"

#include "firmware-interface/base64.hpp"

#include <gmock/gmock.h>

namespace countersign::test {
namespace {

using testing::HasSubstr;

class CanaryChallenge : public Canary {
 protected:
  void create(const std::string& username) {
    v1::Request request;
    request.mutable_create_subject()->mutable_subject()->set_username(username);
    accounts_.ask(request);
  }
  // With a secret of ours, or one that the HSM makes; it is watched in either case.
  std::uint64_t enrol_slot(const std::string& username, const std::string& secret) {
    create(username);
    v1::Request request;
    v1::EnrolChallengeResponse& enrol = *request.mutable_enrol_challenge_response();
    enrol.mutable_subject()->set_username(username);
    enrol.set_secret(secret);
    const v1::Reply reply = accounts_.ask(request);
    EXPECT_TRUE(reply.has_enrolment());
    secrets_[username] = secret.empty() ? reply.enrolment().challenge_response_key() : secret;
    return reply.enrolment().factor().id();
  }
  static v1::Challenge start(Connections& door, const std::string& username, std::uint64_t factor) {
    v1::Request request;
    request.mutable_start_challenge()->mutable_subject()->set_username(username);
    request.mutable_start_challenge()->set_factor_id(factor);
    return door.ask(request).challenge();
  }
  std::string response_to(const std::string& challenge, const std::string& username) {
    const Bytes mac =
        hmac(HashAlgorithm::sha1, as_bytes(secrets_.at(username)), as_bytes(challenge));
    secrets_["response " + std::to_string(++responses_)] = as_text(mac);
    return std::string{as_text(mac)};
  }
  static v1::Reply answer(Connections& door, const v1::Challenge& challenge,
                          const std::string& response) {
    v1::Request request;
    request.mutable_answer_challenge()->set_challenge_id(challenge.challenge_id());
    request.mutable_answer_challenge()->set_response(response);
    return door.ask(request);
  }
  std::string answer_over_http(const std::string& username) {
    const std::string started =
        portal_.ask_json("start-challenge", R"({"subject":{"username":")" + username + "\"}}");
    const auto value = [&started](const std::string& key) {
      const std::size_t begin = started.find("\"" + key + "\":\"") + key.size() + 4;
      return started.substr(begin, started.find('"', begin) - begin);
    };
    const auto challenge = base64::decode(value("challenge"));
    if (!challenge) return started;
    const std::string asked{as_text(std::as_const(*challenge).expose())};
    return portal_.ask_json("answer-challenge", R"({"challengeId":")" + value("challengeId") +
                                                    R"(","response":")" +
                                                    base64(response_to(asked, username)) + "\"}");
  }

 private:
  int responses_ = 0;
};

TEST_F(CanaryChallenge, NothingSecretLeavesTheHsmProcess) {
  for (const std::string& secret : {random_bytes(20), std::string{}}) {
    const std::string username = secret.empty() ? "generated" : "imported";
    const std::uint64_t factor = enrol_slot(username, secret);
    const v1::Challenge first = start(accounts_, username, factor);
    ASSERT_TRUE(accepted(answer(accounts_, first, response_to(first.challenge(), username))));
    const v1::Challenge second = start(portal_, username, 0);
    const std::string response = response_to(second.challenge(), username);
    std::string wrong = response;
    wrong.front() = static_cast<char>(wrong.front() ^ 1);
    secrets_["wrong response of " + username] = wrong;
    EXPECT_EQ(answer(portal_, second, wrong).verdict().reason(), v1::WRONG_CODE);
    EXPECT_TRUE(accepted(answer(portal_, second, response)));
    EXPECT_EQ(answer(portal_, second, response).verdict().reason(), v1::REPLAYED);
    EXPECT_THAT(answer_over_http(username), HasSubstr("ACCEPTED"));
  }
  const std::string over_http = random_bytes(20);
  secrets_["http"] = over_http;
  create("http");
  EXPECT_THAT(accounts_.ask_json(
                  "enrol-challenge-response",
                  R"({"subject":{"username":"http"},"secret":")" + base64(over_http) + "\"}"),
              HasSubstr("PENDING"));
  settle();
  expect_nothing_left("after the answers");
}

}  // namespace
}  // namespace countersign::test
