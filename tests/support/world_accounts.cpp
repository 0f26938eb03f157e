// SPDX-License-Identifier: Apache-2.0
// The World's tickets, sessions and profiles.
#include "daemon/store/aftermath.hpp"
#include "tests/support/world.hpp"

#include <algorithm>
#include <functional>

namespace countersign::test {
namespace {

const Error kBroken{ErrorCode::unavailable, "world.broken"};
constexpr std::chrono::hours kCountedBack{24};

bool is_open(const Ticket& ticket, Time now) {
  return ticket.state == TicketState::open && now < ticket.expires_at;
}

// Of what is one subject's, by its rows' numbers.
template <class Map, class Is>
auto all_of(const Map& rows, SubjectId subject, Is is) {
  std::vector<typename Map::mapped_type> found;
  for (const auto& [id, row] : rows) {
    if (row.subject == subject && is(row)) found.push_back(row);
  }
  return found;
}

bool is_of_account(Event event) {
  return event >= Event::subject_created &&
         (event < Event::message_queued || event >= Event::ticket_issued);
}

}  // namespace

bool World::is_told(std::int64_t id, Event event) const {
  return std::ranges::any_of(entries, [id, event](const JournalEntry& entry) {
    const bool ends = event == Event::session_ended && entry.event == Event::signed_out;
    return entry.challenge == ChallengeId{id} && (ends || entry.event == event);
  });
}

awaitable<Result<std::optional<Ticket>>> World::ticket(TicketId id) {
  if (breaks()) co_return kBroken;
  const auto found = tickets.find(id);
  if (found == tickets.end()) co_return std::optional<Ticket>{};
  const bool put_back =
      found->second.state == TicketState::open && is_told(number(id), Event::ticket_spent);
  if (put_back) co_return Error{ErrorCode::corrupt, "world.ticket"};
  co_return std::optional<Ticket>{found->second};
}

awaitable<Result<std::vector<Ticket>>> World::open_tickets(SubjectId subject, Time now) {
  if (breaks()) co_return kBroken;
  co_return all_of(tickets, subject, [now](const Ticket& one) { return is_open(one, now); });
}

awaitable<Result<std::vector<Time>>> World::issued(SubjectId subject, TicketPurpose purpose,
                                                   Time now) {
  if (breaks()) co_return kBroken;
  std::vector<Time> times;
  for (const auto& [id, ticket] : tickets) {
    const bool counts = ticket.subject == subject && ticket.purpose == purpose;
    if (counts && ticket.created_at > now - kCountedBack) times.push_back(ticket.created_at);
  }
  std::ranges::sort(times, std::greater{});
  co_return times;
}

awaitable<Result<std::optional<Session>>> World::session(SessionId id) {
  if (breaks()) co_return kBroken;
  const auto found = open_sessions.find(id);
  if (found == open_sessions.end()) co_return std::optional<Session>{};
  if (is_told(number(id), Event::session_ended)) {
    co_return Error{ErrorCode::corrupt, "world.session"};
  }
  co_return std::optional<Session>{found->second};
}

awaitable<Result<std::vector<Session>>> World::sessions(SubjectId subject, Time now) {
  if (breaks()) co_return kBroken;
  co_return all_of(open_sessions, subject,
                   [now](const Session& one) { return now < one.expires_at; });
}

awaitable<Status> World::seen(Session session, Time now) {
  if (breaks()) co_return kBroken;
  const auto found = open_sessions.find(session.id);
  if (found == open_sessions.end() || found->second.version != session.version) {
    co_return Status{};
  }
  found->second.seen_at = now;
  co_return Status{};
}

awaitable<Result<SealedProfile>> World::profile(SubjectId subject) {
  if (breaks()) co_return kBroken;
  const auto found = profiles.find(subject);
  if (found == profiles.end()) co_return SealedProfile{};
  co_return found->second;
}

awaitable<Result<std::optional<PendingSecret>>> World::pending_secret(FactorId factor, Time now) {
  if (breaks()) co_return kBroken;
  const auto found = pending_secrets.find(factor);
  const bool kept = found != pending_secrets.end() && now < found->second.expires_at;
  if (!kept) co_return std::optional<PendingSecret>{};
  co_return std::optional<PendingSecret>{found->second};
}

Status World::meets(const SubjectRecord& from, const Aftermath* also) {
  const auto found = subjects_.find(from.fixed.id);
  if (found == subjects_.end()) return Error{ErrorCode::conflict, "world.subject"};
  SubjectRecord& now = found->second;
  if (conflicts > 0) {
    --conflicts;
    now.budget.version = next(now.budget.version);
  }
  if (now.budget.version != from.budget.version) return Error{ErrorCode::conflict, "world.budget"};
  if (also == nullptr) return {};
  for (const Factor& factor : also->factors) {
    if (now.find(factor.id) == nullptr) return Error{ErrorCode::not_found, "world.factor"};
  }
  return meets(also->account);
}

Status World::meets(const AccountChange& change) const {
  const Error stale{ErrorCode::conflict, "world.account"};
  for (const AccountChange::TicketMove& move : change.tickets) {
    const auto found = tickets.find(move.from.id);
    const bool open = found != tickets.end() && found->second.state == TicketState::open;
    if (!open || is_told(number(move.from.id), Event::ticket_spent)) return stale;
  }
  for (const Session& session : change.sessions) {
    const auto found = open_sessions.find(session.id);
    if (found == open_sessions.end()) return stale;
    if (next(found->second.version) != session.version) return stale;
  }
  for (const Ticket& ticket : change.issued) {
    if (tickets.contains(ticket.id)) return Error{ErrorCode::already_exists, "world.ticket"};
  }
  for (const Session& session : change.begun) {
    if (open_sessions.contains(session.id)) {
      return Error{ErrorCode::already_exists, "world.session"};
    }
  }
  return {};
}

// The commit's own record, and those of what it leaves.
void World::write(JournalEntry entry, const Aftermath& also) {
  const SubjectId subject = entry.subject;
  const std::vector<JournalEntry> told = store::tell(entry, subject, also);
  entries.push_back(entry);
  entries.insert(entries.end(), told.begin(), told.end());
  if (also.account.ends_all_but) end_sessions(subject, *also.account.ends_all_but, entry);
  write(subject, also.account);
  forget_old(subject, entry);
  leave(also, entry);
}

void World::write(SubjectRecord& subject, const Aftermath& also, JournalEntry entry) {
  for (const Factor& factor : also.factors) {
    for (FactorRecord& record : subject.factors) {
      if (record.fixed.id != factor.id) continue;
      record.fixed = factor;
      record.motion.version = next(record.motion.version);
    }
  }
  if (also.state) subject.fixed.state = *also.state;
  if (also.state || !also.factors.empty()) subject.budget.version = next(subject.budget.version);
  entry.subject = subject.fixed.id;
  write(std::move(entry), also);
}

void World::write(SubjectId subject, const AccountChange& change) {
  for (const AccountChange::TicketMove& move : change.tickets) {
    tickets.at(move.from.id).state = move.to;
  }
  for (const Ticket& ticket : change.issued) tickets.emplace(ticket.id, ticket);
  for (const Session& session : change.sessions) {
    open_sessions.at(session.id) = session;
    if (session.state == SessionState::ended) open_sessions.erase(session.id);
  }
  for (const Session& session : change.begun) open_sessions.emplace(session.id, session);
  if (change.profile) profiles[subject] = *change.profile;
  if (change.kept) pending_secrets[change.kept->factor] = *change.kept;
  if (change.forgotten) pending_secrets.erase(*change.forgotten);
}

void World::end_sessions(SubjectId subject, SessionId but, const JournalEntry& entry) {
  const auto any = [](const Session&) { return true; };
  for (const Session& session : all_of(open_sessions, subject, any)) {
    if (session.id == but || is_told(number(session.id), Event::session_ended)) continue;
    open_sessions.erase(session.id);
    entries.push_back(store::tell_ended(entry, subject, session.id));
  }
}

void World::forget_old(SubjectId subject, const JournalEntry& entry) {
  const auto any = [](const Session&) { return true; };
  std::vector<Session> visits = all_of(open_sessions, subject, any);
  std::ranges::sort(visits, std::greater{}, &Session::seen_at);
  for (std::size_t i = kSessionsMax; i < visits.size(); ++i) {
    open_sessions.erase(visits[i].id);
    entries.push_back(store::tell_ended(entry, subject, visits[i].id));
  }
  const auto open = [](const Ticket& one) { return one.state == TicketState::open; };
  std::vector<Ticket> links = all_of(tickets, subject, open);
  std::ranges::sort(links, std::greater{}, &Ticket::created_at);
  std::map<TicketPurpose, std::size_t> kept;
  for (const Ticket& link : links) {
    if (++kept[link.purpose] <= kTicketsMax) continue;
    tickets.erase(link.id);
    entries.push_back(store::tell_superseded(entry, subject, link.id, link.purpose));
  }
}

awaitable<Status> World::apply(SubjectPtr from, Aftermath aftermath, JournalEntry entry) {
  if (breaks()) co_return kBroken;
  CS_CO_CHECK(meets(*from, &aftermath));
  SubjectRecord& now = subjects_.at(from->fixed.id);
  now.budget.version = next(now.budget.version);
  write(now, aftermath, std::move(entry));
  co_return Status{};
}

awaitable<Status> World::apply(SubjectId decoy, AccountChange change) {
  if (breaks()) co_return kBroken;
  CS_CO_CHECK(meets(change));
  write(decoy, change);
  co_return Status{};
}

awaitable<Status> World::create_account(Subject subject, std::vector<Factor> contacts,
                                        Aftermath aftermath, JournalEntry entry) {
  if (breaks()) co_return kBroken;
  for (const auto& [id, record] : subjects_) {
    if (!is_decoy(id) && record.fixed.name == subject.name) {
      co_return Error{ErrorCode::already_exists, "world.create_account"};
    }
  }
  store::name_subject(aftermath, subject.id);
  CS_CO_CHECK(meets(aftermath.account));
  subject.created_at = entry.at;
  entry.subject = subject.id;
  SubjectRecord record{.fixed = std::move(subject), .budget = {.version = Version{1}}};
  for (Factor& contact : contacts) {
    contact.id = FactorId{next_factor_++};
    contact.subject = record.fixed.id;
    record.factors.push_back({std::move(contact), {}, {.version = Version{1}}});
  }
  subjects_.emplace(entry.subject, std::move(record));
  write(std::move(entry), aftermath);
  co_return Status{};
}

awaitable<Status> World::erase(SubjectPtr from, std::string, JournalEntry entry) {
  if (breaks()) co_return kBroken;
  CS_CO_CHECK(meets(*from, nullptr));
  const SubjectId id = from->fixed.id;
  for (const FactorRecord& factor : from->factors) pending_secrets.erase(factor.fixed.id);
  const auto is_theirs = [id](const auto& row) { return row.second.subject == id; };
  std::erase_if(tickets, is_theirs);
  std::erase_if(open_sessions, is_theirs);
  std::erase_if(challenges, is_theirs);
  std::erase_if(outbox, is_theirs);
  profiles.erase(id);
  subjects_.erase(id);
  entry.subject = id;
  entries.push_back(std::move(entry));
  co_return Status{};
}

awaitable<Result<std::vector<JournalLine>>> World::activity(SubjectId subject,
                                                            std::uint64_t before) {
  if (breaks()) co_return kBroken;
  std::vector<JournalLine> lines;
  for (std::uint64_t place = entries.size(); place > 0 && lines.size() < kLinesListed; --place) {
    const JournalEntry& entry = entries[place - 1];
    if (before != 0 && place >= before) continue;
    if (entry.subject != subject || !is_of_account(entry.event)) continue;
    lines.push_back({place, entry, subjects_.at(subject).fixed.name.realm.text()});
  }
  co_return lines;
}

awaitable<Result<std::vector<JournalLine>>> World::journal_lines(std::uint64_t after, Time since,
                                                                 std::uint32_t max) {
  if (breaks()) co_return kBroken;
  std::vector<JournalLine> lines;
  for (std::uint64_t place = after + 1; place <= entries.size() && lines.size() < max; ++place) {
    const JournalEntry& entry = entries[place - 1];
    if (entry.at < since) continue;
    const auto found = subjects_.find(entry.subject);
    const bool known = found != subjects_.end() && !is_decoy(entry.subject);
    lines.push_back({place, entry, known ? found->second.fixed.name.realm.text() : ""});
  }
  co_return lines;
}

}  // namespace countersign::test
