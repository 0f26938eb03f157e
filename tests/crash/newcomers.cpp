// SPDX-License-Identifier: Apache-2.0
#include "tests/crash/newcomers.hpp"

#include "tests/crash/ledger.hpp"

#include <gtest/gtest.h>

namespace countersign::test {
namespace {

constexpr std::size_t kSecretBytes = 20;

v1::Request list_request(const std::string& username) {
  v1::Request request;
  request.mutable_list_factors()->mutable_subject()->set_username(username);
  return request;
}

}  // namespace

void Newcomers::ask(Flight& flight, int arrivals) {
  for (int i = 0; i < arrivals; ++i) {
    Newcomer newcomer;
    newcomer.token.username = "newcomer-" + std::to_string(++arrived_);
    newcomer.token.kind = v1::HOTP;
    newcomer.token.secret.resize(kSecretBytes);
    for (char& byte : newcomer.token.secret) byte = static_cast<char>(random_());
    open_.push_back(std::move(newcomer));
  }
  for (Newcomer& newcomer : open_) {
    newcomer.asked = &flight.add("provision", next_request(newcomer));
  }
}

v1::Request Newcomers::next_request(Newcomer& newcomer) {
  v1::Request request;
  Token& token = newcomer.token;
  if (newcomer.step == Step::create) {
    request.mutable_create_subject()->mutable_subject()->set_username(token.username);
  } else if (newcomer.step == Step::enrol) {
    request.mutable_enrol_oath()->mutable_subject()->set_username(token.username);
    request.mutable_enrol_oath()->set_kind(v1::HOTP);
    request.mutable_enrol_oath()->set_secret(token.secret);
  } else {
    request.mutable_confirm_factor()->set_factor_id(token.factor);
    request.mutable_confirm_factor()->set_passcode(token.press());
  }
  return request;
}

void Newcomers::settle() {
  Flight flight{appliance_};
  std::vector<const Question*> factors;
  for (const Newcomer& newcomer : open_) {
    factors.push_back(&flight.add("provision", list_request(newcomer.token.username)));
  }
  flight.send(seed());
  flight.take_all();
  for (std::size_t i = 0; i < open_.size(); ++i) settle(open_[i], factors[i]->reply);
  for (const Newcomer& newcomer : open_) {
    if (newcomer.step == Step::done) done_.push_back(newcomer.token);
  }
  std::erase_if(open_, [](const Newcomer& newcomer) { return newcomer.step == Step::done; });
}

void Newcomers::settle(Newcomer& newcomer, const v1::Reply& factors) {
  const v1::Reply& reply = newcomer.asked->reply;
  const std::string& name = newcomer.token.username;
  const bool exists = factors.has_factor_list();
  const int count = factors.factor_list().factors_size();
  if (newcomer.step == Step::create) {
    EXPECT_TRUE(exists || !reply.has_subject()) << name << factors.ShortDebugString();
    if (exists) newcomer.step = Step::enrol;
    return;
  }
  EXPECT_TRUE(exists) << name << factors.ShortDebugString();
  if (newcomer.step == Step::enrol) {
    EXPECT_TRUE(count == 1 || (count == 0 && !reply.has_enrolment())) << name;
    if (count == 0) return;
    newcomer.token.factor = factors.factor_list().factors(0).id();
    if (reply.has_enrolment()) {
      EXPECT_EQ(reply.enrolment().factor().id(), newcomer.token.factor) << name;
    }
    newcomer.step = Step::confirm;
    return;
  }
  ASSERT_EQ(count, 1) << name;
  const v1::FactorState state = factors.factor_list().factors(0).state();
  EXPECT_EQ(factors.factor_list().factors(0).id(), newcomer.token.factor) << name;
  EXPECT_TRUE(state == v1::ACTIVE || !accepted(reply)) << name << factors.ShortDebugString();
  if (state == v1::ACTIVE) newcomer.step = Step::done;
}

void Newcomers::expect_everybody_is_known() {
  Flight flight{appliance_};
  for (Token& token : done_) flight.add("verify", verify_request(token.username, token.press()));
  flight.send(seed());
  flight.take_all();
  for (const Question& question : flight.questions()) {
    EXPECT_TRUE(accepted(question.reply)) << question.request.verify().subject().username() << " "
                                          << question.reply.ShortDebugString();
  }
}

}  // namespace countersign::test
