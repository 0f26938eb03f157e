// SPDX-License-Identifier: Apache-2.0
// Promise 1 for codes that are sent: until a courier takes the message nobody outside the HSM's
// process knows the code, and when it is sent nothing of it stays anywhere, nor of where it went.
#include "tests/integration/canary.hpp"

#include <gmock/gmock.h>

#include <filesystem>

namespace countersign::test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
namespace fs = std::filesystem;

struct Addressee {
  std::string name;
  v1::FactorKind channel = v1::SMS;
  std::string destination;
  std::uint64_t factor = 0;
};

class CanaryCodes : public Canary {
 protected:
  // A channel is up once a courier has asked.
  void SetUp() override { EXPECT_EQ(take().messages_size(), 0); }

  Addressee enrol(v1::FactorKind channel, const std::string& name) {
    Addressee addressee{.name = name, .channel = channel};
    const std::string digits = random_digits().substr(0, 7);
    addressee.destination = channel == v1::SMS ? "+35840" + digits : "u" + digits + "@example.com";
    passcodes_.insert(channel == v1::SMS ? "35840" + digits : "u" + digits);
    v1::Request create;
    create.mutable_create_subject()->mutable_subject()->set_username(name);
    EXPECT_TRUE(accounts_.ask(create).has_subject());
    v1::Request request;
    v1::EnrolOutOfBand& enrol = *request.mutable_enrol_out_of_band();
    enrol.mutable_subject()->set_username(name);
    enrol.set_kind(channel);
    enrol.set_destination(addressee.destination);
    const v1::Reply enrolled = accounts_.ask(request);
    EXPECT_TRUE(enrolled.has_enrolment()) << enrolled.ShortDebugString();
    addressee.factor = enrolled.enrolment().factor().id();
    return addressee;
  }

  std::uint64_t start(const Addressee& addressee) {
    v1::Request request;
    v1::StartChallenge& start = *request.mutable_start_challenge();
    start.mutable_subject()->set_username(addressee.name);
    start.set_factor_id(addressee.factor);
    start.set_kind(addressee.channel);
    start.set_purpose(v1::CONFIRMATION);
    const v1::Reply reply = accounts_.ask(request);
    EXPECT_EQ(reply.challenge().delivery().outcome(), v1::ACCEPTED_FOR_DELIVERY)
        << reply.ShortDebugString();
    return reply.challenge().challenge_id();
  }

  v1::MessageBatch take() {
    v1::Request request;
    v1::TakeMessages& take = *request.mutable_take_messages();
    take.set_max(32);
    for (const auto channel : {v1::SMS, v1::EMAIL}) {
      v1::Provider& provider = *take.add_providers();
      provider.set_name(channel == v1::SMS ? "gateway" : "relay");
      provider.set_channel(channel);
      provider.set_state(v1::PROVIDER_WORKS);
      provider.set_health(100);
    }
    const v1::Reply reply = courier_.ask(request);
    EXPECT_TRUE(reply.has_message_batch()) << reply.ShortDebugString();
    return reply.message_batch();
  }
  // Takes the only message there is, and says that it was sent; its code is watched from then on.
  std::string deliver(const Addressee& addressee) {
    const v1::MessageBatch batch = take();
    EXPECT_EQ(batch.messages_size(), 1);
    if (batch.messages_size() != 1) return "";
    const v1::OutboundMessage& message = batch.messages(0);
    EXPECT_EQ(message.destination(), addressee.destination);
    v1::Request request;
    v1::MessageReport& report = *request.mutable_report_messages()->add_reports();
    report.set_message_id(message.message_id());
    report.set_outcome(v1::SENT);
    report.set_provider("gateway");
    EXPECT_TRUE(courier_.ask(request).has_messages_reported());
    EXPECT_EQ(message.code().size(), 8U);
    return watched(message.code());
  }
  // The same in the other encoding.
  std::string start_over_http(const Addressee& addressee, const std::string& transaction) {
    const std::string started =
        portal_.ask_json("start-challenge",
                         R"({"subject":{"username":")" + addressee.name + R"("},"kind":")" +
                             v1::FactorKind_Name(addressee.channel) +
                             R"(","purpose":"TRANSACTION","transaction":")" + transaction + "\"}");
    EXPECT_THAT(started, HasSubstr("ACCEPTED_FOR_DELIVERY"));
    return value_of(started, "challengeId");
  }
  std::string answer_over_http(const std::string& challenge, const std::string& code,
                               const std::string& transaction) {
    return portal_.ask_json("answer-challenge", R"({"challengeId":")" + challenge +
                                                    R"(","passcode":")" + code +
                                                    R"(","purpose":"TRANSACTION","transaction":")" +
                                                    transaction + "\"}");
  }
  std::string deliver_over_http() {
    const std::string batch = courier_.ask_json(
        "take-messages",
        R"({"max":1,"providers":[{"name":"gateway","channel":"SMS","state":"PROVIDER_WORKS"},)"
        R"({"name":"relay","channel":"EMAIL","state":"PROVIDER_WORKS"}]})");
    EXPECT_THAT(courier_.ask_json("report-messages",
                                  R"({"reports":[{"messageId":")" + value_of(batch, "messageId") +
                                      R"(","outcome":"SENT","provider":"gateway"}]})"),
                testing::Not(HasSubstr("error")));
    const std::string code = value_of(batch, "code");
    EXPECT_EQ(code.size(), 8U) << batch;
    return watched(code);
  }

  v1::Reply confirm(std::uint64_t challenge, const std::string& code) {
    v1::Request request;
    request.mutable_answer_challenge()->set_challenge_id(challenge);
    request.mutable_answer_challenge()->set_purpose(v1::CONFIRMATION);
    request.mutable_answer_challenge()->set_passcode(code);
    return accounts_.ask(request);
  }

  // Everything that the daemon has and knows at this moment, for a search when the codes are known.
  void keep(const std::string& moment) {
    settle_all();
    const fs::path folder = fs::path{kept_.path()} / moment;
    fs::create_directory(folder);
    CanarySearch::keep_memory_of(appliance_.daemon().pid(), folder / "memory");
    fs::copy(fs::path{appliance_.database()}.parent_path(), folder / "state");
  }
  void settle_all() {
    settle();
    v1::Request health;
    health.mutable_health();
    for (int i = 0; i < 40; ++i) {
      courier_.ask(health);
      courier_.ask_json("health", "{}");
    }
  }
  std::vector<std::string> in_what_was_kept() {
    CanarySearch search;
    for (const std::string& passcode : passcodes_) search.add_text(passcode, passcode);
    return search.in_folder(kept_.path());
  }

  Connections courier_{appliance_, "courier"};

 private:
  TemporaryFolder kept_;
};

