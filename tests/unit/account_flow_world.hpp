// SPDX-License-Identifier: Apache-2.0
// An account of its own in the World, and what was sent to its owner.
#pragma once

#include "daemon/service/account/account_service.hpp"
#include "daemon/service/ticket/link_service.hpp"
#include "tests/support/matchers.hpp"
#include "tests/support/world.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>

namespace countersign {

template <class T>
void PrintTo(const Result<T>& result, std::ostream* out) {
  *out << (result ? std::string_view{"a value"} : result.error().operation.view());
}

}  // namespace countersign

namespace countersign::test {

inline constexpr Peer kProvider{.uid = 1000, .gid = 1000, .role = Role::provision};
inline constexpr Peer kCompanion{.uid = 1000, .gid = 1000, .role = Role::enroll};
inline constexpr std::string_view kLinkStart = "https://accounts.example.com/t/";

inline SubjectName named(std::string_view username) {
  return {*Realm::from(""), *Username::from(username)};
}

// run() for what has no default value.
template <class T>
awaitable<bool> give(awaitable<Result<T>> task, std::optional<Result<T>>& to) {
  to.emplace(co_await std::move(task));
  co_return true;
}
template <class T>
Result<T> run_for(awaitable<Result<T>> task) {
  std::optional<Result<T>> result;
  run(give(std::move(task), result));
  return *std::move(result);
}

// Bob's account, which awaits its activation; the companion has a place, and a courier is there.
class AccountFlow : public testing::Test {
 protected:
  AccountFlow() {
    world.welcome_courier();
    for (policies::PeerRule& peer : world.rules.peers) peer.roles.fill(true);
    world.rules.account.url = "https://accounts.example.com";
  }

  static CreateSubject wish(std::string_view username = "bob") {
    return {.name = named(username),
            .profile = {.first_name = "Bob", .last_name = "Builder", .language = "fi"},
            .primary_email = Destination{FactorKind::email, "bob@example.com"},
            .send_activation = true};
  }
  Result<SubjectReport> create(const CreateSubject& ask = wish()) {
    return run_for(accounts.create(kProvider, ask));
  }
  Result<LinkRequested> request(TicketPurpose purpose, std::string_view username = "bob") {
    const RequestLink ask{.subject = named(username),
                          .purpose = purpose,
                          .client_address = asked_from,
                          .language = "en"};
    return run(links.request(kCompanion, ask));
  }
  SubjectPtr subject(std::string_view username = "bob") {
    const auto id = run(world.identify(named(username)));
    return *run(world.subject(*id));
  }
  // What a message that the courier gets says of this.
  static std::string value_of(const OutboundMessage& message, std::string_view name) {
    for (const MessageValue& value : message.values) {
      if (value.name == name) return value.value;
    }
    return {};
  }
  // What was sent since the last time.
  std::vector<OutboundMessage> letters() {
    std::vector<OutboundMessage> all = world.take();
    for (const OutboundMessage& letter : all) {
      EXPECT_TRUE(world.report(letter.id, MessageOutcome::sent));
    }
    return all;
  }
  // The text of the ticket in the last letter that has one; empty when there is none.
  std::string ticket_sent() {
    std::string link;
    for (const OutboundMessage& letter : letters()) {
      if (!value_of(letter, "link").empty()) link = value_of(letter, "link");
    }
    if (!link.starts_with(kLinkStart)) return {};
    return link.substr(kLinkStart.size());
  }
  Result<std::optional<Ticket>> find(std::string_view text) {
    const SecretBytes secret{as_bytes(text)};
    return run(tickets.find(secret));
  }
  [[nodiscard]] std::size_t count(Event event) const {
    return static_cast<std::size_t>(std::ranges::count(world.entries, event, &JournalEntry::event));
  }

  World world;
  std::string asked_from = "192.0.2.7";  // where links are asked for; may be empty
  AccountService accounts{world.parts()};
  LinkService links{world.parts()};
  Tickets tickets{world.parts()};
};

}  // namespace countersign::test
