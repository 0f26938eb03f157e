// SPDX-License-Identifier: Apache-2.0
// One commit: rows as they shall be, the versions they were computed from, and the journal record
// that goes with them. All of it happens, or none.
#pragma once

#include "async/completion.hpp"
#include "daemon/store/journal_chain.hpp"
#include "daemon/store/row_macs.hpp"
#include "daemon/store/sqlite/account_change.hpp"

#include <boost/container/small_vector.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace countersign::store::sqlite {

// `before` is the version the row must still have; version 0 is a row that is not there yet.
struct BudgetChange {
  Budget budget;
  RowMac mac{};
  Version before{};
};
struct MotionChange {
  FactorId factor{};
  Motion motion;
  RowMac mac{};
  Version before{};
};
struct SubjectChange {
  Subject row;
  RowMac mac{};
  bool fresh = false;
  std::optional<std::string> grave = std::nullopt;  // takes the username's place
};
struct FactorChange {
  Factor row;
  RowMac mac{};
  bool fresh = false;
};

struct ClientChange {
  Client row;
  RowMac mac{};
  std::optional<ClientState> before;  // none: it is not there yet
};
struct TokenChange {
  std::vector<TokenRecord> fresh;
  std::optional<TokenRecord> taken;  // goes, if it is still this one
};
struct NewChallenge {
  Challenge row;
  RowMac mac{};
  std::size_t open_max = 0;  // of its subject, codes or not; those that end first go
  Time gone_by{};            // what ended before this goes as well, a few at a time
  bool replaces = false;     // the open ones that ask the same of the same factor
};
// An open challenge, if it is as it was.
struct ChallengeChange {
  Challenge row;
  RowMac mac{};
  std::uint32_t tries_before = 0;
};
struct ChallengeRows {
  std::optional<NewChallenge> fresh;
  std::optional<ChallengeChange> answered;
};
struct NewMessage {
  Message row;
  RowMac mac{};
  JournalRecord record;  // where it is queued; its place is assigned by the writer
};
struct MessageMove {
  MessageId id{};
  MessageState from{};
  MessageState to{};
};
struct MessageChange {
  std::vector<NewMessage> fresh;
  Time gone_by{};  // what was made before this, and is not queued, goes, a few at a time
  std::optional<MessageMove> settled;
  std::optional<MessageId> answered;
};
struct SourceChange {
  SubjectId subject{};
  SourcePrint print{};
  Time accepted_at{};
  RowMac mac{};
};

struct Change {
  SubjectId subject{};  // 0: rows of nobody
  // The subject's budget must still be at this version, whether or not it changes: it counts up
  // with everything that happens to the subject beside an acceptance.
  Version subject_version{};
  std::unique_ptr<SubjectChange> subject_row;  // fixed rows change rarely: small when they do not
  std::vector<FactorChange> factor_rows;
  std::unique_ptr<ClientChange> client;
  std::unique_ptr<TokenChange> tokens;
  std::unique_ptr<ChallengeRows> challenges;
  std::unique_ptr<MessageChange> messages;
  std::unique_ptr<SourceChange> source;
  std::unique_ptr<AccountRows> account;
  boost::container::small_vector<MotionChange, 1> moves;
  std::optional<BudgetChange> budget;
  JournalRecord record;  // its place is assigned by the writer
  bool journalled = true;

  // Set by the writer, before finish().
  Status outcome = Error{ErrorCode::unavailable, "store.writer"};
  bool distrust = false;           // trust no cached row
  bool written_by_others = false;  // because another process has changed the database

  Completion<Status> done;
  void finish() { done.complete(std::move(outcome)); }
};

}  // namespace countersign::store::sqlite
