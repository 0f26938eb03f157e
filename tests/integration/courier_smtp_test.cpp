// SPDX-License-Identifier: Apache-2.0
// The courier's engine and a real mail server: what arrives, and what a refusal means.
#include "courier/mail/mail.hpp"
#include "tests/support/courier_engine.hpp"
#include "tests/support/mail_server.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace countersign::courier {
namespace {

using namespace std::chrono_literals;
using test::MailServer;

// A mail server that stands for an SMS gateway: the engine knows them apart by their channel alone.
class AsSms final : public Provider {
 public:
  explicit AsSms(std::unique_ptr<Provider> provider) : provider_{std::move(provider)} {}
  [[nodiscard]] const std::string& name() const override { return provider_->name(); }
  [[nodiscard]] Channel channel() const override { return Channel::sms; }
  Result<std::unique_ptr<Transfer>> begin(const Outgoing& message) override {
    return provider_->begin(message);
  }

 private:
  std::unique_ptr<Provider> provider_;
};

class CourierSmtp : public testing::Test {
 protected:
  SmtpSettings settings(const MailServer& server) {
    SmtpSettings made;
    made.host = "localhost";
    made.port = server.port();
    made.ca_file = certificate_.certificate;
    made.username = "courier";
    made.password_file = write_secret(folder_, "password", "correct horse");
    made.from = "codes@example.com";
    made.from_name = "Example Oy";
    return made;
  }
  std::unique_ptr<Provider> provider(const SmtpSettings& settings,
                                     const std::string& name = "mail") {
    auto made = make_smtp_provider(name, settings, clock_);
    EXPECT_TRUE(made);
    return std::move(*made);
  }
  TestEngine::Providers just(std::unique_ptr<Provider> one) {
    TestEngine::Providers providers;
    providers.push_back(std::move(one));
    return providers;
  }
  MailServer::Options options() {
    return {.certificate = &certificate_,
            .implicit = false,
            .username = "courier",
            .password = "correct horse"};
  }

