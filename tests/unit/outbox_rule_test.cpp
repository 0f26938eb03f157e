// SPDX-License-Identifier: Apache-2.0
// Whoever is refused a message can be told by which rule.
#include "daemon/outbox/ledger.hpp"
#include "tests/unit/outbox_support.hpp"

#include <gtest/gtest.h>

namespace countersign::outbox {
namespace {

using namespace std::chrono_literals;
using test::code;

class RefusedBy : public testing::Test {
 protected:
  // "" when it was let through, and so counted.
  std::string_view ask(Sending sending) {
    sending.expires_at = now_ + rules_.code.lifetime;
    const auto refused = ledger_.refusal_of(sending, rules_, now_);
    if (refused) max_ = refused->max;
    if (refused) return refused->rule.view();
    ledger_.count(MessageId{++last_id_}, sending, now_);
    return "";
  }

  Ledger ledger_;
  policies::Policy rules_ = test::policy();
  Time now_ = test::kStart;
  std::uint32_t max_ = 0;
  std::int64_t last_id_ = 0;
};

TEST_F(RefusedBy, TheRuleThatHoldsLongest) {
  rules_.messages.per_source_per_hour = 2;
  rules_.messages.per_subject_per_day = 3;
  EXPECT_EQ(ask(code(1)), "");
  EXPECT_EQ(ask(code(1)), "[code] resend_first");
  now_ += 15min;
  EXPECT_EQ(ask(code(1)), "");
  now_ += 15min;
  EXPECT_EQ(ask(code(1)), "[messages] per_source_per_hour");
  EXPECT_EQ(max_, 2U);
  EXPECT_EQ(ask(code(1, 2)), "");
  now_ += 15min;
  EXPECT_EQ(ask(code(1)), "[messages] per_subject_per_day");
  EXPECT_EQ(max_, 3U);
}

TEST_F(RefusedBy, WhatIsNeverAllowed) {
  Sending abroad = code(1);
  abroad.prefix.clear();
  EXPECT_EQ(ask(abroad), "[[sms.prefix]]");
  rules_.sms.sign_in = false;
  EXPECT_EQ(ask(code(1)), "[sms] sign_in");
}

TEST_F(RefusedBy, WhatIsForEverybodyTogether) {
  rules_.sms.prefixes[0].per_hour = 1;
  EXPECT_EQ(ask(code(1)), "");
  EXPECT_EQ(ask(code(2)), "[[sms.prefix]] per_hour");
  rules_.sms.prefixes[0].per_hour = 500;
  rules_.messages.per_peer_per_day = 1;
  EXPECT_EQ(ask(code(2)), "[messages] per_peer_per_day");
}

}  // namespace
}  // namespace countersign::outbox
