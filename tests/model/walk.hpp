// SPDX-License-Identifier: Apache-2.0
// One random walk through the lives of three accounts in two realms.
//
// Half of its steps are what a sensible person would do next, so that walks get far; the others
// are any operation by any session, with arguments that are mostly somebody's: others' factors,
// used codes, spent links, old passwords, sessions that have ended. The model says of each step
// beforehand whether it has to succeed, may, or must not.
#pragma once

#include "tests/model/account_model.hpp"
#include "tests/model/walk_stage.hpp"

#include <map>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::model {

// Whose session a step is asked with; `who` is null where the text is no session's.
struct Bearer {
  std::string text;
  Visitor* who = nullptr;
};

class Walk {
 public:
  explicit Walk(std::uint64_t seed);

  // What contradicts the model; empty when nothing does.
  const std::string& go(int steps);
  // What it did, for whoever has to find out.
  [[nodiscard]] const std::vector<std::string>& story() const { return story_; }
  // How often each operation succeeded, and how often it was rightly refused.
  using Counts = std::map<std::string, std::uint64_t, std::less<>>;
  [[nodiscard]] const Counts& successes() const { return successes_; }
  [[nodiscard]] const Counts& refusals() const { return refusals_; }
  // Of all that there is to do.
  static const std::vector<std::string>& names();
  [[nodiscard]] static bool can_be_refused(std::string_view name);

 private:
  struct Operation {
    void (Walk::*step)();
    unsigned weight;
  };
  static const std::vector<Operation>& operations();

  // walk.cpp: chance, and what the steps have in common.
  std::uint64_t any(std::uint64_t below) { return random_() % below; }
  bool chance(unsigned percent) { return any(100) < percent; }
  // Whether the step takes what fits; always so when it is what a sensible person does next.
  bool is_apt(unsigned percent = 75) { return lead_ || chance(percent); }
  template <class Range>
  auto& one_of(Range& range) {
    return range[any(range.size())];
  }
  void step();
  void random_step();
  void let_time_pass(Time::duration by);
  void pass_time();

  // walk_arguments.cpp: by whom and about what.
  Bearer bearer();
  Account& whom();  // somebody who is named
  [[nodiscard]] std::size_t index_of(const Account& account) const;
  FactorId any_factor(Account& account);
  // So often one of that state, where there is one; else any.
  FactorId factor_in(Account& account, FactorState state, unsigned percent);
  Held* find(FactorId id);
  Link* any_link(std::optional<TicketPurpose> purpose);
  Code* any_code(const Account* account, bool for_strangers = false);
  std::string password_for(const Account& account);
  std::string passcode_for(Account& account);
  std::string place_of(const Account& account, FactorKind kind);
  bool is_crowded(std::size_t account) const;

  // walk.cpp: asking, judging, and what follows.
  Result<Answer> ask(Ask ask, Role role = Role::enroll, const Bearer& bearer = {});
  Result<Answer> ask_of_portal(Ask ask) { return this->ask(std::move(ask), Role::provision); }
  // Whether it was done, as the model says or not; and the one where the model is told otherwise.
  bool judge(std::string_view name, const Ruling& ruling, const Result<Answer>& answer, bool did,
             Visitor* who = nullptr, std::string_view about = {});
  void fail(std::string_view what);
  [[nodiscard]] Ruling peer_may(const Account& account) const;
  Ruling enters(const Bearer& bearer, Scopes scopes) const;
  Ruling changes(const Bearer& bearer, Scopes scopes) const;
  Visitor& begin(std::size_t account, SessionScope scope, const SecretBytes& text);
  void go_on(Visitor& who, const SecretBytes& text);
  void read_letters();
  void check_invariants();
  void expect_own(const Account& account, const SubjectName& name);
  void expect_own(const Account& account, const Factor& factor);

  // walk_sensible.cpp: what a sensible person does next.
  void sensible_step();
  void set_up(std::size_t account);
  void get_in(std::size_t account);
  void look_after(Visitor& who);
  [[nodiscard]] bool has_open(std::size_t account, TicketPurpose purpose) const;
  Visitor* visitor_of(std::size_t account, SessionScope scope);
  void lead(Visitor& who, void (Walk::*does)());

  // walk_portal.cpp: the portal, the account service, the security team.
  void create_subject();
  void send_activation();
  void suspend_subject();
  void resume_subject();
  void unlock_subject();
  void erase_subject();
  void export_subject();
  void suspend_factor();
  void resume_factor();
  void issue_temporary_code();
  void verify();
  void redeem_hand_over();
  void change_factor(bool suspends);

  // walk_links.cpp: what begins without a session.
  void request_link();
  void inspect_ticket();
  void open_ticket();
  void opened(Link& link, const SessionVerdict& outcome, bool with_password);
  void recover_by_code();
  void answer_as_stranger();

  // walk_sign_in.cpp: passwords, proofs, and what a session leads to.
  void sign_in();
  Ruling device_rules(Account& account, Held*& device, std::string& text);
  void device_shown(const Visitor& who, Held& device, SignInReport& report);
  void prove_factor();
  void reauthenticate();
  void answer_question();
  void end_session();
  void issue_hand_over();

  // walk_knowledge.cpp: what people know and keep.
  void set_password();
  void password_set(Visitor& who, const PasswordReport& report, const std::string& fresh);
  void set_question();
  void make_recovery_codes();
  void remember_device();
  void change_profile();

  // walk_factors.cpp: what people have, and where they are reached.
  void enrol_oath();
  void confirm_factor();
  void enrol_out_of_band();
  void start_challenge();
  void answer_challenge();
  void challenge_answered(Visitor& who, Code& code, const SessionVerdict& outcome);
  void factor_is_active(Visitor& who, Held& held, const SecretBytes& session);
  void claim_token();
  void rename_factor();
  void revoke_factor();

  // walk_views.cpp: what only looks.
  void get_session();
  void list_sessions();
  void list_factors();
  void get_profile();
  void list_activity();
  void get_question();
  void show_pending_secret();
  void describe_realm();
  void health();

  std::mt19937_64 random_;
  Stage stage_;
  Model model_;
  Visitor* lead_session_ = nullptr;
  Account* lead_account_ = nullptr;
  bool lead_ = false;
  uid_t companion_ = Stage::kEverywhere;
  FactorId changed_{};              // by this step: what a notice's link is about
  Account* about_ = nullptr;        // whom letters of this step are for
  std::optional<Code> asked_;       // its letter is on its way
  std::vector<std::string> dead_;   // texts that were sessions
  std::vector<std::string> typed_;  // codes that were typed
  std::vector<std::string> old_passwords_;
  std::map<std::string, std::uint64_t> taps_;  // of stock YubiKeys, by public id
  std::string failure_;
  std::vector<std::string> story_;
  Counts successes_;
  Counts refusals_;
};

[[nodiscard]] ErrorCode code_of(By by);

// What an answer holds; null when it is another one.
template <class Type>
Type* held_in(Result<Answer>& answer) {
  return answer ? std::get_if<Type>(&*answer) : nullptr;
}

}  // namespace countersign::model
