// SPDX-License-Identifier: Apache-2.0
// Promise 1 for what people know and keep: neither a password nor a code on paper stays anywhere
// once it is answered.
#include "tests/integration/canary.hpp"

#include <algorithm>

namespace countersign::test {
namespace {

class CanaryKnowledge : public Canary {
 protected:
  // Of letters that nobody types by chance. As typed, and as it looks while it is normalised: four
  // bytes a character.
  std::string watched_password() {
    std::string password;
    std::string wide;
    for (int i = 0; i < 24; ++i) {
      const std::string random = random_bytes(2);
      const auto low = static_cast<unsigned>(static_cast<unsigned char>(random[0]));
      const auto high = static_cast<unsigned>(static_cast<unsigned char>(random[1]) & 0x7fU);
      const unsigned point = 0x20000U + (high << 8U | low);  // U+20000 to U+27FFF
      wide += {static_cast<char>(low), static_cast<char>(high), '\2', '\0'};
      password += {static_cast<char>(0xf0), static_cast<char>(0x80U | (point >> 12U & 0x3fU)),
                   static_cast<char>(0x80U | (point >> 6U & 0x3fU)),
                   static_cast<char>(0x80U | (point & 0x3fU))};
    }
    const std::string place = std::to_string(secrets_.size());
    secrets_["password " + place] = password;
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
