// SPDX-License-Identifier: Apache-2.0
// The outbox, and the places that are familiar.
#include "daemon/store/aftermath.hpp"
#include "daemon/store/message_event.hpp"
#include "daemon/store/records.hpp"

#include <cassert>

namespace countersign::store {
namespace {

using Statements = sqlite::Reader::Statements;

constexpr SourcePrint kUnknownSource{};

// What `entry` says of the circumstances, said of a message.
JournalEntry entry_of(const Message& message, const JournalEntry& entry, Event event) {
  return {.at = entry.at,
          .event = event,
          .peer_uid = entry.peer_uid,
          .subject = message.subject,
          .factor = message.factor,
          .count = static_cast<std::uint64_t>(number(message.id)),
          .client_address = entry.client_address};
}

}  // namespace

void Records::add_messages(sqlite::Change& change, std::vector<Message> messages,
                           const JournalEntry& entry) const {
  if (messages.empty()) return;
  if (!change.messages) change.messages = std::make_unique<sqlite::MessageChange>();
  change.messages->gone_by = clock_.now() - kMessagesKept;
  for (Message& message : messages) {
    assert(message.state == MessageState::queued ||
           (message.state == MessageState::nobodys && message.sealed.empty()));
    sqlite::NewMessage& fresh = change.messages->fresh.emplace_back();
    fresh.mac = mac_of(*key_, message);
    fresh.record.entry = entry_of(message, entry, Event::message_queued);
    fresh.row = std::move(message);
  }
}

awaitable<Status> Records::leave(Draft& draft, Aftermath also) {
  sqlite::Change& change = draft.change();
  for (Factor& factor : also.factors) {
    CS_CO_CHECK(draft.touch(factor.id));
    CS_CO_CHECK(co_await set_fixed(draft, std::move(factor)));
  }
  if (also.state) CS_CO_CHECK(co_await set_state(draft, *also.state));
  if (!also.account.empty() || also.state) {
    sqlite::AccountRows& rows = account_rows(change, change.subject);
    const auto told = tell(change.record.entry, change.subject, also);
    rows.told.insert(rows.told.end(), told.begin(), told.end());
    put(rows, std::move(also.account));
  }
  add_messages(change, std::move(also.notices), change.record.entry);
  if (also.answered) {
    if (!change.messages) change.messages = std::make_unique<sqlite::MessageChange>();
    change.messages->answered = also.answered;
  }
  const bool somewhere = also.familiar && *also.familiar != kUnknownSource;
  if (somewhere) draft.note(*also.familiar, change.record.entry.at);
  co_return Status{};
}

awaitable<Status> Records::queue(Message message, JournalEntry entry) {
  sqlite::Change change;
  change.journalled = false;
  std::vector<Message> messages;
  messages.push_back(std::move(message));
  add_messages(change, std::move(messages), entry);
  co_return co_await write(change);
}

awaitable<Result<std::vector<Message>>> Records::messages(MessageId after) {
  using Page = std::vector<LoadedMessage>;
  const Time since = clock_.now() - kMessagesKept;
  std::vector<Message> found;
  bool more = true;
  bool forged = false;
  while (more && found.size() < kMessagesListed) {
    const std::size_t max = kMessagesListed - found.size();
    auto read = [after, since, max](Statements& statements) {
      return statements.messages.messages(after, since, max);
    };
    CS_CO_TRY(Page page, co_await reader_.ask<Page>(read));
    more = page.size() == max;
    for (LoadedMessage& one : page) {
      after = one.row.id;
      const bool is_true = authenticator_.is_true(one);
      forged = forged || !is_true;
      if (!is_true) continue;
      one.row.sealed.clear();
      found.push_back(std::move(one.row));
    }
  }
  if (forged) co_await report(Tampered::message);
  co_return found;
}

awaitable<Result<std::optional<Message>>> Records::message(MessageId id) {
  using Row = std::optional<LoadedMessage>;
  auto read = [id](Statements& statements) { return statements.messages.message(id); };
  CS_CO_TRY(Row row, co_await reader_.ask<Row>(read));
  if (!row) co_return std::optional<Message>{};
  if (authenticator_.is_true(*row)) co_return std::optional<Message>{std::move(row->row)};
  co_await report(Tampered::message);
  co_return Error{ErrorCode::corrupt, "store.message"};
}

awaitable<Status> Records::settle(Message from, MessageState to, JournalEntry entry) {
  sqlite::Change change;
  change.messages = std::make_unique<sqlite::MessageChange>();
  change.messages->settled = sqlite::MessageMove{from.id, from.state, to};
  const std::optional<Event> event = event_of(to);
  assert(event && *event != Event::message_queued);
  change.record.entry = entry_of(from, entry, *event);
  Status settled = co_await write(change);
  if (settled || settled.error().code != ErrorCode::conflict) co_return settled;
  // The writer leaves a row that fails its check alone: is that why?
  const Result<std::optional<Message>> now = co_await message(from.id);
  if (!now) co_return now.error();
  co_return settled;
}

awaitable<Result<std::vector<FamiliarSource>>> Records::sources(SubjectId subject) {
  using Rows = std::vector<LoadedSource>;
  if (is_decoy(subject)) co_return std::vector<FamiliarSource>{};
  if (const SubjectPtr cached = people_.find(subject)) co_return cached->sources;
  auto read = [subject](Statements& statements) {
    return statements.rows.sources(subject, kSourcesMax);
  };
  CS_CO_TRY(Rows rows, co_await reader_.ask<Rows>(read));
  co_return co_await true_sources(std::move(rows));
}

awaitable<std::vector<FamiliarSource>> Records::true_sources(std::vector<LoadedSource> rows) {
  std::vector<FamiliarSource> found;
  for (const LoadedSource& row : rows) {
    if (authenticator_.is_true(row)) found.push_back({row.print, row.accepted_at});
  }
  if (found.size() != rows.size()) co_await report(Tampered::source);
  co_return found;
}

}  // namespace countersign::store
