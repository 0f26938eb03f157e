// SPDX-License-Identifier: Apache-2.0
// Bob, whose account is active, and what he does with it.
#pragma once

#include "tests/unit/account_visit.hpp"

namespace countersign::test {

// Bob has an account that is active, and is signed in.
class ActiveAccount : public AccountVisit {
 protected:
  ActiveAccount() {
    EXPECT_TRUE(create());
    const std::string link = ticket_sent();
    set_first_password(link);
    add_factor_of_bob(FactorKind::totp);
    Aftermath also;
    EXPECT_TRUE(complete(FactorKind::totp, also));
    JournalEntry entry{.at = world.clock.time, .event = Event::activated};
    EXPECT_TRUE(run(world.apply(subject(), also, entry)));
    letters();
  }
  // A session of his that can do so much.
  Visit begin(SessionScope scope, std::string_view username = "bob") {
    Session draft{.scope = scope};
    auto fresh = run(sessions.fresh(draft, *subject(username), world.clock.time));
    EXPECT_TRUE(fresh);
    Aftermath also;
    also.account.begun.push_back(fresh->row);
    JournalEntry entry{.at = world.clock.time, .event = Event::sign_in};
    EXPECT_TRUE(run(world.apply(subject(username), also, entry)));
    return *visit_by(fresh->text);
  }
  // A place of his or a way to send him codes, confirmed by a code.
  FactorId confirmed(FactorKind kind, std::optional<std::string_view> text = std::nullopt,
                     std::string_view username = "bob") {
    const auto pending = enrol(kind, text, username);
    EXPECT_TRUE(pending);
    if (!pending) return {};
    StartChallenge wish = World::code_wish(username);
    wish.kind = channel_of(kind);
    wish.purpose = Purpose::confirmation;
    wish.factor = *pending;
    const auto challenge = world.start(wish, kCompanion);
    EXPECT_TRUE(challenge);
    AnswerChallenge ask = World::code_answer(challenge->id, world.last_code);
    ask.subject = named(username);
    ask.purpose = Purpose::confirmation;
    EXPECT_THAT(world.answer(std::move(ask), kCompanion), Accepts());
    return *pending;
  }
  Result<FactorId> enrol(FactorKind kind, std::optional<std::string_view> text,
                         std::string_view username) {
    EnrolOutOfBand ask{.name = named(username), .kind = kind, .label = *Label::from("")};
    if (text) ask.destination = Destination{channel_of(kind), std::string{*text}};
    const auto answer = run(world.factors.enrol(kCompanion, std::move(ask)));
    if (!answer) return answer.error();
    return std::get<Enrolment>(*answer).factor.factor.id;
  }
  FactorState state(FactorId id) { return subject()->find(id)->fixed.state; }
  FactorState state(FactorKind kind) {
    const SubjectPtr bob = subject();
    for (const FactorRecord& record : bob->factors) {
      if (record.fixed.kind == kind) return record.fixed.state;
    }
    return FactorState::revoked;
  }
  // The text of the link in the last letter by which its reader says that it was not them.
  std::string not_me_sent() {
    std::string link;
    for (const OutboundMessage& letter : letters()) {
      if (!value_of(letter, "not_me_link").empty()) link = value_of(letter, "not_me_link");
    }
    if (!link.starts_with(kLinkStart)) return {};
    return link.substr(kLinkStart.size());
  }
};

}  // namespace countersign::test
