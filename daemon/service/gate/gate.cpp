// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/gate/gate.hpp"

#include "daemon/service/gate/standing.hpp"
#include "daemon/verify/purposes.hpp"
#include "policies/authorise.hpp"

namespace countersign {
namespace {

// Puts the session's subject into the question. A factor that is named has to be that subject's.
class OnBehalfOf {
 public:
  explicit OnBehalfOf(const SubjectRecord& subject) : subject_{subject} {}

  Status operator()(ListFactors& ask) const { return own(ask.name); }
  Status operator()(EnrolOath& ask) const { return own(ask.name); }
  Status operator()(EnrolOutOfBand& ask) const { return own(ask.name); }
  Status operator()(ClaimToken& ask) const { return own(ask.name); }
  Status operator()(GetProfile& ask) const { return own(ask.name); }
  Status operator()(ChangeProfile& ask) const { return own(ask.name); }
  Status operator()(ListActivity& ask) const { return own(ask.name); }
  Status operator()(StartChallenge& ask) const {
    CS_CHECK(own(ask.subject));
    return ask.factor ? has(*ask.factor) : Status{};
  }
  // One that was started for somebody else is answered as if it were not there.
  Status operator()(AnswerChallenge& ask) const { return own(ask.subject); }
  Status operator()(ConfirmFactor& ask) const { return has(ask.factor); }
  Status operator()(RenameFactor& ask) const { return has(ask.factor); }
  Status operator()(RevokeFactor& ask) const { return has(ask.factor); }
  Status operator()(ShowPendingSecret& ask) const { return has(ask.factor); }
  Status operator()(ProveFactor& ask) const { return ask.factor ? has(*ask.factor) : Status{}; }
  // Nobody is named.
  template <class Ask>
  Status operator()(Ask&) const {
    return {};
  }

 private:
  Status own(SubjectName& named) const {
    if (!named.is_own() && named != subject_.fixed.name) {
      return Error{ErrorCode::denied, "session.subject"};
    }
    named = subject_.fixed.name;
    return {};
  }
  Status own(std::optional<SubjectName>& named) const {
    if (!named) named = SubjectName::own();
    return own(*named);
  }
  [[nodiscard]] Status has(FactorId factor) const {
    if (subject_.find(factor) == nullptr) return Error{ErrorCode::not_found, "factor.id"};
    return {};
  }

  const SubjectRecord& subject_;
};

// Without a session nobody may choose among somebody's factors, nor ask about nobody.
Status check_stranger(const Ask& ask) {
  if (const auto* start = std::get_if<StartChallenge>(&ask)) {
    if (start->subject.is_own()) return Error{ErrorCode::malformed, "subject.missing"};
    if (start->factor) return Error{ErrorCode::denied, "session.none"};
  }
  return {};
}

// What a challenge is for. A question that does not say means what a session of its scope can have.
std::optional<Purpose> purpose_of(const Visit& visit, Ask& ask) {
  auto* const start = std::get_if<StartChallenge>(&ask);
  auto* const answer = std::get_if<AnswerChallenge>(&ask);
  if (start == nullptr && answer == nullptr) return std::nullopt;
  std::optional<Purpose>& purpose = start != nullptr ? start->purpose : answer->purpose;
  if (!purpose) {
    const bool activates = visit.session && visit.session->scope == SessionScope::activation;
    const bool names_pending = start != nullptr && visit.subject != nullptr &&
                               verify::purpose_meant(visit.peer.role, *visit.subject,
                                                     start->factor) == Purpose::confirmation;
    purpose = activates || names_pending ? Purpose::confirmation : Purpose::sign_in;
  }
  return purpose;
}

bool asks_unmasked(const Ask& ask) {
  const auto* profile = std::get_if<GetProfile>(&ask);
  return profile != nullptr && profile->unmasked;
}

}  // namespace

awaitable<Result<Visit>> Gate::admit(Peer peer, Operation operation, Request& request) {
  Visit visit{peer, request.id, std::nullopt, nullptr};
  if (peer.role != Role::enroll) co_return visit;
  const Entrance entrance = entrance_of(operation);
  if (entrance.scopes != 0 && request.session.size() != 0) {
    CS_CO_TRY(std::optional<FoundSession> found,
              co_await sessions_.find(request.session, parts_.clock.now()));
    if (!found) co_return Error{ErrorCode::denied, "session.none"};
    visit.session = std::move(found->session);
    visit.subject = std::move(found->subject);
  }
  const std::optional<Purpose> purpose = purpose_of(visit, request.ask);
  CS_CO_CHECK(check(visit, entrance, request.ask));
  std::optional<SessionScope> scope;
  if (visit.session) scope = visit.session->scope;
  if (purpose && !may_be_challenged(scope, *purpose)) {
    co_return Error{ErrorCode::denied, "challenge.purpose"};
  }
  if (visit.session) CS_CO_CHECK(std::visit(OnBehalfOf{*visit.subject}, request.ask));
  co_return visit;
}

Status Gate::check(const Visit& visit, const Entrance& entrance, const Ask& ask) const {
  if (!visit.session) {
    if (!entrance.without_session) return Error{ErrorCode::denied, "session.none"};
    return check_stranger(ask);
  }
  const Session& session = *visit.session;
  const std::string& realm = visit.subject->fixed.name.realm.text();
  const CurrentPolicy policy = parts_.policy;
  CS_CHECK(policies::authorise_realm(*policy, visit.peer, realm));
  if ((entrance.scopes & bit_of(session.scope)) == 0) {
    return Error{ErrorCode::denied, "session.scope"};
  }
  const bool sets_up = session.scope == SessionScope::activation;
  const bool has_password = active_factor(*visit.subject, FactorKind::password) != nullptr;
  if (sets_up && entrance.after_password && !has_password) {
    return Error{ErrorCode::conflict, "activation.password"};
  }
  const policies::Policy& rules = policy->of(realm);
  const bool signed_in = session.scope == SessionScope::account;
  const bool needs_proof = (signed_in && entrance.needs_proof) || asks_unmasked(ask);
  if (!needs_proof) return {};
  const Time now = parts_.clock.now();
  // Whoever sets an account up has a password at most: by a link alone they have proven nothing.
  const bool has_factor = signed_in && can_prove_factor(*visit.subject, rules, now);
  return check_proof(session.proof, has_factor, rules.session, now);
}

}  // namespace countersign
