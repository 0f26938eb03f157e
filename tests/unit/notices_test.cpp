// SPDX-License-Identifier: Apache-2.0
// What the owner of an account is told of it, and by what link they say that it was not they.
#include "daemon/service/message/notices.hpp"

#include "daemon/service/attempt/recovery_notice.hpp"
#include "daemon/service/message/destinations.hpp"
#include "daemon/service/message/written_time.hpp"
#include "tests/unit/code_support.hpp"

#include <gmock/gmock.h>

namespace countersign {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;
using testing::UnorderedElementsAre;

constexpr auto kAllKinds = {MessageKind::factor_added,       MessageKind::factor_removed,
                            MessageKind::password_changed,   MessageKind::question_changed,
                            MessageKind::address_changed,    MessageKind::recovery_codes_made,
                            MessageKind::recovery_code_used, MessageKind::device_remembered,
                            MessageKind::device_stolen,      MessageKind::unlocked,
                            MessageKind::suspended,          MessageKind::factor_changed};

class NoticesOf : public testing::Test {
 protected:
  NoticesOf() {
    world.welcome_courier();
    world.rules.account.url = "https://accounts.example.com";
  }

  FactorRecord& reached_at(int id, FactorKind kind, std::string_view text,
                           FactorState state = FactorState::active) {
    FactorRecord& record = world.add(FactorId{id}, kind, state);
    const Destination destination{channel_of(kind), std::string{text}};
    record.fixed.sealed = *test::run(seal_destination(world, destination));
    return record;
  }
  Told write(MessageKind kind, const Factor& about) {
    const SubjectRecord subject = world.alice();
    auto told = test::run(notices.write(kind, subject, about, change));
    EXPECT_TRUE(told);
    return told ? *std::move(told) : Told{};
  }
  // Whom the courier tells what.
  std::vector<OutboundMessage> taken(Told told) {
    Aftermath also;
    std::move(told).leave_in(also);
    const auto subject = std::make_shared<const SubjectRecord>(world.alice());
    EXPECT_TRUE(test::run(world.apply(subject, also, change)));
    notices.queued(also.notices);
    return world.take();
  }
  std::vector<std::string> told_at(MessageKind kind, const Factor& about) {
    std::vector<std::string> all;
    for (const auto& message : taken(write(kind, about))) {
      EXPECT_EQ(message.kind, kind);
      all.push_back(message.destination.text);
    }
    return all;
  }
  static std::string value_of(const OutboundMessage& message, std::string_view name) {
    for (const MessageValue& value : message.values) {
      if (value.name == name) return value.value;
    }
    return {};
  }
  const Factor& totp() { return world.factor(World::kTotp).fixed; }

