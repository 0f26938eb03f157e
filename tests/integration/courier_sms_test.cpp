// SPDX-License-Identifier: Apache-2.0
// A code's whole way by SMS: the daemon, the courier, the real Kannel, a phone; and what becomes of
// codes and notices when Kannel is away for an hour and the courier is killed again and again.
#include "tests/support/courier.hpp"
#include "tests/support/daemon_clock.hpp"
#include "tests/support/http_server.hpp"
#include "tests/support/kannel.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
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
    if (!courier_->is_up(v1::SMS)) ADD_FAILURE() << "SMS is down: " << courier_->log();
  }

  [[nodiscard]] std::string settings() const {
    return "[delivery_reports]\nlisten = \"127.0.0.1:" + std::to_string(free_port()) +
           "\"\n[[realm]]\nname = \"default\"\ndomain = \"bank.example\"\n" +
           "[[provider]]\nname = \"kannel\"\nkind = \"kannel\"\nurl = \"" + kannel_.url() +
           "\"\nusername = \"" + Kannel::kUser + "\"\npassword_file = \"" +
           kannel_.password_file() + "\"\nsender = \"Example\"\n";
  }
  void pass(std::int64_t seconds) { clock_.set(now_ += seconds); }

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
    call(appliance_.provision_client(), create);
    v1::Request enrol;
    enrol.mutable_enrol_out_of_band()->mutable_subject()->set_username(name);
    enrol.mutable_enrol_out_of_band()->set_kind(v1::SMS);
    enrol.mutable_enrol_out_of_band()->set_destination(number);
    const v1::Reply enrolled = call(appliance_.provision_client(), enrol);
    Person person{name, number, enrolled.enrolment().factor().id()};
    v1::Request start;
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
  EXPECT_THAT(texts_to(alice).back(), HasSubstr("sign in to Example Bank"));
  EXPECT_THAT(texts_to(alice).back(), HasSubstr("\n@bank.example #" + code));
  EXPECT_TRUE(accepted(answer(challenge, code)));
  EXPECT_FALSE(accepted(answer(challenge, code)));
}

TEST_F(CourierSms, StatusTellsWhatHasArrived) {
  const Person alice = person("alice", "+358401234567");
  const auto has_arrived = [this] { return courier_->status(v1::SMS).delivered() >= 1; };
  EXPECT_TRUE(wait_until(has_arrived)) << courier_->status(v1::SMS).ShortDebugString();
  EXPECT_EQ(courier_->status(v1::SMS).answered(), 1U);
  std::string shown;
  ASSERT_EQ(appliance_.run({"countersign", "courier", "status"}, &shown), 0);
  EXPECT_THAT(shown, HasSubstr("delivered"));
}

TEST_F(CourierSms, NoCodeStandsInAnyLogOrFile) {
  const Person alice = person("alice", "+358401234567");
  std::set<std::string> codes;
  for (const std::string& code : codes_to(alice)) codes.insert(code);
  const v1::Challenge challenge = start(alice);
  codes.insert(next_code(alice));
  EXPECT_TRUE(accepted(answer(challenge, *codes.rbegin())) ||
              accepted(answer(challenge, *codes.begin())));
  kannel_.stop();
  std::map<std::string, std::string> files = kannel_.files();
  files["courier's log"] = courier_->log();
  for (const auto& entry : std::filesystem::recursive_directory_iterator{appliance_.path("")}) {
    if (entry.is_regular_file()) files[entry.path()] = content(entry.path());
  }
  for (const auto& [name, text] : files) {
    for (const std::string& code : codes) {
      // Standing alone: six digits are a part of many a number.
      const std::regex alone{"(^|[^0-9A-Za-z])" + code + "([^0-9A-Za-z]|$)"};
      if (text.find(code) == std::string::npos) continue;
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
    courier_->start();
    client::Client portal = appliance_.verify_client();
    EXPECT_TRUE(accepted(verify(portal, "bob", token.code(step)))) << step;
  }
  const std::size_t before = codes_to(alice).size();
  kannel_.start();
  EXPECT_TRUE(wait_until([&] { return is_told(bob, "a new way to sign in was added"); },
                         std::chrono::seconds{90}))
      << courier_->log();
  EXPECT_EQ(codes_to(alice).size(), before);
  EXPECT_EQ(courier_->status(v1::SMS).too_late(), 1U);

  ASSERT_TRUE(courier_->is_up(v1::SMS));
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
  kannel_.stop();
  const v1::Challenge challenge = start(alice);
  ASSERT_EQ(challenge.delivery().outcome(), v1::ACCEPTED_FOR_DELIVERY);
  const auto was_refused = [this] {
    return courier_->log().find("courier.refused") < std::string::npos;
  };
  EXPECT_TRUE(wait_until(was_refused)) << courier_->log();
  courier_->kill();
  kannel_.start();
  pass(61);  // the killed courier's lease
  courier_->start();
  const std::string code = next_code(alice);
  EXPECT_TRUE(accepted(answer(challenge, code))) << courier_->log();
}

}  // namespace
}  // namespace countersign::test
