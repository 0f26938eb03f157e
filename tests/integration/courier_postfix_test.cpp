// SPDX-License-Identifier: Apache-2.0
// The courier's engine and a real Postfix.
#include "tests/support/courier_engine.hpp"
#include "tests/support/postfix.hpp"

#include <gtest/gtest.h>

namespace countersign::courier {
namespace {

TEST(CourierPostfix, DeliversIntoTheMailboxAndIsToldWhoIsUnknown) {
  const test::TemporaryFolder folder;
  const test::TestCertificate certificate = test::make_certificate(folder, "server");
  const test::Postfix postfix{certificate};
  SmtpSettings settings;
  settings.host = "localhost";
  settings.port = postfix.port();
  settings.ca_file = certificate.certificate;
  settings.from = "codes@example.com";
  const SystemClock clock;
  TestEngine::Providers providers;
  auto provider = make_smtp_provider("postfix", settings, clock);
  ASSERT_TRUE(provider);
  providers.push_back(std::move(*provider));
  TestEngine engine{std::move(providers)};

  EXPECT_EQ(engine.send(mail_to(test::Postfix::kRecipient)).ending, Ending::sent);
  EXPECT_EQ(engine.send(mail_to("mallory@example.org")).ending, Ending::undeliverable);
  EXPECT_EQ(engine.send(mail_to(test::Postfix::kRecipient)).ending, Ending::sent);

  const auto mails = postfix.wait_for(2);
  ASSERT_EQ(mails.size(), 2U);
  for (const std::string& mail : mails) {
    EXPECT_NE(mail.find("Your code is 123456."), std::string::npos) << mail;
    EXPECT_NE(mail.find("Return-Path: <codes@example.com>"), std::string::npos) << mail;
    EXPECT_NE(mail.find("with ESMTPS"), std::string::npos) << mail;
    // Ours stay: Postfix adds a Date or a Message-ID only where there is none.
    EXPECT_EQ(mail.find("@mail.example.org>"), std::string::npos) << mail;
  }
}

}  // namespace
}  // namespace countersign::courier
