// SPDX-License-Identifier: Apache-2.0
// The courier's link, and a daemon that does well or badly what a test wants.
#include "courier/link/link.hpp"

#include "tests/support/process.hpp"
#include "tests/unit/client_fake_daemon.hpp"

#include <gtest/gtest.h>

#include <set>

namespace countersign::courier {
namespace {

using namespace std::chrono_literals;
using test::wait_until;

// Takes everything, and remembers it.
class TestDesk final : public Desk {
 public:
  [[nodiscard]] Capacity room() const override { return {.sms = space, .email = space_for_mail}; }
  [[nodiscard]] std::vector<ProviderReport> providers() const override {
    return {{.name = "mail",
             .channel = Channel::email,
             .condition = Condition::suspect,
             .health = 40,
             .sent = 2,
             .failed = 3,
             .problem = "smtp.connect 7"}};
  }
  void accept(Message message) override {
    const std::lock_guard lock{mutex_};
    messages_.push_back(std::move(message));
  }
  [[nodiscard]] std::vector<Message> messages() const {
    const std::lock_guard lock{mutex_};
    return messages_;
  }

  std::atomic<std::size_t> space = 100;
  std::atomic<std::size_t> space_for_mail = 100;

 private:
  mutable std::mutex mutex_;
  std::vector<Message> messages_;
};

// One outbox: hands each message out once a lease, until it is reported on.
class Outbox {
 public:
  std::optional<std::string> answer(std::string_view body) {
    const std::lock_guard lock{mutex_};
    v1::Request request;
    EXPECT_TRUE(request.ParseFromArray(body.data(), static_cast<int>(body.size())));
    v1::Reply reply;
    reply.set_request_id(request.request_id());
    if (request.has_take_messages()) {
      taken = request.take_messages();
      hand_out(*reply.mutable_message_batch(), taken.max());
    } else {
      if (hang_ups-- > 0) return std::nullopt;
      if (refusals-- > 0) {
        reply.mutable_error()->set_code(v1::UNAVAILABLE);
      } else {
        for (const auto& report : request.report_messages().reports()) reports.push_back(report);
        reply.mutable_messages_reported();
      }
    }
    return test::frame(reply.SerializeAsString());
  }
  void add(std::uint64_t id, v1::FactorKind channel = v1::EMAIL) {
    const std::lock_guard lock{mutex_};
    v1::OutboundMessage message;
    message.set_message_id(id);
    message.set_channel(channel);
    message.set_destination("alice@example.org");
    message.set_kind("sign_in");
    message.set_code("123456");
    auto& value = *message.add_values();
    value.set_name("lifetime_minutes");
    value.set_value("5");
    message.set_created_at_ms(1'000);
    message.set_expires_at_ms(2'000);
    queued_.push_back(message);
  }
  [[nodiscard]] std::vector<v1::MessageReport> told() {
    const std::lock_guard lock{mutex_};
    return reports;
  }
  [[nodiscard]] v1::TakeMessages last_question() {
    const std::lock_guard lock{mutex_};
    return taken;
  }

  int hang_ups = 0;  // so many reports end the connection
  int refusals = 0;  // so many are refused

 private:
  void hand_out(v1::MessageBatch& batch, std::uint32_t max) {
    while (!queued_.empty() && static_cast<std::uint32_t>(batch.messages_size()) < max) {
      *batch.add_messages() = queued_.front();
      queued_.pop_front();
    }
  }

  std::mutex mutex_;
  std::deque<v1::OutboundMessage> queued_;
  v1::TakeMessages taken;
  std::vector<v1::MessageReport> reports;
};

class CourierLink : public testing::Test {
 protected:
  void start(const std::string& path) {
    link_ = std::make_unique<Link>(path, desk_);
    ASSERT_TRUE(link_->start());
  }
  [[nodiscard]] auto script() {
    return [this](int, std::string_view body) { return outbox_.answer(body); };
  }

  Outbox outbox_;
  TestDesk desk_;
  std::unique_ptr<Link> link_;
};

TEST_F(CourierLink, PassesMessagesOnAndTellsHowTheProvidersAre) {
  outbox_.add(7);
  outbox_.add(8, v1::SMS);
  const test::FakeDaemon daemon{script()};
  start(daemon.path);
  ASSERT_TRUE(wait_until([&] { return desk_.messages().size() == 2; }));
  const Message message = desk_.messages()[0];
  EXPECT_EQ(message.id, MessageId{7});
  EXPECT_EQ(message.channel, Channel::email);
  EXPECT_EQ(message.destination, "alice@example.org");
  EXPECT_EQ(message.kind, "sign_in");
  EXPECT_EQ(message.code, "123456");
  ASSERT_EQ(message.values.size(), 1U);
  EXPECT_EQ(message.values[0].value, "5");
  EXPECT_EQ(to_milliseconds(message.expires_at), 2'000);
  EXPECT_EQ(desk_.messages()[1].channel, Channel::sms);

  const auto question = outbox_.last_question();
  EXPECT_EQ(question.max(), Link::kBatchMax);
  ASSERT_EQ(question.providers_size(), 1);
  EXPECT_EQ(question.providers(0).name(), "mail");
  EXPECT_EQ(question.providers(0).state(), v1::PROVIDER_SUSPECT);
  EXPECT_EQ(question.providers(0).health(), 40U);
  EXPECT_EQ(question.providers(0).problem(), "smtp.connect 7");
}

// A mail server that is dead fills its channel, and SMS go on. No question waits then: it would not
// know of the room that is made.
TEST_F(CourierLink, AsksForWhatThereIsRoomFor) {
  desk_.space = 3;
  desk_.space_for_mail = 0;
  const test::FakeDaemon daemon{script()};
  start(daemon.path);
  ASSERT_TRUE(wait_until([&] { return outbox_.last_question().max() != 0; }));
  EXPECT_EQ(outbox_.last_question().max(), 3U);
  EXPECT_FALSE(outbox_.last_question().sms_full());
  EXPECT_TRUE(outbox_.last_question().email_full());
  EXPECT_EQ(outbox_.last_question().wait_seconds(), 0U);
  desk_.space_for_mail = 1;
  EXPECT_TRUE(wait_until([&] { return outbox_.last_question().wait_seconds() != 0; }));
}

TEST_F(CourierLink, ReportsInTheContractsWords) {
  const test::FakeDaemon daemon{script()};
  start(daemon.path);
  link_->report({.id = MessageId{1}, .ending = Ending::sent, .provider = "mail"});
  link_->report(
      {.id = MessageId{2}, .ending = Ending::deferred, .provider = "", .retry_after = 3s});
  link_->report({.id = MessageId{3}, .ending = Ending::undeliverable, .provider = "mail"});
  link_->report({.id = MessageId{4}, .ending = Ending::too_late, .provider = ""});
  link_->report({.id = MessageId{1}, .ending = Ending::delivered, .provider = "mail"});
  ASSERT_TRUE(wait_until([&] { return outbox_.told().size() == 5; }));
  const auto told = outbox_.told();
  EXPECT_EQ(told[0].outcome(), v1::SENT);
  EXPECT_EQ(told[0].provider(), "mail");
  EXPECT_EQ(told[1].outcome(), v1::DEFERRED);
  EXPECT_EQ(told[1].retry_after_seconds(), 3U);
  EXPECT_EQ(told[2].outcome(), v1::UNDELIVERABLE);
  EXPECT_EQ(told[3].outcome(), v1::TOO_LATE);
  EXPECT_EQ(told[4].outcome(), v1::DELIVERED);
  EXPECT_EQ(told[4].message_id(), 1U);
}

TEST_F(CourierLink, AReportIsKeptUntilTheDaemonHasIt) {
  outbox_.hang_ups = 2;
  outbox_.refusals = 2;
  const test::FakeDaemon daemon{script()};
  start(daemon.path);
  for (std::uint64_t id = 1; id <= 100; ++id) {
    link_->report({.id = MessageId{id}, .ending = Ending::sent, .provider = "mail"});
  }
  ASSERT_TRUE(wait_until([&] { return outbox_.told().size() >= 100; }));
  std::set<std::uint64_t> ids;
  for (const auto& report : outbox_.told()) ids.insert(report.message_id());
  EXPECT_EQ(ids.size(), 100U);
}

TEST_F(CourierLink, WaitsForADaemonThatIsNotThereYet) {
  const test::TemporaryFolder folder;
  std::optional<test::FakeDaemon> daemon;
  {
    const test::FakeDaemon gone{script()};
    start(gone.path);
    ASSERT_TRUE(wait_until([&] { return gone.connections > 0; }));
  }
  link_->report({.id = MessageId{1}, .ending = Ending::sent, .provider = "mail"});
  link_.reset();  // ends in time, though nobody takes its report
  daemon.emplace(script());
  outbox_.add(7);
  start(daemon->path);
  EXPECT_TRUE(wait_until([&] { return desk_.messages().size() == 1; }));
}

TEST_F(CourierLink, TakesNothingWithoutRoom) {
  desk_.space = desk_.space_for_mail = 0;
  outbox_.add(7);
  const test::FakeDaemon daemon{script()};
  start(daemon.path);
  link_->report({.id = MessageId{1}, .ending = Ending::sent, .provider = "mail"});
  ASSERT_TRUE(wait_until([&] { return outbox_.told().size() == 1; }));
  EXPECT_TRUE(desk_.messages().empty());
  desk_.space = 1;  // of SMS; there is none for mail
  link_->report({.id = MessageId{2}, .ending = Ending::sent, .provider = "mail"});
  ASSERT_TRUE(wait_until([&] { return desk_.messages().size() == 1; }));
  EXPECT_EQ(outbox_.last_question().max(), 1U);
}

// Its lease ended before the report arrived: it must not be sent twice for that.
TEST_F(CourierLink, WhatIsHandedOutAgainWhileItsReportWaitsIsNotSentAgain) {
  outbox_.refusals = 1'000'000;
  const test::FakeDaemon daemon{script()};
  start(daemon.path);
  link_->report({.id = MessageId{7}, .ending = Ending::sent, .provider = "mail"});
  outbox_.add(7);
  outbox_.add(8);
  ASSERT_TRUE(wait_until([&] { return !desk_.messages().empty(); }));
  ASSERT_EQ(desk_.messages().size(), 1U);
  EXPECT_EQ(desk_.messages()[0].id, MessageId{8});
}

}  // namespace
}  // namespace countersign::courier
