// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/session/session_service.hpp"

#include "daemon/service/gate/standing.hpp"
#include "daemon/service/session/sessions.hpp"

#include <algorithm>

namespace countersign {
namespace {

Session ended(Session session) {
  session.state = SessionState::ended;
  session.version = next(session.version);
  return session;
}

}  // namespace

awaitable<Result<Answer>> SessionService::get(const Visit& visit) {
  co_return Answer{report(visit, *visit.session)};
}

awaitable<Result<Answer>> SessionService::list(const Visit& visit) {
  const Time now = parts_.clock.now();
  const CurrentPolicy policy = parts_.policy;
  const auto& rules = policy->of(visit.subject->fixed.name.realm.text()).session;
  CS_CO_TRY(std::vector<Session> sessions,
            co_await parts_.accounts.sessions(visit.session->subject, now));
  std::ranges::sort(sessions, std::ranges::greater{}, &Session::seen_at);
  SessionList list;
  for (const Session& session : sessions) {
    if (is_alive(session, rules, now)) list.sessions.push_back(report(visit, session));
  }
  co_return Answer{std::move(list)};
}

awaitable<Result<Answer>> SessionService::end(const Visit& visit, const EndSession& ask) {
  const SubjectId id = visit.session->subject;
  // Whoever has half of what signs in signs nobody out but themselves.
  const bool is_others =
      ask.all_others || (number(ask.session) != 0 && ask.session != visit.session->id);
  if (is_others && visit.session->scope != SessionScope::account) {
    co_return Error{ErrorCode::denied, "session.scope"};
  }
  CS_CO_TRY(const Turns::Turn turn, co_await parts_.turns.take(id));
  for (int conflicts = 0; conflicts < kConflictsMax; ++conflicts) {
    CS_CO_TRY(SubjectPtr subject, co_await parts_.store.subject(id));
    JournalEntry entry{.at = parts_.clock.now(),
                       .event = Event::session_ended,
                       .peer_uid = visit.peer.uid,
                       .subject = id};
    CS_CO_TRY(Aftermath aftermath, co_await ending(visit, ask, entry));
    if (aftermath.account.empty()) co_return Answer{Done{}};
    const Status applied =
        co_await parts_.accounts.apply(std::move(subject), std::move(aftermath), std::move(entry));
    if (applied) co_return Answer{Done{}};
    if (applied.error().code != ErrorCode::conflict) co_return applied.error();
    // Another writer was first. We look again.
  }
  co_return Error{ErrorCode::conflict, "session.conflicts"};
}

// Nothing, where it has ended already.
awaitable<Result<Aftermath>> SessionService::ending(const Visit& visit, const EndSession& ask,
                                                    JournalEntry& entry) {
  Aftermath aftermath;
  const SessionId own = visit.session->id;
  if (ask.all_others) {
    CS_CO_TRY(const std::vector<Session> sessions,
              co_await parts_.accounts.sessions(visit.session->subject, entry.at));
    const auto is_another = [own](const Session& session) { return session.id != own; };
    if (std::ranges::any_of(sessions, is_another)) aftermath.account.ends_all_but = own;
    co_return aftermath;
  }
  const bool is_own = number(ask.session) == 0 || ask.session == own;
  const SessionId named = is_own ? own : ask.session;
  CS_CO_TRY(std::optional<Session> session, co_await parts_.accounts.session(named));
  const bool is_theirs = session && session->subject == visit.session->subject;
  if (!is_own && !is_theirs) co_return Error{ErrorCode::not_found, "session.id"};
  if (!session) co_return aftermath;
  if (is_own) entry.event = Event::signed_out;
  aftermath.account.sessions.push_back(ended(std::move(*session)));
  co_return aftermath;
}

SessionReport SessionService::report(const Visit& visit, const Session& session) const {
  const SubjectRecord& subject = *visit.subject;
  const CurrentPolicy policy = parts_.policy;
  const policies::Policy& rules = policy->of(subject.fixed.name.realm.text());
  return {.session = session,
          .subject = subject.fixed.name,
          .level = level_of(session.proof, rules),
          .current = session.id == visit.session->id,
          .has_password = active_factor(subject, FactorKind::password) != nullptr,
          .has_reset_question = active_factor(subject, FactorKind::reset_question) != nullptr,
          .factors = count_of_sole_factors(subject, rules)};
}

}  // namespace countersign