// Under a name that anybody may give to a factor.
TEST_F(CanaryCodes, TheSearchFindsACodeThatWasPlanted) {
  const Addressee alice = enrol(v1::SMS, "alice");
  start(alice);
  const std::string code = deliver(alice);
  v1::Request rename;
  rename.mutable_rename_factor()->set_factor_id(alice.factor);
  rename.mutable_rename_factor()->set_label(code + " to " + alice.destination);
  ASSERT_TRUE(accounts_.ask(rename).has_factor());

  CanarySearch search;
  search.add_text("planted code", code);
  search.add_text("planted number", alice.destination);
  const auto memory = search.in_memory_of(appliance_.daemon().pid());
  const auto files = search.in_folder(fs::path{appliance_.database()}.parent_path());
  for (const char* planted : {"planted code in ", "planted number in "}) {
    EXPECT_THAT(memory, Contains(HasSubstr(std::string{planted} + "memory")));
    EXPECT_THAT(files, Contains(HasSubstr(planted + appliance_.database())));
  }
  keep("planted");
  EXPECT_THAT(in_what_was_kept(), Contains(HasSubstr(code + " in ")));
}

TEST_F(CanaryCodes, NothingOfAMessageStaysWhenItIsSent) {
  for (const auto channel : {v1::SMS, v1::EMAIL}) {
    const std::string name = channel == v1::SMS ? "alice" : "bertha";
    const Addressee addressee = enrol(channel, name);
    const std::uint64_t first = start(addressee);
    keep("queued for " + name);
    const std::string code = deliver(addressee);
    EXPECT_EQ(confirm(first, wrong()).verdict().reason(), v1::WRONG_CODE);
    const v1::Reply confirmed = confirm(first, code);
    ASSERT_TRUE(accepted(confirmed)) << confirmed.ShortDebugString();

    const std::string text = watched("EUR " + random_digits() + " to Example Oy");
    const std::string second = start_over_http(addressee, text);
    const std::string code_of_it = deliver_over_http();
    EXPECT_THAT(answer_over_http(second, wrong(), text), HasSubstr("WRONG_CODE"));
    EXPECT_THAT(answer_over_http(second, code_of_it, text), HasSubstr("ACCEPTED"));
    EXPECT_THAT(answer_over_http(second, code_of_it, text), HasSubstr("REPLAYED"));
  }
  EXPECT_THAT(in_what_was_kept(), IsEmpty());
  settle_all();
  expect_nothing_left("after the messages were sent");
}

// A courier that has taken a message and goes away, and the daemon's end, leave nothing either.
TEST_F(CanaryCodes, NothingOfAMessageStaysOfACourierThatGoesAway) {
  const Addressee alice = enrol(v1::SMS, "alice");
  start(alice);
  {
    Connections another{appliance_, "courier"};
    v1::Request request;
    request.mutable_take_messages()->set_max(1);
    v1::Provider& provider = *request.mutable_take_messages()->add_providers();
    provider.set_name("gateway");
    provider.set_channel(v1::SMS);
    provider.set_state(v1::PROVIDER_WORKS);
    const v1::Reply reply = another.ask(request);
    ASSERT_EQ(reply.message_batch().messages_size(), 1) << reply.ShortDebugString();
    watched(reply.message_batch().messages(0).code());
  }
  settle_all();
  expect_nothing_left("after the courier has gone");
}

}  // namespace
}  // namespace countersign::test
