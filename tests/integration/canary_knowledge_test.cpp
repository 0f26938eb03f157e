// SPDX-License-Identifier: Apache-2.0
// Promise 1 for what people know and keep: neither a password nor a code on paper stays anywhere
// once it is answered.
#include "tests/integration/canary.hpp"

#include <algorithm>

namespace countersign::test {
namespace {

class CanaryKnowledge : public Canary {
 protected:
  // As typed, and as it looks while it is normalised: four bytes a character.
  std::string watched_password() {
    const std::string password = "Aa1!" + random_digits() + random_digits() + random_digits();
    const std::string place = std::to_string(secrets_.size());
    secrets_["password " + place] = password;
    std::string wide;
    for (const char c : password) wide += std::string{c, '\0', '\0', '\0'};
    secrets_["wide password " + place] = wide;
    return password;
  }
  v1::Reply sign_in(const std::string& username, const std::string& password) {
    v1::Request request;
    request.mutable_sign_in()->mutable_subject()->set_username(username);
    request.mutable_sign_in()->set_password(password);
    return companion_.ask(request);
  }
  // Watched with its hyphens and without.
  std::string issue_temporary_code(const std::string& username) {
    v1::Request request;
    request.mutable_issue_temporary_code()->mutable_subject()->set_username(username);
    request.mutable_issue_temporary_code()->set_lifetime_seconds(600);
    std::string code = security_.ask(request).temporary_code().code();
    std::string bare = code;
    std::erase(bare, '-');
    secrets_["temporary code"] = code;
    secrets_["bare temporary code"] = bare;
    return code;
  }

  Connections companion_{appliance_, "enroll"};
};

TEST_F(CanaryKnowledge, NoPasswordAndNoCodeOnPaperStaysWhenItIsAnswered) {
  appliance_.enrol("alice");
  for (const std::string username : {"alice", "nobody"}) {
    const v1::Reply reply = sign_in(username, watched_password());
    ASSERT_TRUE(reply.has_sign_in_report()) << reply.ShortDebugString();
    ASSERT_EQ(reply.sign_in_report().answer(), v1::REJECTED);
    const std::string json = R"({"subject":{"username":")" + username + R"("},"password":")" +
                             watched_password() + "\"}";
    companion_.ask_json("sign-in", json);
  }
  const std::string code = issue_temporary_code("alice");
  ASSERT_FALSE(code.empty());
  v1::Request request;
  request.mutable_verify()->mutable_subject()->set_username("alice");
  request.mutable_verify()->set_passcode(code);
  ASSERT_TRUE(accepted(portal_.ask(request)));
  settle();
  expect_nothing_left("after sign-ins");
}

}  // namespace
}  // namespace countersign::test
