// SPDX-License-Identifier: Apache-2.0
// A code's whole way by SMS: the daemon, the courier, the real Kannel, a phone; and what becomes of
// codes and notices when Kannel is away for an hour and the courier is killed again and again.
#include "tests/support/courier.hpp"
#include "tests/support/daemon_clock.hpp"
#include "tests/support/http_server.hpp"
#include "tests/support/kannel.hpp"
#include "tests/support/port.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <regex>
#include <set>

namespace countersign::test {
namespace {

using testing::HasSubstr;

constexpr std::int64_t kStart = 1'790'000'000;
constexpr const char* kPolicy = "[[sms.prefix]]\nprefix = \"+358\"\nper_hour = 500\n";

struct Person {
  std::string name;
  std::string number;
  std::uint64_t factor = 0;
};

class CourierSms : public testing::Test {
 protected:
  CourierSms() : appliance_{{.policy = kPolicy, .daemon_prefix = clock_.prefix()}} {
    courier_ = std::make_unique<Courier>(appliance_, settings(), clock_.prefix());
    courier_->start(v1::SMS);
  }

  [[nodiscard]] std::string settings() const {
    return "service = \"Example Bank\"\n[delivery_reports]\nlisten = \"127.0.0.1:" +
           std::to_string(free_port()) +
           "\"\n[[realm]]\nname = \"default\"\ndomain = \"bank.example\"\n" +
           "[[provider]]\nname = \"kannel\"\nkind = \"kannel\"\nurl = \"" + kannel_.url() +
           "\"\nusername = \"" + Kannel::kUser + "\"\npassword_file = \"" +
           kannel_.password_file() + "\"\nsender = \"Example\"\n";
  }
  void pass(std::int64_t seconds) { clock_.set(now_ += seconds); }
  // Lets time pass, a little at a time, until it holds.
  [[nodiscard]] bool wait_passing(std::int64_t seconds, const std::function<bool()>& condition) {
    for (std::int64_t passed = 0; passed < seconds; passed += 5) {
      if (wait_until(condition, std::chrono::milliseconds{500})) return true;
      pass(5);
    }
    return condition();
  }

  [[nodiscard]] bool is_up() const {
    return wait_until([this] { return courier_->is_up(v1::SMS); });
  }
  [[nodiscard]] v1::ChannelStatus status() const {
    const v1::CourierStatus all = courier_status(appliance_);
    for (const auto& channel : all.channels()) {
      if (channel.channel() == v1::SMS) return channel;
    }
    return {};
  }

  [[nodiscard]] static v1::Reply call(client::Client client, const v1::Request& request) {
    auto reply = client.call(request);
    if (reply) return std::move(*reply);
    ADD_FAILURE() << "no answer";
    return {};
  }

  // With an active SMS factor.
  [[nodiscard]] Person person(const std::string& name, const std::string& number) {
    v1::Request create;
    create.mutable_create_subject()->mutable_subject()->set_username(name);
    std::ignore = call(appliance_.provision_client(), create);
    v1::Request enrol;
    enrol.mutable_enrol_out_of_band()->mutable_subject()->set_username(name);
    enrol.mutable_enrol_out_of_band()->set_kind(v1::SMS);
    enrol.mutable_enrol_out_of_band()->set_destination(number);
    const v1::Reply enrolled = call(appliance_.provision_client(), enrol);
    Person person{name, number, enrolled.enrolment().factor().id()};
    v1::Request start;
    start.mutable_start_challenge()->mutable_subject()->set_username(name);
    start.mutable_start_challenge()->set_factor_id(person.factor);
    start.mutable_start_challenge()->set_kind(v1::SMS);
    const v1::Reply challenge = call(appliance_.provision_client(), start);
    EXPECT_EQ(challenge.challenge().delivery().outcome(), v1::ACCEPTED_FOR_DELIVERY)
        << enrolled.ShortDebugString() << challenge.ShortDebugString();
    v1::Request answer;
    answer.mutable_answer_challenge()->set_challenge_id(challenge.challenge().challenge_id());
    answer.mutable_answer_challenge()->set_passcode(next_code(person));
    const v1::Reply confirmed = call(appliance_.provision_client(), answer);
    EXPECT_TRUE(accepted(confirmed)) << confirmed.ShortDebugString();
    return person;
  }
  [[nodiscard]] v1::Challenge start(const Person& person) const {
    v1::Request request;
    request.mutable_start_challenge()->mutable_subject()->set_username(person.name);
    request.mutable_start_challenge()->set_kind(v1::SMS);
    return call(appliance_.verify_client(), request).challenge();
  }
  [[nodiscard]] v1::Reply answer(const v1::Challenge& challenge, const std::string& code) const {
    v1::Request request;
    request.mutable_answer_challenge()->set_challenge_id(challenge.challenge_id());
    request.mutable_answer_challenge()->set_passcode(code);
    return call(appliance_.verify_client(), request);
  }