  SystemClock clock_;
  test::TemporaryFolder folder_;
  test::TestCertificate certificate_ = test::make_certificate(folder_, "server");
};

TEST_F(CourierSmtp, DeliversTextAndHtmlOverStartTls) {
  const MailServer server{options()};
  TestEngine engine{just(provider(settings(server)))};
  Outgoing message = mail_to("alice@example.org");
  message.content.subject = "Kirjautumiskoodisi: älä kerro sitä kenellekään, ei myöskään meille";
  message.content.text =
      "Koodi on 123456.\n.\n..tämä rivi alkaa pisteillä\n" + std::string(300, 'x');
  const std::string text = message.content.text;
  const std::string subject = message.content.subject;
  const auto id = static_cast<std::uint64_t>(message.id);

  const Report report = engine.send(std::move(message));

  EXPECT_EQ(report.ending, Ending::sent);
  EXPECT_EQ(report.provider, "mail");
  const auto mails = server.wait_for(1);
  ASSERT_EQ(mails.size(), 1U);
  const auto& mail = mails[0];
  EXPECT_EQ(mail.from, "codes@example.com");
  EXPECT_EQ(mail.to, "alice@example.org");
  EXPECT_EQ(mail.header("From"), "Example Oy <codes@example.com>");
  EXPECT_EQ(mail.header("To"), "alice@example.org");
  EXPECT_EQ(mail.header("Subject"), subject);
  EXPECT_EQ(mail.header("Auto-Submitted"), "auto-generated");
  EXPECT_TRUE(mail.header("Message-ID").starts_with("<" + std::to_string(id) + "."));
  EXPECT_TRUE(mail.header("Message-ID").ends_with("@example.com>"));
  EXPECT_TRUE(mail.header("Date").ends_with("+0000"));
  EXPECT_EQ(mail.header("MIME-Version"), "1.0");
  EXPECT_TRUE(mail.header("Content-Type").starts_with("multipart/alternative"));
  EXPECT_EQ(mail.text, with_crlf(text));
  EXPECT_EQ(mail.html, "<p>Your code is <b>123456</b>.</p>\r\n");
}

TEST_F(CourierSmtp, DeliversOverTlsFromTheFirstByte) {
  auto with = options();
  with.implicit = true;
  const MailServer server{with};
  SmtpSettings told = settings(server);
  told.tls = SmtpSettings::Tls::implicit;
  TestEngine engine{just(provider(told))};
  EXPECT_EQ(engine.send(mail_to("alice@example.org")).ending, Ending::sent);
  EXPECT_EQ(server.wait_for(1).size(), 1U);
}

TEST_F(CourierSmtp, SaysNothingWithoutTls) {
  const MailServer server{{}};
  SmtpSettings told = settings(server);
  told.username.clear();
  TestEngine engine{just(provider(told))};
  EXPECT_EQ(engine.send(mail_to("alice@example.org")).ending, Ending::deferred);
  EXPECT_EQ(engine->providers()[0].problem.substr(0, 8), "smtp.tls");
  EXPECT_TRUE(server.mails().empty());
}

TEST_F(CourierSmtp, SendsWithoutTlsWhereThatIsAllowed) {
  const MailServer server{{}};
  SmtpSettings told = settings(server);
  told.tls = SmtpSettings::Tls::none;
  told.username.clear();
  TestEngine engine{just(provider(told))};
  EXPECT_EQ(engine.send(mail_to("alice@example.org")).ending, Ending::sent);
}

TEST_F(CourierSmtp, RefusesACertificateThatItDoesNotKnow) {
  const MailServer server{options()};
  SmtpSettings told = settings(server);
  told.ca_file = test::make_certificate(folder_, "another").certificate;
  TestEngine engine{just(provider(told))};
  EXPECT_EQ(engine.send(mail_to("alice@example.org")).ending, Ending::deferred);
  EXPECT_EQ(engine->providers()[0].problem, "smtp.certificate 60");
  EXPECT_TRUE(server.mails().empty());
}

TEST_F(CourierSmtp, RefusesACertificateOfAnotherHost) {
  certificate_ = test::make_certificate(folder_, "elsewhere", "mail.example.net");
  const MailServer server{options()};
  TestEngine engine{just(provider(settings(server)))};
  EXPECT_EQ(engine.send(mail_to("alice@example.org")).ending, Ending::deferred);
  EXPECT_EQ(engine->providers()[0].problem, "smtp.certificate 60");
}

TEST_F(CourierSmtp, AWrongPasswordIsTheProvidersFailure) {
  const MailServer server{options()};
  SmtpSettings told = settings(server);
  told.password_file = write_secret(folder_, "wrong", "wrong horse");
  TestEngine engine{just(provider(told))};
  EXPECT_EQ(engine.send(mail_to("alice@example.org")).ending, Ending::deferred);
  EXPECT_EQ(engine->providers()[0].problem, "smtp.login 67");
}

TEST_F(CourierSmtp, ARecipientWhomTheServerDoesNotKnowIsUndeliverable) {
  const MailServer server{options()};
  TestEngine engine{just(provider(settings(server)))};
  EXPECT_EQ(engine.send(mail_to("rcpt.550.5.1.1@example.org")).ending, Ending::undeliverable);
  EXPECT_EQ(engine->providers()[0].problem, "smtp.recipient 550");
  EXPECT_EQ(engine->providers()[0].condition, Condition::works);
}

TEST_F(CourierSmtp, ManyUnknownRecipientsBreakNothing) {
  const MailServer server{options()};
  TestEngine engine{just(provider(settings(server)))};
  for (int i = 0; i < 15; ++i) {
    ASSERT_EQ(engine.send(mail_to("rcpt.550.5.1.1@example.org")).ending, Ending::undeliverable);
    ASSERT_EQ(engine.send(mail_to("rcpt.451.4.7.1@example.org")).ending, Ending::deferred);
  }
  EXPECT_EQ(engine.send(mail_to("alice@example.org")).ending, Ending::sent);
}

TEST_F(CourierSmtp, WhatIsRefusedForNowIsDeferred) {
  const MailServer server{options()};
  TestEngine engine{just(provider(settings(server)))};
  for (const char* who : {"rcpt.450.4.2.0@example.org", "rcpt.554.5.7.1@example.org",
                          "body.451.4.7.1@example.org", "body.554.5.7.1@example.org"}) {
    EXPECT_EQ(engine.send(mail_to(who)).ending, Ending::deferred) << who;
  }
  EXPECT_EQ(engine->providers()[0].condition, Condition::works);
}

TEST_F(CourierSmtp, ADeferredMessageGoesTheNextTime) {
  const MailServer server{options()};
  TestEngine engine{just(provider(settings(server)))};
  const Outgoing message = mail_to("once.rcpt.450.4.2.0@example.org");
  EXPECT_EQ(engine.send(message).ending, Ending::deferred);
  EXPECT_EQ(engine.send(message).ending, Ending::sent);
  EXPECT_EQ(server.wait_for(1).size(), 1U);
}

TEST_F(CourierSmtp, TheNextProviderIsAskedWhenOneFails) {
  for (const char* mode : {"close", "busy", "refuse-sender", "gone"}) {
    SCOPED_TRACE(mode);
    MailServer first{options()};
    const MailServer second{options()};
    if (std::string{mode} == "gone") {
      first.stop();
    } else {
      first.set_mode(mode);
    }
    TestEngine::Providers both = just(provider(settings(first), "first"));
    both.push_back(provider(settings(second), "second"));
    TestEngine engine{std::move(both)};
    const Report report = engine.send(mail_to("alice@example.org"));
    EXPECT_EQ(report.ending, Ending::sent);
    EXPECT_EQ(report.provider, "second");
    EXPECT_EQ(second.wait_for(1).size(), 1U);
  }
}

TEST_F(CourierSmtp, ATarpitKeepsItsOwnSlotAndNoLongerThanTheLimit) {
  const MailServer tarpit{options()};
  const MailServer second{options()};
  tarpit.set_mode("tarpit");
  TestEngine::Providers both = just(provider(settings(tarpit), "tarpit"));
  both.push_back(provider(settings(second), "second"));
  TestEngine engine{std::move(both), {.attempt = 300ms}};
  const Report report = engine.send(mail_to("alice@example.org"));
  EXPECT_EQ(report.ending, Ending::sent);
  EXPECT_EQ(report.provider, "second");
  EXPECT_EQ(engine->providers()[0].problem, "smtp.too_slow 28");
}

TEST_F(CourierSmtp, ATarpitForMailDelaysNoSms) {
  const MailServer tarpit{options()};
  const MailServer gateway{options()};
  tarpit.set_mode("tarpit");
  TestEngine::Providers both = just(provider(settings(tarpit), "tarpit"));
  both.push_back(std::make_unique<AsSms>(provider(settings(gateway), "gateway")));
  TestEngine engine{std::move(both), {.slots = 4, .waiting = 4, .attempt = 5s}};
  std::vector<MessageId> stuck;
  for (int i = 0; i < 8; ++i) {
    Outgoing message = mail_to("alice@example.org");
    stuck.push_back(message.id);
    ASSERT_EQ(engine->add(std::move(message)), Engine::Admission::accepted);
  }
  EXPECT_EQ(engine->add(mail_to("alice@example.org")), Engine::Admission::full);
  EXPECT_EQ(engine->room().sms, 8U);
  EXPECT_EQ(engine->room().email, 0U);
  for (int i = 0; i < 20; ++i) {
    Outgoing message = mail_to("bob@example.org");
    message.channel = Channel::sms;
    ASSERT_EQ(engine.send(std::move(message)).ending, Ending::sent);
  }
  for (const MessageId id : stuck) EXPECT_FALSE(engine.has_report_on(id));
  for (const MessageId id : stuck) EXPECT_EQ(engine.report_on(id).ending, Ending::deferred);
}

TEST_F(CourierSmtp, AMessageThatIsHereAlreadyIsSentOnce) {
  const MailServer server{options()};
  server.set_mode("hold-data");
  TestEngine engine{just(provider(settings(server)))};
  const Outgoing message = mail_to("alice@example.org");
  ASSERT_EQ(engine->add(message), Engine::Admission::accepted);
  server.wait_until_held();
  EXPECT_EQ(engine->add(message), Engine::Admission::is_here);
  server.set_mode("normal");
  EXPECT_EQ(engine.report_on(message.id).ending, Ending::sent);
  EXPECT_EQ(engine.send(mail_to("bob@example.org")).ending, Ending::sent);
  EXPECT_EQ(server.wait_for(2).size(), 2U);
}

TEST_F(CourierSmtp, StoppedItEndsWhatHasBegunAndGivesTheRestBack) {
  const MailServer server{options()};
  server.set_mode("hold-data");
  TestEngine engine{just(provider(settings(server))), {.slots = 1}};
  const Outgoing begun = mail_to("alice@example.org");
  const Outgoing waiting = mail_to("bob@example.org");
  ASSERT_EQ(engine->add(begun), Engine::Admission::accepted);
  ASSERT_EQ(engine->add(waiting), Engine::Admission::accepted);
  server.wait_until_held();
  std::thread stopping{[&] { engine->stop(); }};
  server.set_mode("normal");
  stopping.join();
  EXPECT_EQ(engine.report_on(begun.id).ending, Ending::sent);
  const Report report = engine.report_on(waiting.id);
  EXPECT_EQ(report.ending, Ending::deferred);
  EXPECT_EQ(report.retry_after, 1s);
  EXPECT_EQ(server.mails().size(), 1U);
}

// libcurl waits for the answer to a QUIT, and nothing else goes on meanwhile.
TEST_F(CourierSmtp, AServerThatDoesNotAnswerAtTheEndDelaysNobody) {
  const MailServer server{options()};
  server.set_mode("mute-at-quit");
  TestEngine engine{just(provider(settings(server)))};
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_EQ(engine.send(mail_to("rcpt.550.5.1.1@example.org")).ending, Ending::undeliverable);
  EXPECT_EQ(engine.send(mail_to("alice@example.org")).ending, Ending::sent);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 10s);
}