  World world;
  Notices notices{world.parts()};
  Tickets tickets{world.parts()};
  JournalEntry change{.at = test::kNoon, .event = Event::password_set, .subject = World::kAlice};
};

TEST_F(NoticesOf, AnUnlockingTakeNoAddressFromItsOwner) {
  const Factor& primary = reached_at(41, FactorKind::primary_email, "alice@example.com").fixed;
  for (const MessageKind kind : kAllKinds) {
    if (kind == MessageKind::suspended) continue;
    const Told told = write(kind, primary);
    ASSERT_TRUE(told.repudiation);
    const bool keeps = kind == MessageKind::unlocked;
    EXPECT_EQ(told.repudiation->factor, keeps ? FactorId{} : FactorId{41});
  }
}

TEST_F(NoticesOf, EveryChangeGoToEachAddressOnce) {
  reached_at(41, FactorKind::primary_email, "alice@example.com");
  reached_at(42, FactorKind::secondary_email, "a@example.org");
  reached_at(43, FactorKind::email, "alice@example.com");
  reached_at(44, FactorKind::email, "third@example.com");
  reached_at(45, FactorKind::reset_phone, "+358401234567");
  reached_at(46, FactorKind::mobile, "+358401234568");
  for (const MessageKind kind : kAllKinds) {
    EXPECT_THAT(told_at(kind, totp()),
                UnorderedElementsAre("alice@example.com", "a@example.org", "third@example.com"));
  }
}

TEST_F(NoticesOf, AnAccountWithoutAnAddressGoToItsPhones) {
  reached_at(41, FactorKind::sms, "+358401234567");
  reached_at(42, FactorKind::reset_phone, "+358401234567");
  reached_at(43, FactorKind::reset_phone, "+358401234568");
  reached_at(44, FactorKind::mobile, "+358401234569");
  EXPECT_THAT(told_at(MessageKind::password_changed, totp()),
              UnorderedElementsAre("+358401234567", "+358401234568"));
}

TEST_F(NoticesOf, ChangesGoToWhatWasSuspendedButToNothingPendingOrRevoked) {
  reached_at(41, FactorKind::primary_email, "alice@example.com");
  reached_at(42, FactorKind::secondary_email, "s@example.com", FactorState::suspended);
  reached_at(43, FactorKind::reset_phone, "+358401234567", FactorState::suspended);
  reached_at(44, FactorKind::email, "p@example.com", FactorState::pending);
  reached_at(45, FactorKind::email, "r@example.com", FactorState::revoked);
  EXPECT_THAT(told_at(MessageKind::password_changed, totp()),
              UnorderedElementsAre("alice@example.com", "s@example.com", "+358401234567"));
}

TEST_F(NoticesOf, ANumberThatThePolicyAllowsNoSmsToAreLeftOut) {
  reached_at(41, FactorKind::sms, "+15005550006");
  EXPECT_THAT(told_at(MessageKind::password_changed, totp()), IsEmpty());
  EXPECT_THAT(world.tickets, IsEmpty());  // nobody has its text
}

TEST_F(NoticesOf, AnAddressThatChangesGoToTheOldAndTheNew) {
  reached_at(41, FactorKind::primary_email, "alice@example.com");
  reached_at(42, FactorKind::mobile, "+358401234567");
  const Factor fresh =
      reached_at(43, FactorKind::mobile, "+358401234568", FactorState::pending).fixed;
  EXPECT_THAT(told_at(MessageKind::address_changed, fresh),
              UnorderedElementsAre("alice@example.com", "+358401234567", "+358401234568"));
}

TEST_F(NoticesOf, AChangeCarryALinkThatIsBoundToIt) {
  reached_at(41, FactorKind::primary_email, "alice@example.com");
  reached_at(42, FactorKind::secondary_email, "a@example.org");
  const auto messages = taken(write(MessageKind::factor_added, totp()));
  ASSERT_EQ(messages.size(), 2U);
  const std::string link = value_of(messages[0], "not_me_link");
  const std::string page = "https://accounts.example.com/t/";
  ASSERT_THAT(link, StartsWith(page));
  EXPECT_EQ(value_of(messages[1], "not_me_link"), link);  // one for all who are told
  EXPECT_EQ(value_of(messages[0], "expires"), written(test::kNoon + 7 * 24h));
  const SecretBytes text{as_bytes(std::string_view{link}.substr(page.size()))};
  const auto found = test::run(tickets.find(text));
  ASSERT_TRUE(found && *found);
  const Ticket& ticket = **found;
  EXPECT_EQ(ticket.purpose, TicketPurpose::repudiation);
  EXPECT_EQ(ticket.state, TicketState::open);
  EXPECT_EQ(ticket.subject, World::kAlice);
  EXPECT_EQ(ticket.factor, World::kTotp);
  EXPECT_THAT(ticket.details, ElementsAre(static_cast<std::byte>(MessageKind::factor_added)));
  EXPECT_EQ(ticket.expires_at, test::kNoon + 7 * 24h);
  EXPECT_EQ(world.tickets.size(), 1U);
}

TEST_F(NoticesOf, AChangeCarryNoLinkWhereNobodyKnowsWhereTo) {
  world.rules.account.url.clear();
  reached_at(41, FactorKind::primary_email, "alice@example.com");
  const Told told = write(MessageKind::password_changed, totp());
  EXPECT_EQ(told.notices.size(), 1U);
  EXPECT_FALSE(told.repudiation);
}

// It is the answer to such a link.
TEST_F(NoticesOf, ASuspensionCarryNoLink) {
  reached_at(41, FactorKind::primary_email, "alice@example.com");
  const auto messages = taken(write(MessageKind::suspended, totp()));
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(value_of(messages[0], "not_me_link"), "");
  EXPECT_THAT(world.tickets, IsEmpty());
}

TEST_F(NoticesOf, ARealmLeadToItsOwnPages) {
  auto own = std::make_shared<policies::Policy>(world.rules);
  own->account.url = "https://lender.example";
  world.rules.realms["default"] = own;
  reached_at(41, FactorKind::primary_email, "alice@example.com");
  const auto messages = taken(write(MessageKind::password_changed, totp()));
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_THAT(value_of(messages[0], "not_me_link"), StartsWith("https://lender.example/t/"));
}

TEST_F(NoticesOf, TheLongestNamesAndAddressesFit) {
  const std::string name(64, 'a');
  const std::string label = std::string(185, 'b') + ".example";
  reached_at(41, FactorKind::primary_email, name + "@" + label.substr(0, 189));
  world.rules.account.url = "https://" + std::string(192, 'c');
  Factor about = totp();
  for (int i = 0; i < 64; ++i) about.label += "\U0001f511";
  EXPECT_EQ(taken(write(MessageKind::factor_added, about)).size(), 1U);
}

TEST_F(NoticesOf, NothingAreWrittenWhenAnyStepFails) {
  reached_at(41, FactorKind::primary_email, "alice@example.com");
  reached_at(42, FactorKind::secondary_email, "a@example.org");
  const SubjectRecord subject = world.alice();
  const Factor about = totp();
  int steps = 0;
  for (bool done = false; !done; ++steps) {
    world.calls = 0;
    world.fail_call = steps + 1;
    const auto told = test::run(notices.write(MessageKind::factor_added, subject, about, change));
    done = told.has_value();
    EXPECT_TRUE(done || told.error().code == ErrorCode::unavailable);
  }
  EXPECT_GT(steps, 6);
  EXPECT_THAT(world.outbox, IsEmpty());
  EXPECT_THAT(world.tickets, IsEmpty());
}

class RecoveryNotices : public NoticesOf {
 protected:
  std::size_t told_after(Verdict verdict) {
    const SubjectRecord subject = world.alice();
    Attempt attempt;
    attempt.subject = World::kAlice;
    attempt.verdict = verdict;
    attempt.entry = change;
    EXPECT_TRUE(test::run(notice.add(subject, attempt)));
    if (!attempt.aftermath) return 0;
    EXPECT_EQ(attempt.aftermath->account.issued.size(), 1U);
    return attempt.aftermath->notices.size();
  }
  RecoveryNotice notice{notices};
};

TEST_F(RecoveryNotices, TellOfACodeThatWasUsedAndOfNothingElse) {
  reached_at(41, FactorKind::primary_email, "alice@example.com");
  const FactorId codes = world.add(FactorId{51}, FactorKind::recovery_codes).fixed.id;
  const Verdict used{.accepted = true, .factor = codes, .kind = FactorKind::recovery_codes};
  EXPECT_EQ(told_after(used), 1U);
  Verdict again = used;
  again.repeated = true;
  EXPECT_EQ(told_after(again), 0U);
  EXPECT_EQ(told_after({.accepted = true, .factor = World::kTotp, .kind = FactorKind::totp}), 0U);
  EXPECT_EQ(told_after({.accepted = false, .reason = Reason::wrong_code}), 0U);
}

}  // namespace
}  // namespace countersign
