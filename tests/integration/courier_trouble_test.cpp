// SPDX-License-Identifier: Apache-2.0
// Everything between the daemon and the mailbox goes wrong, one after another: other factors verify
// as ever, no code is sent late, no message is lost, and none comes again with another code.
#include "tests/support/courier.hpp"
#include "tests/support/moving_clock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace countersign::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;

// Longer than the daemon leaves a message with a courier that says nothing.
constexpr std::chrono::seconds kLease{61};
constexpr std::chrono::seconds kCodeLifetime{300};
// A verification that waits for a mail server would take far longer, and one that does not, does
// not on the slowest machine.
constexpr std::chrono::seconds kAtOnce{5};

class CourierTrouble : public testing::Test {
 protected:
  CourierTrouble() { courier_.start(); }

  // Somebody new, by the number; the factor awaits its code.
  EmailFactor enrol(int number) {
    return enrol_email(appliance_, "user" + std::to_string(number), address(number));
  }
  static std::string address(int number) {
    return "user" + std::to_string(number) + "@example.org";
  }
  v1::Challenge ask(int number) {
    EXPECT_TRUE(wait_until([&] { return courier_.is_up(); }));
    const v1::Challenge challenge = ask_code(appliance_, enrol(number), v1::CONFIRMATION);
    EXPECT_EQ(challenge.delivery().outcome(), v1::ACCEPTED_FOR_DELIVERY)
        << challenge.ShortDebugString();
    return challenge;
  }
  [[nodiscard]] std::vector<ReceivedMail> mails_to(int number) const {
    std::vector<ReceivedMail> mails = server_.mails();
    std::erase_if(mails, [&](const ReceivedMail& mail) { return mail.to != address(number); });
    return mails;
  }
  // The mail comes, however often; always with the same code, and that is the right one.
  void expect_delivered(int number, const v1::Challenge& challenge, std::size_t mails_min = 1) {
    ASSERT_TRUE(wait_until([&] { return mails_to(number).size() >= mails_min; }, 60s))
        << mails_to(number).size() << " mails; " << courier_.log();
    std::set<std::string> codes;
    std::set<std::string> ids;
    for (const ReceivedMail& mail : mails_to(number)) {
      codes.insert(code_in(mail.text));
      ids.insert(mail.header("Message-ID"));
    }
    EXPECT_EQ(codes.size(), 1U);
    EXPECT_EQ(ids.size(), 1U);
    EXPECT_TRUE(accepted(answer_code(appliance_, challenge, *codes.begin())));
  }
  // Other factors take no notice.
  void expect_others_verify() {
    client::Client portal = appliance_.verify_client();
    const auto begun = std::chrono::steady_clock::now();
    for (int i = 0; i < 10; ++i) EXPECT_TRUE(accepted(verify(portal, "bystander", token_.press())));
    EXPECT_LT(std::chrono::steady_clock::now() - begun, kAtOnce);
  }

  MovingClock clock_;
  TemporaryFolder folder_;
  TestCertificate certificate_ = make_certificate(folder_, "server");
  MailServer server_{{.certificate = &certificate_,
                      .implicit = false,
                      .username = "courier",
                      .password = "correct horse"}};
  Appliance appliance_{{.daemon_prefix = clock_.prefix()}};
  Token token_ = appliance_.enrol("bystander", v1::HOTP);
  Courier courier_{appliance_, provider_for(server_, folder_, certificate_), clock_.prefix()};
};

TEST_F(CourierTrouble, KilledAtEveryStepItLosesAndChangesNothing) {
  int number = 0;
  for (const std::string step : {"greeting", "mail", "rcpt", "data", "body"}) {
    SCOPED_TRACE(step);
    server_.set_mode("hold-" + step);
    const v1::Challenge challenge = ask(++number);
    server_.wait_until_held();
    courier_.kill();
    expect_others_verify();
    server_.set_mode("normal");
    courier_.start();
    clock_.skip(kLease);
    expect_delivered(number, challenge, step == "body" ? 2 : 1);
  }
  EXPECT_THAT(appliance_.check_store(), IsEmpty());
}

// The server has taken the mail and said so; the daemon was never told.
TEST_F(CourierTrouble, KilledBeforeItCouldReportItSendsTheSameAgain) {
  server_.set_mode("hold-body");
  const v1::Challenge challenge = ask(1);
  server_.wait_until_held();
  appliance_.daemon().kill(SIGSTOP);
  server_.set_mode("normal");
  EXPECT_TRUE(wait_until([&] { return courier_.process().has_logged("courier.sent"); }));
  courier_.kill();
  // What the kernel had taken for the daemon goes with it.
  appliance_.daemon().kill(SIGKILL);
  static_cast<void>(appliance_.daemon().wait());
  appliance_.start_daemon();
  courier_.start();
  expect_delivered(1, challenge, 2);
}

TEST_F(CourierTrouble, StoppedInAnOrderlyMannerItSendsOnce) {
  server_.set_mode("hold-data");
  const v1::Challenge challenge = ask(1);
  server_.wait_until_held();
  courier_.process().kill(SIGTERM);
  server_.set_mode("normal");
  courier_.stop();
  courier_.start();
  clock_.skip(kLease);
  expect_delivered(1, challenge);
  EXPECT_EQ(mails_to(1).size(), 1U);
}