TEST_F(CourierSmtp, AProviderThatFailsAgainAndAgainIsLeftAloneUntilItWorks) {
  MailServer server{options()};
  TestEngine engine{just(provider(settings(server)))};
  server.set_mode("busy");
  for (unsigned i = 0; i < Health::kFailuresMax; ++i) {
    EXPECT_EQ(engine.send(mail_to("alice@example.org")).ending, Ending::deferred);
  }
  const Report refused = engine.send(mail_to("alice@example.org"));
  EXPECT_EQ(refused.ending, Ending::deferred);
  EXPECT_EQ(refused.retry_after, 1s);
  EXPECT_EQ(refused.provider, "");

  server.set_mode("normal");
  ASSERT_TRUE(test::wait_until(
      [&] { return engine.send(mail_to("alice@example.org")).ending == Ending::sent; }));
  EXPECT_EQ(engine->providers()[0].condition, Condition::works);
}

TEST_F(CourierSmtp, NothingIsBegunAtOrAfterItsExpiry) {
  const MailServer server{options()};
  TestEngine engine{just(provider(settings(server)))};
  EXPECT_EQ(engine.send(mail_to("alice@example.org", 0ms)).ending, Ending::too_late);
  EXPECT_EQ(engine.send(mail_to("alice@example.org", -1h)).ending, Ending::too_late);
  EXPECT_TRUE(server.mails().empty());
}

