// SPDX-License-Identifier: Apache-2.0
// Codes and notices by e-mail, end to end: the real daemon, HSM and courier, and real mail servers.
#include "tests/integration/canary_search.hpp"
#include "tests/support/courier.hpp"
#include "tests/support/postfix.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace countersign::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class CourierEmail : public testing::Test {
 protected:
  std::string codes_of(const ReceivedMail& mail) { return code_in(mail.text); }

  TemporaryFolder folder_;
  TestCertificate certificate_ = make_certificate(folder_, "server");
  Appliance appliance_;
};

TEST_F(CourierEmail, ACodeArrivesIsAcceptedOnceAndRefusedEverAfter) {
  const MailServer server{{.certificate = &certificate_,
                           .implicit = false,
                           .username = "courier",
                           .password = "correct horse"}};
  Courier courier{appliance_, provider_for(server, folder_, certificate_)};
  courier.start();

  const EmailFactor factor = enrol_email(appliance_, "alice", "alice@example.org");
  const v1::Challenge first = ask_code(appliance_, factor, v1::CONFIRMATION);
  EXPECT_EQ(first.delivery().outcome(), v1::ACCEPTED_FOR_DELIVERY) << first.ShortDebugString();
  const std::string confirmation = codes_of(server.wait_for(1).at(0));
  ASSERT_EQ(confirmation.size(), 6U);
  EXPECT_TRUE(accepted(answer_code(appliance_, first, confirmation)));

  const v1::Challenge second = ask_code(appliance_, factor, v1::SIGN_IN);
  EXPECT_EQ(second.delivery().outcome(), v1::ACCEPTED_FOR_DELIVERY) << second.ShortDebugString();
  EXPECT_EQ(second.factor_id(), factor.id);
  const ReceivedMail mail = server.wait_for(2).at(1);
  EXPECT_EQ(mail.to, "alice@example.org");
  EXPECT_THAT(mail.html, HasSubstr(codes_of(mail)));
  const v1::Reply accepted_reply = answer_code(appliance_, second, codes_of(mail));
  EXPECT_TRUE(accepted(accepted_reply)) << accepted_reply.ShortDebugString();
  EXPECT_EQ(accepted_reply.verdict().kind(), v1::EMAIL);
  EXPECT_FALSE(accepted(answer_code(appliance_, second, codes_of(mail))));

  EXPECT_TRUE(wait_until([&] {
    const auto status = courier_status(appliance_);
    return status.providers_size() == 1 && status.providers(0).sent() == 2;
  })) << courier_status(appliance_).ShortDebugString();
  courier.stop();
  EXPECT_THAT(appliance_.check_store(), IsEmpty());
  // The log knows messages by their numbers alone.
  EXPECT_THAT(courier.log(), HasSubstr("courier.sent"));
  EXPECT_THAT(courier.log(), Not(HasSubstr("alice")));
  EXPECT_THAT(courier.log(), Not(HasSubstr("correct horse")));
  EXPECT_THAT(courier.log(), Not(HasSubstr(confirmation)));
}

TEST_F(CourierEmail, ACodeGoesThroughARealPostfix) {
  const Postfix postfix{certificate_};
  Courier courier{appliance_,
                  "[[provider]]\nname = \"postfix\"\nkind = \"smtp\"\n"
                  "host = \"localhost\"\nport = " +
                      std::to_string(postfix.port()) + "\nca_file = \"" + certificate_.certificate +
                      "\"\nfrom = \"codes@example.com\"\n"};
  courier.start();
  const EmailFactor factor = enrol_email(appliance_, "alice", Postfix::kRecipient);
  const v1::Challenge challenge = ask_code(appliance_, factor, v1::CONFIRMATION);
  const std::string mail = postfix.wait_for(1).at(0);
  const std::string code = code_in(mail.substr(mail.find("text/plain")));
  EXPECT_TRUE(accepted(answer_code(appliance_, challenge, code))) << mail;
  EXPECT_FALSE(accepted(answer_code(appliance_, challenge, code)));
}

// While it is being sent it is there, which shows that the search would find it.
TEST(CourierCanary, OfACodeThatWasSentNothingStays) {
  const TemporaryFolder folder;
  const TestCertificate certificate = make_certificate(folder, "server");
  const MailServer server{{.certificate = &certificate,
                           .implicit = false,
                           .username = "courier",
                           .password = "correct horse"}};
  const Appliance appliance{{.policy = "[code]\ndigits = 8\n"}};
  Courier courier{appliance, provider_for(server, folder, certificate)};
  courier.start();
  const pid_t process = courier.process().pid();
  server.set_mode("hold-data");
  const EmailFactor factor = enrol_email(appliance, "alice", "alice@example.org");
  static_cast<void>(ask_code(appliance, factor, v1::CONFIRMATION));
  server.wait_until_held();
  TemporaryFolder kept;
  CanarySearch::keep_memory_of(process, kept.file("memory"));
  server.set_mode("normal");
  const std::string code = code_in(server.wait_for(1).at(0).text);
  ASSERT_EQ(code.size(), 8U);
  ASSERT_TRUE(wait_until([&] { return courier.process().has_logged("courier.sent"); }));

  CanarySearch search;
  search.add_text("code", code);
  EXPECT_THAT(search.in_folder(kept.path()), Not(IsEmpty()));
  std::vector<std::string> found;
  EXPECT_TRUE(wait_until(
      [&] {
        found = search.in_memory_of(process);
        return found.empty();
      },
      std::chrono::seconds{10}))
      << testing::PrintToString(found);
  EXPECT_THAT(search.in_folder(appliance.path("")), IsEmpty());
}

TEST_F(CourierEmail, WithoutACourierThePeerIsToldSo) {
  const EmailFactor factor = enrol_email(appliance_, "alice", "alice@example.org");
  const v1::Challenge challenge = ask_code(appliance_, factor, v1::CONFIRMATION);
  EXPECT_EQ(challenge.challenge_id(), 0U);
  EXPECT_EQ(challenge.delivery().outcome(), v1::CHANNEL_DOWN) << challenge.ShortDebugString();
}

}  // namespace
}  // namespace countersign::test
