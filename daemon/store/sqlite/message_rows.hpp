// SPDX-License-Identifier: Apache-2.0
// The statements that read and write the outbox.
#pragma once

#include "daemon/store/loaded_rows.hpp"
#include "daemon/store/sqlite/change.hpp"
#include "daemon/store/sqlite/ids.hpp"

namespace countersign::store::sqlite {

class MessageReads {
 public:
  static Result<MessageReads> open(Connection& connection);

  // A row with a value longer than any of ours is given as one that cannot fit its MAC.
  Result<std::optional<LoadedMessage>> message(MessageId id);
  // Those behind `after` that were made since then or are queued, by id, at most `max`.
  Result<std::vector<LoadedMessage>> messages(MessageId after, Time since, std::size_t max);
  // The ids above `after`, in order, at most `max`.
  Result<Ids> all(std::int64_t after, std::size_t max) { return ids(all_, after, max); }

  // Whether the journal tells that it was queued, for whom it is for.
  Result<bool> was_queued(const Message& message);
  // What the journal tells of it last.
  Result<std::optional<Event>> last_event(MessageId id);

 private:
  Statement message_, recent_, all_, was_queued_, last_event_;
};

// Rows are changed where they are: each is read, checked, changed and sealed anew in the
// transaction, because others may have changed it since anybody looked. One that fails its check is
// left as it is.
class MessageWrites {
 public:
  // `key` outlives this.
  static Result<MessageWrites> open(Connection& connection, const HmacKey& key);

  // Fails like RowWrites::write(), and with `conflict` for a row that fails its check.
  Status put(const MessageChange& change);
  // What was to tell the code of a challenge that was given up, if it is queued still.
  Status supersede(ChallengeId challenge);

 private:
  explicit MessageWrites(const HmacKey& key) : key_{&key} {}

  Status insert(const NewMessage& message);
  Status settle(const MessageMove& move);
  Status note_answer(MessageId id);
  Result<std::optional<Message>> checked(MessageId id);
  Status rewrite(const Message& row);

  const HmacKey* key_;
  Statement insert_, read_, rewrite_, of_challenge_, sweep_;
};

}  // namespace countersign::store::sqlite