  [[nodiscard]] std::vector<std::string> texts_to(const Person& person) const {
    std::vector<std::string> texts;
    for (const Kannel::Sms& sms : kannel_.received()) {
      if (sms.to == person.number) texts.push_back(sms.text);
    }
    return texts;
  }
  [[nodiscard]] std::vector<std::string> codes_to(const Person& person) const {
    static const std::regex kCode{"(?:^|[^0-9])([0-9]{6}) is your code"};
    std::vector<std::string> codes;
    for (const std::string& text : texts_to(person)) {
      std::smatch found;
      if (std::regex_search(text, found, kCode)) codes.push_back(found[1]);
    }
    return codes;
  }
  // The next one that arrives, and has not been asked for before; empty if none comes.
  [[nodiscard]] std::string next_code(const Person& person) {
    const std::size_t seen = seen_[person.name]++;
    std::ignore = wait_until([&] { return codes_to(person).size() > seen; });
    const auto codes = codes_to(person);
    return codes.size() > seen ? codes[seen] : "";
  }
  [[nodiscard]] bool is_told(const Person& person, const std::string& words) const {
    return std::ranges::any_of(texts_to(person), [&](const std::string& text) {
      return text.find(words) != std::string::npos;
    });
  }
  [[nodiscard]] static std::string content(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
  }