// The first provider keeps it waiting until it has expired: the second must not be asked.
TEST_F(CourierSmtp, WhatExpiresBetweenTwoAttemptsIsNotSent) {
  const MailServer tarpit{options()};
  const MailServer second{options()};
  tarpit.set_mode("tarpit");
  TestEngine::Providers both = just(provider(settings(tarpit), "tarpit"));
  both.push_back(provider(settings(second), "second"));
  TestEngine engine{std::move(both)};
  EXPECT_EQ(engine.send(mail_to("alice@example.org", 400ms)).ending, Ending::too_late);
  EXPECT_TRUE(second.mails().empty());
}

TEST_F(CourierSmtp, UsesItsConnectionAgainAndMissesNothingWhenItIsGone) {
  MailServer server{options()};
  TestEngine engine{just(provider(settings(server)))};
  EXPECT_EQ(engine.send(mail_to("alice@example.org")).ending, Ending::sent);
  EXPECT_EQ(engine.send(mail_to("alice@example.org")).ending, Ending::sent);
  server.stop();
  server.start();
  EXPECT_EQ(engine.send(mail_to("alice@example.org")).ending, Ending::sent);
  EXPECT_EQ(engine->providers()[0].failed, 0U);
  EXPECT_EQ(server.wait_for(3).size(), 3U);
}

