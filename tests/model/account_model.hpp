// SPDX-License-Identifier: Apache-2.0
// What accounts, sessions, links and codes may do, told a second time.
//
// Small, and written from the flows and the contract (docs/life-of-an-account.md, the brackets in
// api/countersign.proto, policies/default.toml), not from the daemon's tables: a walk asks it
// before each step whether the step has to succeed, may, or must not. It knows no rows, no hashes
// and no order of looking things up; it knows what people have done.
#pragma once

#include "base/error.hpp"
#include "daemon/model/account.hpp"
#include "daemon/model/challenge.hpp"
#include "daemon/model/message.hpp"
#include "daemon/model/subject.hpp"

#include <cstdint>
#include <deque>
#include <initializer_list>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::model {

using Kinds = std::initializer_list<FactorKind>;
using Scopes = std::initializer_list<SessionScope>;

// `maybe` is for what depends on more than people see: drifting clocks, times kept to the minute.
enum class Say : std::uint8_t { no, maybe, yes };

// How a step is refused: with an error of this code, or by an answer that says no.
enum class By : std::uint8_t {
  anything,
  answer,
  denied,
  proof,
  not_found,
  conflict,
  exists,
  malformed
};

struct Ruling {
  Say say = Say::yes;
  By by = By::anything;
  const char* why = "";
};
constexpr Ruling kYes{};
constexpr Ruling no(By by, const char* why) { return {Say::no, by, why}; }
constexpr Ruling maybe(const char* why) { return {Say::maybe, By::anything, why}; }
constexpr Ruling no_unless(bool holds, By by, const char* why) {
  return holds ? kYes : no(by, why);
}
// Both have to hold; of two that do not, the first one is told.
constexpr Ruling operator&(const Ruling& first, const Ruling& second) {
  if (first.say == Say::no || second.say == Say::yes) return first;
  return second;
}

struct Held {  // a factor, a contact, or what somebody knows
  FactorId id{};
  FactorKind kind{};
  FactorState state = FactorState::active;
  std::string secret;           // password, answer, destination, TOTP secret, a device's text
  std::int64_t position = -1;   // TOTP: the last step that was used
  bool has_drifted = false;     // TOTP: its codes came from too far away to tell
  std::set<std::string> codes;  // that are good once: recovery codes, a temporary one
  Time until{};                 // of a temporary code, a device
  std::uint16_t question = 0;   // which stock question
  bool is_kept = false;         // pending TOTP: a page may show its secret again
  Time made{};
};

enum class Life : std::uint8_t { absent, pending, active, suspended };

struct Account {
  SubjectName name;
  bool is_staff = false;  // their realm offers questions and remembered devices
  Life life = Life::absent;
  SubjectId subject{};
  std::deque<Held> held;
  std::map<TicketPurpose, Time> link_asked;
  std::uint64_t profile_version = 0;

  [[nodiscard]] const Held* active(FactorKind kind) const;
  Held* active(FactorKind kind);
  Held* find(FactorId id);
  // Active or suspended: one that is out of use still stands in the way.
  [[nodiscard]] bool is_set(FactorKind kind) const;
  // Something that its owner could be asked for beside the password.
  [[nodiscard]] bool can_prove_factor(Time now) const;
  [[nodiscard]] int sole() const;  // active ones that may be the only one
  [[nodiscard]] bool is_complete() const { return active(FactorKind::password) && sole() > 0; }
};

struct Visitor {  // a session
  std::string text;
  SessionId id{};
  std::size_t account = 0;
  SessionScope scope{};
  bool ended = false;
  Time seen{};
  Time expires{};
  Time password_at{};
  Time factor_at{};
  Time question_at{};
};

struct Link {  // a ticket
  std::string text;
  std::size_t account = 0;
  TicketPurpose purpose{};
  Time expires{};
  bool is_open = true;
  bool is_unsure = false;
  SessionId session{};  // hand-over
  MessageKind about{};  // repudiation
  FactorId factor{};    // repudiation
};

struct Code {  // a challenge
  ChallengeId id{};
  std::size_t account = 0;
  FactorId factor{};
  FactorKind channel{};
  Purpose purpose{};
  std::string digits;
  Time expires{};
  int tries = 0;
  bool is_over = false;
  bool is_unsure = false;
  Time made{};
};

class Model {
 public:
  Time now{};
  std::vector<Account> accounts;
  std::deque<Visitor> visitors;
  std::deque<Link> links;
  std::deque<Code> codes;

  // What a session may come in for. `who` is null where no session has that text.
  [[nodiscard]] Ruling enters(const Visitor* who, Scopes scopes) const;
  // The same for a change, before which who asks has to prove again who they are.
  [[nodiscard]] Ruling changes(const Visitor* who, Scopes scopes) const;
  [[nodiscard]] Ruling proven_lately(const Visitor& who) const;
  // Addresses in full: whoever sets an account up has a password to prove, and nothing else.
  [[nodiscard]] Ruling shows_in_full(const Visitor& who) const;
  // Factors come after the password.
  [[nodiscard]] Ruling has_password_first(const Visitor* who) const;
  [[nodiscard]] Say is_alive(const Visitor& who) const;

  [[nodiscard]] Ruling opens(const Link* link, std::string_view password) const;
  [[nodiscard]] bool needs_password(const Link& link) const;
  [[nodiscard]] Ruling redeems(const Link* link) const;
  [[nodiscard]] Ruling signs_in(const Account& account, std::string_view password) const;
  [[nodiscard]] Ruling sets_password(const Visitor& who, std::string_view current) const;
  [[nodiscard]] Ruling answers(const Code* code, const Account* whose, Purpose purpose,
                               std::string_view digits) const;
  [[nodiscard]] Ruling starts(const Account& account, FactorKind channel, Purpose purpose,
                              const Held* named) const;
  [[nodiscard]] Ruling removes(const Account& account, const Held& held) const;
  // By which of their factors somebody proves themselves when they type this; null: by none.
  [[nodiscard]] Held* proven_by(Account& account, std::string_view typed, Ruling& ruling) const;
  // Whether this is a code of that TOTP secret's, and of which step.
  [[nodiscard]] Ruling is_code_of(const Held& held, std::string_view typed,
                                  std::int64_t& step) const;
  void use_up(Held& held, std::string_view typed, std::int64_t step);

  // What follows.
  void end_all(std::size_t account, const Visitor* but = nullptr);
  void close_links(std::size_t account, TicketPurpose purpose);
  void close_all_but_repudiations(std::size_t account);
  void end_resets(std::size_t account);
  void hand_over(const Visitor& from, Link link);
  void activate(std::size_t account);
  void suspend_what_was_changed(const Link& link);
  void replace_contact(std::size_t account, Held& confirmed);
  void erase(std::size_t account);

  Account& account_of(const Visitor& who) { return accounts[who.account]; }
  [[nodiscard]] const Account& account_of(const Visitor& who) const {
    return accounts[who.account];
  }
};

[[nodiscard]] bool may_be_sole(FactorKind kind);
[[nodiscard]] bool is_reached_by(FactorKind kind);  // a destination

}  // namespace countersign::model
