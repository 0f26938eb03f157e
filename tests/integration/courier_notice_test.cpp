// SPDX-License-Identifier: Apache-2.0
// What the owner of an account reads when something of it changes: the real daemon, HSM and
// courier, and a mail server.
#include "tests/support/courier.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace countersign::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr const char* kPolicy = "[account]\nurl = \"https://accounts.example.com\"\n";
constexpr const char* kPage = "https://accounts.example.com/t/";
constexpr std::size_t kTicketLetters = 43;

class CourierNotice : public testing::Test {
 protected:
  void SetUp() override { courier_.start(); }

  v1::Reply asked(v1::Request request) {
    client::Client accounts = appliance_.provision_client();
    const auto reply = accounts.call(std::move(request));
    EXPECT_TRUE(reply);
    return reply ? *reply : v1::Reply{};
  }
  v1::Factor enrol(v1::FactorKind kind, const std::string& address) {
    v1::Request create;
    create.mutable_create_subject()->mutable_subject()->set_username("alice");
    static_cast<void>(asked(create));  // it may be there already
    v1::Request request;
    v1::EnrolOutOfBand& enrol = *request.mutable_enrol_out_of_band();
    enrol.mutable_subject()->set_username("alice");
    enrol.set_kind(kind);
    enrol.set_destination(address);
    const v1::Reply reply = asked(request);
    EXPECT_TRUE(reply.has_enrolment()) << reply.ShortDebugString();
    return reply.enrolment().factor();
  }
  // Enrols it and answers its code.
  v1::Factor confirmed(v1::FactorKind kind, const std::string& address) {
    const v1::Factor factor = enrol(kind, address);
    const v1::Challenge challenge =
        ask_code(appliance_, {.id = factor.id(), .username = "alice"}, v1::CONFIRMATION);
    const std::string code = code_in(next().text);
    EXPECT_TRUE(accepted(answer_code(appliance_, challenge, code)));
    return factor;
  }
  ReceivedMail next() {
    const std::size_t place = seen_++;
    return server_.wait_for(seen_).at(place);
  }
  // The next notices, each of which has the same link; to whom they went.
  std::vector<std::string> told(std::size_t count, const std::string& subject) {
    std::vector<std::string> all;
    for (std::size_t i = 0; i < count; ++i) {
      const ReceivedMail mail = next();
      EXPECT_THAT(mail.header("Subject"), HasSubstr(subject));
      const std::size_t at = mail.text.find(kPage);
      EXPECT_NE(at, std::string::npos) << mail.text;
      if (at == std::string::npos) continue;
      const std::string link = mail.text.substr(at, std::string{kPage}.size() + kTicketLetters);
      if (i == 0) link_ = link;
      EXPECT_EQ(link, link_);
      EXPECT_THAT(mail.html, HasSubstr("href=\"" + link + "\""));
      EXPECT_THAT(mail.text, HasSubstr(" UTC"));
      all.push_back(mail.to);
    }
    return all;
  }
  v1::FactorState state_of(std::uint64_t factor) {
    v1::Request request;
    request.mutable_list_factors()->mutable_subject()->set_username("alice");
    const v1::Reply reply = asked(request);
    for (const v1::Factor& one : reply.factor_list().factors()) {
      if (one.id() == factor) return one.state();
    }
    return v1::FACTOR_STATE_UNSPECIFIED;
  }

  TemporaryFolder folder_;
  TestCertificate certificate_ = make_certificate(folder_, "server");
  MailServer server_{{.certificate = &certificate_,
                      .implicit = false,
                      .username = "courier",
                      .password = "correct horse"}};
  Appliance appliance_{{.policy = kPolicy}};
  Courier courier_{appliance_, provider_for(server_, folder_, certificate_)};
  std::size_t seen_ = 0;
  std::string link_;
};

TEST_F(CourierNotice, OfAFactorThatCameOrWentIsReadAtEveryAddress) {
  confirmed(v1::EMAIL, "alice@example.com");
  const v1::Factor second = confirmed(v1::EMAIL, "alice@example.org");
  EXPECT_THAT(told(1, "a new way to sign in was added"), UnorderedElementsAre("alice@example.com"));
  const std::string of_adding = link_;
  v1::Request revoke;
  revoke.mutable_revoke_factor()->set_factor_id(second.id());
  ASSERT_TRUE(asked(revoke).has_factor());
  EXPECT_THAT(told(2, "a way to sign in was removed"),
              UnorderedElementsAre("alice@example.com", "alice@example.org"));
  EXPECT_NE(link_, of_adding);
  courier_.stop();
  EXPECT_THAT(appliance_.check_store(), IsEmpty());
}

TEST_F(CourierNotice, OfAnAddressThatChangesIsReadAtTheOldOneAndTheNew) {
  const v1::Factor old = confirmed(v1::PRIMARY_EMAIL, "alice@example.com");
  EXPECT_THAT(told(1, "where your account reaches you was changed"),
              UnorderedElementsAre("alice@example.com"));
  const v1::Factor fresh = confirmed(v1::PRIMARY_EMAIL, "alice@example.org");
  EXPECT_THAT(told(2, "where your account reaches you was changed"),
              UnorderedElementsAre("alice@example.com", "alice@example.org"));
  EXPECT_EQ(state_of(old.id()), v1::REVOKED);
  EXPECT_EQ(state_of(fresh.id()), v1::ACTIVE);
  courier_.stop();
  EXPECT_THAT(appliance_.check_store(), IsEmpty());
}

}  // namespace
}  // namespace countersign::test