TEST_F(CourierSmtp, AMailWhoseAnswerIsLostComesAgainAsTheSame) {
  const MailServer server{options()};
  TestEngine engine{just(provider(settings(server)))};
  server.set_mode("hang-up-after-mail");
  const Outgoing message = mail_to("alice@example.org");
  EXPECT_EQ(engine.send(message).ending, Ending::deferred);
  server.set_mode("normal");
  EXPECT_EQ(engine.send(message).ending, Ending::sent);
  const auto mails = server.wait_for(2);
  ASSERT_EQ(mails.size(), 2U);
  EXPECT_EQ(mails[0].header("Message-ID"), mails[1].header("Message-ID"));
  EXPECT_EQ(mails[0].text, mails[1].text);
}

TEST_F(CourierSmtp, WhatWouldBreakOutOfALineGoesNowhere) {
  const MailServer server{options()};
  TestEngine engine{just(provider(settings(server)))};
  for (const char* who : {"alice@example.org\r\nBcc: mallory@example.org", "alice@example.org>",
                          "a@b, c@d", "alice", "@example.org", "alice@", "a b@example.org"}) {
    EXPECT_EQ(engine.send(mail_to(who)).ending, Ending::undeliverable) << who;
  }
  Outgoing message = mail_to("alice@example.org");
  message.content.subject = "Code\r\nBcc: mallory@example.org\r\n\r\nBody";
  EXPECT_EQ(engine.send(std::move(message)).ending, Ending::sent);
  const auto mails = server.wait_for(1);
  ASSERT_EQ(mails.size(), 1U);
  EXPECT_EQ(mails[0].header("Bcc"), "");
  EXPECT_EQ(mails[0].to, "alice@example.org");
}

TEST_F(CourierSmtp, SendsManyAtOnce) {
  const MailServer server{options()};
  TestEngine engine{just(provider(settings(server)))};
  std::vector<MessageId> ids;
  for (int i = 0; i < 60; ++i) {
    Outgoing message = mail_to("alice@example.org");
    ids.push_back(message.id);
    ASSERT_EQ(engine->add(std::move(message)), Engine::Admission::accepted);
  }
  for (const MessageId id : ids) EXPECT_EQ(engine.report_on(id).ending, Ending::sent);
  EXPECT_EQ(server.wait_for(60).size(), 60U);
}

}  // namespace
}  // namespace countersign::courier