TEST_F(CourierTrouble, WhateverTheMailServerDoesOthersVerifyAndTheCodeArrivesAfterwards) {
  int number = 0;
  for (const std::string mode : {"busy", "refuse-sender", "close", "tarpit"}) {
    SCOPED_TRACE(mode);
    server_.set_mode(mode);
    const v1::Challenge challenge = ask(++number);
    expect_others_verify();
    EXPECT_THAT(mails_to(number), IsEmpty());
    server_.set_mode("normal");
    expect_delivered(number, challenge);
  }
  // The daemon's back-off and the courier's pause end by themselves.
  server_.stop();
  const v1::Challenge challenge = ask(++number);
  EXPECT_TRUE(wait_until([&] { return courier_.process().has_logged("smtp.connect"); }));
  expect_others_verify();
  server_.start();
  expect_delivered(number, challenge);
}

TEST_F(CourierTrouble, NoCodeIsSentAfterItsEnd) {
  server_.stop();
  const v1::Challenge late = ask(1);
  EXPECT_TRUE(wait_until([&] { return courier_.process().has_logged("smtp.connect"); }));
  expect_others_verify();
  clock_.skip(kCodeLifetime + 1s);
  server_.start();
  ASSERT_TRUE(wait_until([&] {
    const v1::CourierStatus status = courier_status(appliance_);
    return status.channels_size() == 2 && status.channels(1).too_late() == 1;
  })) << courier_status(appliance_).ShortDebugString();
  const v1::Challenge next = ask(2);
  expect_delivered(2, next);
  EXPECT_THAT(mails_to(1), IsEmpty());
  EXPECT_EQ(answer_code(appliance_, late, "123456").verdict().reason(), v1::EXPIRED);
}

TEST_F(CourierTrouble, ACodeThatExpiresInTheCouriersHandsIsNotSent) {
  server_.set_mode("hold-greeting");
  static_cast<void>(ask(1));
  server_.wait_until_held();
  // The attempt goes on from the start when its connection breaks: but not now any more.
  clock_.skip(kCodeLifetime + 1s);
  server_.stop();
  EXPECT_TRUE(wait_until([&] {
    return courier_.log().find("courier.too_late") != std::string::npos;
  })) << courier_.log();
  server_.set_mode("normal");
  server_.start();
  const v1::Challenge next = ask(2);
  expect_delivered(2, next);
  EXPECT_THAT(mails_to(1), IsEmpty());
}

TEST_F(CourierTrouble, ANoticeOutlivesAnHourWithoutAMailServer) {
  const v1::Challenge challenge = ask(1);
  expect_delivered(1, challenge);
  server_.stop();
  const Token added = appliance_.enrol_another("user1", v1::HOTP);
  for (int minute = 0; minute < 60; ++minute) {
    clock_.skip(1min);
    std::this_thread::sleep_for(20ms);
    if (minute == 20) {
      courier_.kill();
      courier_.start();
    }
    if (minute == 40) {
      appliance_.daemon().kill(SIGKILL);
      static_cast<void>(appliance_.daemon().wait());
      appliance_.start_daemon();
    }
  }
  expect_others_verify();
  server_.start();
  const auto is_notice = [](const ReceivedMail& mail) {
    return mail.text.find("code token") != std::string::npos;
  };
  // Its next try may be fifteen minutes away.
  EXPECT_TRUE(wait_until(
      [&] {
        clock_.skip(10s);
        return std::ranges::any_of(mails_to(1), is_notice);
      },
      60s))
      << courier_.log();
}

// Certificates of somebody else, and of another host.
TEST(CourierWrongCertificate, SaysNothingToIt) {
  const TemporaryFolder folder;
  const TestCertificate right = make_certificate(folder, "right");
  const TestCertificate another = make_certificate(folder, "another");
  Appliance appliance;
  Token token = appliance.enrol("bystander", v1::HOTP);
  MailServer server{{.certificate = &another,
                     .implicit = false,
                     .username = "courier",
                     .password = "correct horse"}};
  Courier courier{appliance, provider_for(server, folder, right)};
  courier.start();
  const EmailFactor factor = enrol_email(appliance, "alice", "alice@example.org");
  static_cast<void>(ask_code(appliance, factor, v1::CONFIRMATION));
  EXPECT_TRUE(wait_until([&] { return courier.process().has_logged("courier.provider_down"); }));
  EXPECT_THAT(courier.log(), HasSubstr("smtp.certificate"));
  client::Client portal = appliance.verify_client();
  EXPECT_TRUE(accepted(verify(portal, "bystander", token.press())));
  EXPECT_THAT(server.mails(), IsEmpty());
  // The security team sees why.
  EXPECT_TRUE(wait_until([&] {
    const v1::CourierStatus status = courier_status(appliance);
    return status.providers_size() == 1 && status.providers(0).problem() == "smtp.certificate 60" &&
           status.providers(0).state() != v1::PROVIDER_WORKS;
  })) << courier_status(appliance).ShortDebugString();
}

}  // namespace
}  // namespace countersign::test