  std::int64_t now_ = kStart;
  DaemonClock clock_{kStart};
  Kannel kannel_;
  Appliance appliance_;
  std::unique_ptr<Courier> courier_;
  std::map<std::string, std::size_t> seen_;
};

TEST_F(CourierSms, ACodeArrivesIsAcceptedAndIsRefusedAgain) {
  const Person alice = person("alice", "+358401234567");
  const v1::Challenge challenge = start(alice);
  ASSERT_EQ(challenge.delivery().outcome(), v1::ACCEPTED_FOR_DELIVERY);
  const std::string code = next_code(alice);
  ASSERT_FALSE(code.empty()) << courier_->log();
  EXPECT_THAT(texts_to(alice).back(), HasSubstr("sign in to Example Bank"));
  EXPECT_THAT(texts_to(alice).back(), HasSubstr("\n@bank.example #" + code));
  EXPECT_TRUE(accepted(answer(challenge, code)));
  EXPECT_FALSE(accepted(answer(challenge, code)));
}

// In letters of which an SMS holds half as many.
TEST_F(CourierSms, WhatIsTooLongIsGivenUp) {
  const Person alice = person("alice", "+358401234567");
  v1::Request request;
  v1::StartChallenge& start = *request.mutable_start_challenge();
  start.mutable_subject()->set_username(alice.name);
  start.set_kind(v1::SMS);
  start.set_purpose(v1::TRANSACTION);
  for (int i = 0; i < 180; ++i) *start.mutable_transaction() += "\u0434";
  const v1::Reply reply = call(appliance_.verify_client(), request);
  ASSERT_EQ(reply.challenge().delivery().outcome(), v1::ACCEPTED_FOR_DELIVERY);
  EXPECT_TRUE(wait_until([this] { return status().undeliverable() == 1; }));
  EXPECT_EQ(status().queued(), 0U);
}

TEST_F(CourierSms, StatusTellsWhatHasArrived) {
  const Person alice = person("alice", "+358401234567");
  const auto has_arrived = [this] { return status().delivered() >= 1; };
  EXPECT_TRUE(wait_until(has_arrived)) << status().ShortDebugString();
  EXPECT_EQ(status().answered(), 1U);
  std::string shown;
  ASSERT_EQ(appliance_.run({"countersign", "courier", "status"}, &shown), 0);
  EXPECT_THAT(shown, HasSubstr("delivered"));
}

TEST_F(CourierSms, NoCodeStandsInAnyLogOrFile) {
  const Person alice = person("alice", "+358401234567");
  std::set<std::string> codes;
  for (const std::string& code : codes_to(alice)) codes.insert(code);
  const v1::Challenge challenge = start(alice);
  const std::string code = next_code(alice);
  ASSERT_FALSE(code.empty()) << courier_->log();
  codes.insert(code);
  EXPECT_TRUE(accepted(answer(challenge, code)));
  kannel_.stop();
  std::map<std::string, std::string> files = kannel_.files();
  files["courier's log"] = courier_->log();
  for (const auto& entry : std::filesystem::recursive_directory_iterator{appliance_.path("")}) {
    if (entry.is_regular_file()) files[entry.path()] = content(entry.path());
  }
  for (const auto& [name, text] : files) {
    for (const std::string& sent : codes) {
      // Standing alone: six digits are a part of many a number.
      const std::regex alone{"(^|[^0-9A-Za-z])" + sent + "([^0-9A-Za-z]|$)"};
      if (text.find(sent) == std::string::npos) continue;
      EXPECT_FALSE(std::regex_search(text, alone)) << name;
    }
    EXPECT_EQ(text.find("358401234567"), std::string::npos) << name;
  }
}

// Show 2 of codes by SMS: an hour without Kannel, six minutes at a time.
TEST_F(CourierSms, AfterAnHourWithoutKannelNoOldCodeIsSentAndNoNoticeIsLost) {
  const Person alice = person("alice", "+358401234567");
  const Person bob = person("bob", "+358401234568");
  const Token token = appliance_.enrol_another("bob", v1::HOTP, false);
  pass(60);
  ASSERT_TRUE(is_up());
  kannel_.stop();

  const v1::Challenge late = start(alice);
  ASSERT_EQ(late.delivery().outcome(), v1::ACCEPTED_FOR_DELIVERY);
  v1::Request confirm;
  confirm.mutable_confirm_factor()->set_factor_id(token.factor);
  confirm.mutable_confirm_factor()->set_passcode(token.code(0));
  ASSERT_TRUE(accepted(call(appliance_.provision_client(), confirm)));  // bob is told of it
  for (std::uint64_t step = 1; step <= 10; ++step) {
    pass(360);
    courier_->kill();
    courier_->start(v1::SMS);
    client::Client portal = appliance_.verify_client();
    EXPECT_TRUE(accepted(verify(portal, "bob", token.code(step)))) << step;
  }
  const std::size_t before = codes_to(alice).size();
  kannel_.start();
  const auto bob_is_told = [&] { return is_told(bob, "a new way to sign in was added"); };
  EXPECT_TRUE(wait_passing(1200, bob_is_told)) << courier_->log();  // its back-off has grown
  EXPECT_EQ(codes_to(alice).size(), before);
  EXPECT_EQ(status().too_late(), 1U);

  ASSERT_TRUE(is_up());
  const v1::Challenge fresh = start(alice);
  ASSERT_EQ(fresh.delivery().outcome(), v1::ACCEPTED_FOR_DELIVERY) << fresh.ShortDebugString();
  const std::string code = next_code(alice);
  EXPECT_FALSE(accepted(answer(late, code)));
  EXPECT_TRUE(accepted(answer(fresh, code)));
}

// However often it is tried, and by however many couriers: it is the code that was made first.
TEST_F(CourierSms, AMessageThatIsTriedAgainHasTheSameCode) {
  const Person alice = person("alice", "+358401234567");
  pass(60);
  ASSERT_TRUE(is_up());
  kannel_.stop();
  const v1::Challenge challenge = start(alice);
  ASSERT_EQ(challenge.delivery().outcome(), v1::ACCEPTED_FOR_DELIVERY);
  const auto was_refused = [this] {
    return courier_->log().find("courier.refused") != std::string::npos;
  };
  EXPECT_TRUE(wait_until(was_refused)) << courier_->log();
  courier_->kill();
  kannel_.start();
  pass(61);  // the killed courier's lease
  courier_->start(v1::SMS);
  EXPECT_TRUE(wait_passing(120, [&] { return codes_to(alice).size() == 2; }));
  const std::string code = next_code(alice);
  EXPECT_TRUE(accepted(answer(challenge, code))) << courier_->log();
}

}  // namespace
}  // namespace countersign::test
