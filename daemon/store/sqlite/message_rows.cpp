// SPDX-License-Identifier: Apache-2.0
// Numbers are narrowed without a check, as in row_reads.cpp.
#include "daemon/store/sqlite/message_rows.hpp"

namespace countersign::store::sqlite {
namespace {

LoadedMessage message_of(const Statement& row) {
  LoadedMessage loaded;
  Message& message = loaded.row;
  message.id = MessageId{row.integer(0)};
  message.channel = static_cast<FactorKind>(row.integer(1));
  message.kind = static_cast<MessageKind>(row.integer(2));
  message.state = static_cast<MessageState>(row.integer(3));
  message.subject = SubjectId{row.integer(4)};
  message.factor = FactorId{row.integer(5)};
  message.challenge = ChallengeId{row.integer(6)};
  message.peer_uid = row.integer(7);
  message.destination = row.fixed<std::tuple_size_v<DestinationPrint>>(8);
  message.source = row.fixed<std::tuple_size_v<SourcePrint>>(9);
  message.prefix = row.text(10);
  message.answered = row.integer(11) != 0;
  message.created_at = from_milliseconds(row.integer(12));
  message.expires_at = from_milliseconds(row.integer(13));
  const BytesView sealed = row.blob(14);
  message.sealed.assign(sealed.begin(), sealed.end());
  loaded.mac = row.fixed<32>(15);
  return loaded;
}

// A row that is too long to be read is there, and will not fit its MAC of zeros.
Result<std::optional<LoadedMessage>> read(Statement& statement, MessageId id) {
  const Rewind rewind{statement};
  const Result<bool> found = statement.start(id);
  if (!found && is_too_long(found.error())) {
    LoadedMessage forged;
    forged.row.id = id;
    return forged;
  }
  if (!found) return found.error();
  if (!*found) return std::nullopt;
  return message_of(statement);
}

constexpr auto kRead = "SELECT * FROM message WHERE id = ?";
constexpr auto kRecent =
    "SELECT id FROM message WHERE id > ? AND (created_at_ms >= ? OR state = 1) "
    "ORDER BY id LIMIT ?";
// The journal's index is asked in its own words, so that it is used.
constexpr auto kWasQueued =
    "SELECT 1 FROM journal WHERE event >= 40 AND outcome = 0 AND event = 60 AND count = ? "
    "AND subject = ? AND factor = ? LIMIT 1";
constexpr auto kLastEvent =
    "SELECT event, max(seq) FROM journal WHERE event >= 40 AND outcome = 0 "
    "AND event IN (60, 61, 62, 63, 64) AND count = ?";

constexpr auto kInsert =
    "INSERT INTO message VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr auto kRewrite =
    "UPDATE message SET state = ?, answered = ?, sealed = ?, mac = ? WHERE id = ?";
// More than are made at once, so that none is left over; few enough for everybody who waits.
constexpr auto kSweep =
    "DELETE FROM message WHERE id IN (SELECT id FROM message WHERE state <> 1 "
    "AND created_at_ms < ? ORDER BY created_at_ms LIMIT 4)";

}  // namespace

Result<MessageReads> MessageReads::open(Connection& connection) {
  MessageReads reads;
  CS_TRY(reads.message_, connection.prepare(kRead));
  CS_TRY(reads.recent_, connection.prepare(kRecent));
  CS_TRY(reads.all_, connection.prepare("SELECT id FROM message WHERE id > ? ORDER BY id LIMIT ?"));
  CS_TRY(reads.was_queued_, connection.prepare(kWasQueued));
  CS_TRY(reads.last_event_, connection.prepare(kLastEvent));
  return reads;
}

Result<std::optional<LoadedMessage>> MessageReads::message(MessageId id) {
  return read(message_, id);
}

Result<std::vector<LoadedMessage>> MessageReads::messages(MessageId after, Time since,
                                                          std::size_t max) {
  CS_TRY(const Ids recent, ids(recent_, after, to_milliseconds(since), max));
  std::vector<LoadedMessage> found;
  for (const std::int64_t id : recent) {
    CS_TRY(auto row, message(MessageId{id}));
    if (row) found.push_back(*std::move(row));
  }
  return found;
}

Result<bool> MessageReads::was_queued(const Message& message) {
  const Rewind rewind{was_queued_};
  return was_queued_.start(message.id, message.subject, message.factor);
}

Result<std::optional<Event>> MessageReads::last_event(MessageId id) {
  const Rewind rewind{last_event_};
  CS_CHECK(last_event_.start(id));
  const auto event = static_cast<Event>(last_event_.integer(0));
  if (event == Event{}) return std::nullopt;
  return event;
}

Result<MessageWrites> MessageWrites::open(Connection& connection, const HmacKey& key) {
  MessageWrites writes{key};
  CS_TRY(writes.insert_, connection.prepare(kInsert));
  CS_TRY(writes.read_, connection.prepare(kRead));
  CS_TRY(writes.rewrite_, connection.prepare(kRewrite));
  CS_TRY(writes.of_challenge_,
         connection.prepare("SELECT id FROM message WHERE challenge = ? AND challenge <> 0"));
  CS_TRY(writes.sweep_, connection.prepare(kSweep));
  return writes;
}

Status MessageWrites::put(const MessageChange& change) {
  if (!change.fresh.empty()) CS_CHECK(sweep_.run(to_milliseconds(change.gone_by)));
  for (const NewMessage& message : change.fresh) CS_CHECK(insert(message));
  if (change.settled) CS_CHECK(settle(*change.settled));
  if (change.answered) return note_answer(*change.answered);
  return {};
}

Status MessageWrites::insert(const NewMessage& message) {
  const Message& row = message.row;
  return one_row(insert_.run(row.id, row.channel, row.kind, row.state, row.subject, row.factor,
                             row.challenge, row.peer_uid, row.destination, row.source, row.prefix,
                             row.answered, to_milliseconds(row.created_at),
                             to_milliseconds(row.expires_at), row.sealed, message.mac));
}

Status MessageWrites::settle(const MessageMove& move) {
  CS_TRY(std::optional<Message> row, checked(move.id));
  if (!row || row->state != move.from) return Error{ErrorCode::conflict, "store.message"};
  row->state = move.to;
  return rewrite(*row);
}

// Of a message that is gone or was changed past us nobody counts the answers.
Status MessageWrites::note_answer(MessageId id) {
  CS_TRY(std::optional<Message> row, checked(id));
  if (!row || row->answered) return {};
  row->answered = true;
  return rewrite(*row);
}

Status MessageWrites::supersede(ChallengeId challenge) {
  CS_TRY(const Ids found, ids(of_challenge_, challenge));
  for (const std::int64_t id : found) {
    CS_TRY(std::optional<Message> row, checked(MessageId{id}));
    if (!row || row->state != MessageState::queued) continue;
    row->state = MessageState::superseded;
    CS_CHECK(rewrite(*row));
  }
  return {};
}

// None when it is not there, or not as we left it.
Result<std::optional<Message>> MessageWrites::checked(MessageId id) {
  CS_TRY(auto loaded, read(read_, id));
  if (!loaded || !equal(loaded->mac, mac_of(*key_, loaded->row))) return std::nullopt;
  return std::move(loaded->row);
}

// SQLite overwrites what was sealed (PRAGMA secure_delete).
Status MessageWrites::rewrite(const Message& row) {
  Message now = row;
  if (now.state != MessageState::queued) now.sealed.clear();
  return one_row(rewrite_.run(now.state, now.answered, now.sealed, mac_of(*key_, now), now.id));
}

}  // namespace countersign::store::sqlite
