// SPDX-License-Identifier: Apache-2.0
// What the daemon remembers of accounts besides factors, expressed as intentions.
//
// As for Store: every row that comes out has had its MAC checked, everything that goes in is
// durable with its journal record or did not happen. All methods fail with `unavailable`, and those
// that load with `corrupt`.
//
// The journal tells of every ticket when it is issued and when it is spent or superseded, and of
// every session when it is ended: what has gone and is put back is known by that. A commit whose
// own record says ticket_issued, ticket_spent, signed_out or session_ended says it of the first
// such ticket or session; all others get records of their own here (aftermath.hpp).
#pragma once

#include "async/awaitable.hpp"
#include "daemon/model/account_replies.hpp"
#include "daemon/store/store.hpp"

namespace countersign {

class AccountStore {
 public:
  // Of one subject. Those that await a factor at a strange place give way first, then those that
  // were not seen for longest.
  static constexpr std::size_t kSessionsMax = 16;
  // Open ones of one subject and purpose; the oldest goes.
  static constexpr std::size_t kTicketsMax = 32;
  static constexpr std::size_t kContactsMax = 4;   // of a new account; one of each kind
  static constexpr std::size_t kLinesListed = 50;  // of an account's activity
  // For how long tickets are kept when they are spent or expired: a link that comes late is told
  // so.
  static constexpr std::chrono::hours kTicketsKept{30 * 24};

  virtual ~AccountStore() = default;

  // As it stands; none when it was never there, or has gone. Fails with `corrupt`, also for one
  // that was spent, as the journal tells, and put back.
  virtual awaitable<Result<std::optional<Ticket>>> ticket(TicketId id) = 0;
  // All that are open and not expired, of one subject.
  virtual awaitable<Result<std::vector<Ticket>>> open_tickets(SubjectId subject, Time now) = 0;
  // When the last ones of a purpose were issued to a subject, the newest first, within 24 hours. Of
  // a decoy: those that would have been.
  virtual awaitable<Result<std::vector<Time>>> issued(SubjectId subject, TicketPurpose purpose,
                                                      Time now) = 0;

  // None when it has ended or gone. It may have expired.
  virtual awaitable<Result<std::optional<Session>>> session(SessionId id) = 0;
  // Those that are open and not expired.
  virtual awaitable<Result<std::vector<Session>>> sessions(SubjectId subject, Time now) = 0;
  // Marks it as seen, without a journal record. A session that changed meanwhile is left as it is.
  virtual awaitable<Status> seen(Session session, Time now) = 0;

  // Of version 0 when there is none.
  virtual awaitable<Result<SealedProfile>> profile(SubjectId subject) = 0;
  // None when there is none that is still kept.
  virtual awaitable<Result<std::optional<PendingSecret>>> pending_secret(FactorId factor,
                                                                         Time now) = 0;

  // Everything that an aftermath holds, in a commit of its own. The subject's version counts up.
  // Fails with `conflict` when the subject is no longer at the version of `from`, or a ticket, a
  // session or the profile no longer what it was.
  virtual awaitable<Status> apply(SubjectPtr from, Aftermath aftermath, JournalEntry entry) = 0;
  // The same for what belongs to a decoy: tickets that nobody gets.
  virtual awaitable<Status> apply(SubjectId decoy, AccountChange change) = 0;

  // A number that no subject has had or will be given again, for create_account: what a ticket's
  // MAC is bound to has to be known before.
  virtual SubjectId reserve_subject() = 0;
  // Makes a subject together with its contacts, profile and activation ticket. The ids of the
  // factors are set here, and the subject's in all that belongs to it; the entry's time is when it
  // was made. Fails with `already_exists`.
  // REQUIRES: subject.id is from reserve_subject(); contacts are kContactsMax at most.
  virtual awaitable<Status> create_account(Subject subject, std::vector<Factor> contacts,
                                           Aftermath aftermath, JournalEntry entry) = 0;

  // Erases the person: the name gives way to `grave` (a username that nobody can type), every
  // factor is revoked and its label, ids and sealed secret emptied; profile, sources, tickets,
  // sessions, pending secrets, challenges and messages go. From then on the subject is not found,
  // by whatever name or number. Fails with `conflict`.
  // REQUIRES: the grave is nobody's, and Username::kBytesMax at most.
  virtual awaitable<Status> erase(SubjectPtr from, std::string grave, JournalEntry entry) = 0;

  // Of the account and its factors, the newest first, before this number (0: from the newest),
  // kLinesListed at most.
  virtual awaitable<Result<std::vector<JournalLine>>> activity(SubjectId subject,
                                                               std::uint64_t before) = 0;
  // In their order, behind `after` and not before `since`, at most `max`.
  virtual awaitable<Result<std::vector<JournalLine>>> journal_lines(std::uint64_t after, Time since,
                                                                    std::uint32_t max) = 0;
};

// One that keeps both.
class WholeStore : public Store, public AccountStore {};

}  // namespace countersign
