// SPDX-License-Identifier: Apache-2.0
// What the policy does not offer, nobody sets up by themselves: one test for each kind.
#include "tests/unit/account_visits.hpp"

namespace countersign {
namespace {

using policies::FactorRuleOf;
using test::World;

constexpr Peer kAdmin{.uid = 1000, .gid = 1000, .role = Role::admin};

class WhatIsOffered : public test::AccountVisits {
 protected:
  WhatIsOffered() {
    world_.rules.peers[0].roles.fill(true);
    world_.rules.sms.prefixes = {{"+358", 500}};
  }
  void offer(FactorRuleOf kind, bool is_offered) {
    world_.rules.factors.rules[static_cast<std::size_t>(kind)].offer = is_offered;
  }
  // Refused while it is not on offer, whoever asks for themselves, and taken otherwise.
  template <class Make>
  void expect_offer_decides(FactorRuleOf kind, Make make, std::string_view refused_as,
                            bool may_admin = true) {
    offer(kind, false);
    const std::size_t factors = world_.alice().factors.size();
    EXPECT_EQ(refusal(answer(make(), signed_in().text)), refused_as);
    EXPECT_EQ(world_.alice().factors.size(), factors);
    if (may_admin) {
      EXPECT_EQ(refusal(answer(make(), {}, kAdmin)), "");
    }
    offer(kind, true);
    EXPECT_EQ(refusal(answer(make(), signed_in().text)), "");
    EXPECT_GT(world_.alice().factors.size(), factors);
  }
  static EnrolOath oath(FactorKind kind) {
    const Label none = *Label::from("");
    EnrolOath ask{.name = name("alice"), .kind = kind, .oath = {}, .label = none, .issuer = none};
    ask.oath.secret_bytes = 20;
    return ask;
  }
  EnrolOutOfBand sms() {
    std::string number = "+35840123450" + std::to_string(next_number_++);
    return {.name = name("alice"),
            .kind = FactorKind::sms,
            .destination = Destination{FactorKind::sms, std::move(number)},
            .label = *Label::from("")};
  }
  EnrolOutOfBand email() {
    std::string address = "alice" + std::to_string(next_number_++) + "@example.com";
    return {.name = name("alice"),
            .kind = FactorKind::email,
            .destination = Destination{FactorKind::email, std::move(address)},
            .label = *Label::from("")};
  }

 private:
  int next_number_ = 0;
};

TEST_F(WhatIsOffered, OfTotp) {
  expect_offer_decides(
      FactorRuleOf::totp, [] { return oath(FactorKind::totp); }, "factor.offer");
}

TEST_F(WhatIsOffered, OfHotp) {
  expect_offer_decides(
      FactorRuleOf::hotp, [] { return oath(FactorKind::hotp); }, "factor.offer");
}

TEST_F(WhatIsOffered, OfSms) {
  expect_offer_decides(
      FactorRuleOf::sms, [this] { return sms(); }, "factor.offer");
}

TEST_F(WhatIsOffered, OfEmail) {
  expect_offer_decides(
      FactorRuleOf::email, [this] { return email(); }, "factor.offer");
}

TEST_F(WhatIsOffered, OfYubikeysFromStock) {
  const auto claim = [] {
    return ClaimToken{name("alice"),
                      *Passcode::from(World::otp({.session_counter = 1, .session_use = 1})),
                      *Label::from("key"),
                      {}};
  };
  world_.add_to_stock();
  expect_offer_decides(FactorRuleOf::yubico_otp, claim, "factor.offer", false);
}

TEST_F(WhatIsOffered, OfQuestions) {
  const auto set = [] {
    return SetQuestion{
        .is_factor = true, .stock_id = 1, .custom = {}, .answer = SecretBytes{as_bytes("sprouts")}};
  };
  expect_offer_decides(FactorRuleOf::question, set, "question.offer", false);
}

TEST_F(WhatIsOffered, OfRecoveryCodes) {
  const auto make = [] { return MakeRecoveryCodes{}; };
  expect_offer_decides(FactorRuleOf::recovery_codes, make, "recovery_codes.policy", false);
}

TEST_F(WhatIsOffered, OfDevices) {
  const auto remember = [] { return RememberDevice{*Label::from("laptop")}; };
  expect_offer_decides(FactorRuleOf::device, remember, "device.policy", false);
}

// They are nobody's to set up, and not even an administrator's where the policy issues none.
TEST_F(WhatIsOffered, OfTemporaryCodes) {
  const IssueTemporaryCode ask{.name = name("alice"), .lifetime = std::chrono::hours{1}, .uses = 1};
  offer(FactorRuleOf::temporary_code, false);
  EXPECT_EQ(refusal(answer(ask, {}, kAdmin)), "temporary_code.policy");
  offer(FactorRuleOf::temporary_code, true);
  EXPECT_EQ(refusal(answer(ask, {}, kAdmin)), "");
}

// What reaches a person is no factor, and has no rule.
TEST_F(WhatIsOffered, NeverOfWhereSomebodyIsReached) {
  for (policies::FactorRule& rule : world_.rules.factors.rules) rule.offer = false;
  EnrolOutOfBand contact = email();
  contact.kind = FactorKind::secondary_email;
  EXPECT_EQ(refusal(answer(std::move(contact), signed_in().text)), "");
}

}  // namespace
}  // namespace countersign
