// SPDX-License-Identifier: Apache-2.0
// A store with an outbox, with one-line verbs for what tests do to it.
#pragma once

#include "tests/contract/sqlite_backend.hpp"
#include "tests/contract/store_world.hpp"
#include "tests/support/matchers.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace countersign::test {

class MessageWorld : public testing::TestWithParam<MakeBackend> {
 protected:
  [[nodiscard]] static SourcePrint print(int number) {
    SourcePrint print{};
    print[0] = static_cast<std::byte>(number);
    return print;
  }
  [[nodiscard]] Message message(std::int64_t id, SubjectId subject = SubjectId{1},
                                FactorId factor = FactorId{1}) const {
    Message message{.id = MessageId{id},
                    .channel = FactorKind::sms,
                    .kind = MessageKind::sign_in,
                    .subject = subject,
                    .factor = factor,
                    .peer_uid = 1000,
                    .prefix = "+358",
                    .created_at = world_.clock.time,
                    .expires_at = world_.clock.time + std::chrono::minutes{5},
                    .sealed = Bytes(200, std::byte{5})};
    message.destination.fill(std::byte{0xd0});
    message.source.fill(std::byte{0x50});
    return message;
  }
  [[nodiscard]] Message nobodys(std::int64_t id) const {
    Message message = this->message(id, SubjectId{-7}, FactorId{});
    message.state = MessageState::nobodys;
    message.sealed.clear();
    return message;
  }

  Status queue(Message message) {
    return world_.run(world_.store->queue(std::move(message), world_.entry(Event::message_queued)));
  }
  Status settle(Message from, MessageState to) {
    return world_.run(world_.store->settle(std::move(from), to, world_.entry(Event::message_sent)));
  }
  std::optional<Message> load(std::int64_t id) {
    return *world_.run(world_.store->message(MessageId{id}));
  }
  std::vector<Message> list(std::int64_t after = 0) {
    return *world_.run(world_.store->messages(MessageId{after}));
  }
  std::vector<std::int64_t> listed(std::int64_t after = 0) {
    std::vector<std::int64_t> ids;
    for (const Message& one : list(after)) ids.push_back(number(one.id));
    return ids;
  }

  // Has Alice accepted from there.
  Status accept_from(const SourcePrint& place) {
    const SubjectPtr alice = world_.load("alice");
    Attempt attempt = world_.accepted(*alice, number(alice->factors[0].motion.position) + 1);
    attempt.aftermath = std::make_unique<Aftermath>();
    attempt.aftermath->familiar = place;
    return world_.commit(alice, attempt);
  }
  // As the subject says that is loaded, or in the cache; and the same when it is asked for alone.
  bool is_familiar(SubjectId subject, const SourcePrint& place) {
    const SubjectPtr whole = *world_.run(world_.store->subject(subject));
    const auto alone = *world_.run(world_.store->sources(subject));
    const bool familiar = countersign::is_familiar(whole->sources, place, world_.clock.time);
    EXPECT_EQ(countersign::is_familiar(alone, place, world_.clock.time), familiar);
    return familiar;
  }

  std::unique_ptr<StoreBackend> backend_ = GetParam()();
  StoreWorld world_{*backend_};
};

}  // namespace countersign::test
