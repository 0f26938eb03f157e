// SPDX-License-Identifier: Apache-2.0
// Whom a mail server's refusal is about.
#include "courier/mail/smtp_verdict.hpp"

#include <gtest/gtest.h>

namespace countersign::courier {
namespace {

struct Refusal {
  SmtpStep step;
  const char* line;
  Fate fate;
};

class SmtpRefusal : public testing::TestWithParam<Refusal> {};

TEST_P(SmtpRefusal, IsAbout) {
  const auto& [step, line, fate] = GetParam();
  for (const CURLcode code : {CURLE_SEND_ERROR, CURLE_WEIRD_SERVER_REPLY}) {
    EXPECT_EQ(judge_smtp(code, step, read_smtp_reply(line)).fate, fate) << line;
  }
}

constexpr auto kRecipient = SmtpStep::recipient;
constexpr auto kBody = SmtpStep::body;

INSTANTIATE_TEST_SUITE_P(
    TheRecipient, SmtpRefusal,
    testing::Values(Refusal{kRecipient, "550 5.1.1 User unknown", Fate::undeliverable},
                    Refusal{kRecipient, "550 No such user", Fate::undeliverable},
                    Refusal{kRecipient, "551 User not local", Fate::undeliverable},
                    Refusal{kRecipient, "552 5.2.2 Mailbox full", Fate::undeliverable},
                    Refusal{kRecipient, "553 5.1.3 Bad address", Fate::undeliverable},
                    Refusal{kRecipient, "501 5.1.3 Bad syntax", Fate::undeliverable},
                    Refusal{kBody, "550 5.1.1 User unknown", Fate::undeliverable}));
INSTANTIATE_TEST_SUITE_P(
    TheRecipientForNow, SmtpRefusal,
    testing::Values(Refusal{kRecipient, "450 4.2.0 Greylisted", Fate::not_now},
                    Refusal{kRecipient, "451 4.7.1 Try later", Fate::not_now},
                    Refusal{kRecipient, "452 4.2.2 Mailbox full", Fate::not_now},
                    Refusal{kRecipient, "450 try later", Fate::not_now},
                    Refusal{kRecipient, "554 5.7.1 Relay access denied", Fate::not_now},
                    Refusal{kBody, "554 5.7.1 Spam", Fate::not_now},
                    Refusal{kBody, "451 4.7.1 Greylisted", Fate::not_now},
                    Refusal{kBody, "452 4.2.2 Mailbox full", Fate::not_now}));
INSTANTIATE_TEST_SUITE_P(
    TheServer, SmtpRefusal,
    testing::Values(Refusal{SmtpStep::greeting, "554 5.7.1 Go away", Fate::provider_failed},
                    Refusal{SmtpStep::greeting, "535 5.7.8 Bad login", Fate::provider_failed},
                    Refusal{SmtpStep::greeting, "454 4.7.0 TLS", Fate::provider_failed},
                    Refusal{SmtpStep::sender, "550 5.7.1 Sender denied", Fate::provider_failed},
                    Refusal{SmtpStep::sender, "451 4.3.0 Full", Fate::provider_failed},
                    Refusal{kRecipient, "421 4.3.2 Closing", Fate::provider_failed},
                    Refusal{kRecipient, "530 5.7.0 Login first", Fate::provider_failed},
                    Refusal{kRecipient, "451 4.3.0 Queue file", Fate::provider_failed},
                    Refusal{kRecipient, "550 5.4.1 No route", Fate::provider_failed},
                    Refusal{kRecipient, "503 5.5.1 Confused", Fate::provider_failed},
                    Refusal{kBody, "421 Closing", Fate::provider_failed},
                    Refusal{kBody, "451 Later", Fate::provider_failed},
                    Refusal{kBody, "552 5.3.4 Too big", Fate::provider_failed}));

TEST(SmtpVerdict, WhatBrokeOffIsTheProvidersFailureWhateverItSaidBefore) {
  for (const CURLcode code :
       {CURLE_OPERATION_TIMEDOUT, CURLE_RECV_ERROR, CURLE_COULDNT_CONNECT,
        CURLE_PEER_FAILED_VERIFICATION, CURLE_USE_SSL_FAILED, CURLE_LOGIN_DENIED}) {
    const Outcome outcome = judge_smtp(code, kRecipient, {550, 1});
    EXPECT_EQ(outcome.fate, Fate::provider_failed) << code;
    EXPECT_EQ(outcome.native, static_cast<std::uint64_t>(code));
  }
}

TEST(SmtpVerdict, OnlyLibcurlsOkMeansSent) {
  EXPECT_EQ(judge_smtp(CURLE_OK, kBody, {250, 0}).fate, Fate::sent);
  EXPECT_EQ(judge_smtp(CURLE_SEND_ERROR, kBody, {250, 0}).fate, Fate::provider_failed);
}

TEST(SmtpVerdict, ReadsTheStatusAndWhatItIsAbout) {
  const auto expect = [](const char* line, unsigned status, unsigned subject) {
    const SmtpReply reply = read_smtp_reply(line);
    EXPECT_EQ(reply.status, status) << line;
    EXPECT_EQ(reply.subject, subject) << line;
  };
  expect("550 5.1.1 No such user\r\n", 550, 1);
  expect("550-5.1.1 No such user\r\n", 550, 1);
  expect("451 4.7.500 Busy\r\n", 451, 7);
  expect("550 4.1.1 Of another class\r\n", 550, 0);
  expect("550 No such user\r\n", 550, 0);
  expect("550 5.x.1 none\r\n", 550, 0);
  expect("550 5.1", 550, 0);
  expect("550", 550, 0);
  expect("55", 0, 0);
  expect("5500 5.1.1 four digits", 0, 0);
  expect("", 0, 0);
  expect("hello", 0, 0);
}

}  // namespace
}  // namespace countersign::courier
