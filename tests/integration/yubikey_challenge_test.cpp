// SPDX-License-Identifier: Apache-2.0
// Slots that answer challenges, programmed at the desk; the real ykchalresp asks them.
#include "tests/integration/yubikey_suite.hpp"
#include "tests/support/hex.hpp"

namespace countersign::test {
namespace {

using testing::HasSubstr;

class YubikeyChallenge : public YubikeyDesk {
 protected:
  YubikeyChallenge() { kind = "challenge_response"; }

  static v1::Challenge start(client::Client& portal, const std::string& username) {
    v1::Request request;
    request.mutable_start_challenge()->mutable_subject()->set_username(username);
    const auto reply = portal.call(request);
    EXPECT_TRUE(reply && reply->has_challenge());
    return reply ? reply->challenge() : v1::Challenge{};
  }
  // What the key says to a challenge, by Yubico's own tool.
  std::string response_to(const v1::Challenge& challenge) const {
    auto answer = keys.run({"ykchalresp", "-1", "-x", to_hex(as_bytes(challenge.challenge()))});
    EXPECT_EQ(answer.status, 0) << answer.said;
    return std::string{as_text(from_hex(answer.said.substr(0, 40)))};
  }
  static bool is_accepted(client::Client& portal, const v1::Challenge& challenge,
                          const std::string& response) {
    v1::Request request;
    request.mutable_answer_challenge()->set_challenge_id(challenge.challenge_id());
    request.mutable_answer_challenge()->set_response(response);
    const auto reply = portal.call(request);
    return reply && accepted(*reply);
  }
};

TEST_F(YubikeyChallenge, IsProgrammedConfirmedAndAskedByYkchalresp) {
  create("challenged");
  Desk desk{*appliance, keys, program("challenged")};
  ASSERT_EQ(desk.ends(), kDone) << desk.said();
  EXPECT_EQ(states("challenged"), std::vector{ACTIVE});
  client::Client portal = appliance->verify_client();
  for (int i = 0; i < 20; ++i) {
    const v1::Challenge challenge = start(portal, "challenged");
    const std::string response = response_to(challenge);
    EXPECT_TRUE(is_accepted(portal, challenge, response));
    EXPECT_FALSE(is_accepted(portal, challenge, response));
  }
}

TEST_F(YubikeyChallenge, OneKeyAtATime) {
  EXPECT_EQ(desk({"program", "--slot", "1", "--kind", kind, "--batch", "list"}).ends(), kUsage);
}

TEST_F(YubikeyChallenge, AnOccupiedSlotLeavesNothingBehind) {
  create("late");
  ASSERT_EQ(Desk(*appliance, keys, program("late")).ends(), kDone);
  Desk again{*appliance, keys, program("late")};
  EXPECT_EQ(again.ends(), kRefused) << again.said();
  EXPECT_EQ(states("late"), std::vector{ACTIVE});
}

}  // namespace
}  // namespace countersign::test
