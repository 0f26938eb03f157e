// SPDX-License-Identifier: Apache-2.0
// Rows as they lie in the database: nothing here has been checked yet.
#pragma once

#include "daemon/model/account.hpp"
#include "daemon/model/challenge.hpp"
#include "daemon/model/client.hpp"
#include "daemon/model/message.hpp"
#include "daemon/model/token.hpp"
#include "daemon/store/journal_chain.hpp"

#include <optional>
#include <string>
#include <vector>

namespace countersign::store {

struct LoadedBudget {
  Budget budget;
  RowMac mac{};
};
struct LoadedMotion {
  Motion motion;
  RowMac mac{};
};
struct LoadedFactor {
  Factor row;
  RowMac mac{};
  std::optional<LoadedMotion> motion;
};
// A place from which a subject was accepted.
struct LoadedSource {
  SubjectId subject{};
  SourcePrint print{};
  Time accepted_at{};
  RowMac mac{};
};
struct LoadedSubject {
  SubjectId id{};
  std::string realm;
  std::string username;
  SubjectState state{};
  Time created_at{};
  RowMac mac{};
  std::optional<LoadedBudget> budget;
  std::vector<LoadedFactor> factors;
  std::vector<LoadedSource> sources;
  bool has_birth = true;   // its journal record is there; looked up by `check` alone
  bool has_death = false;  // so is the one of its erasure; likewise
};

// What moves of a decoy; nothing is stored until it does.
struct LoadedDecoy {
  std::optional<LoadedBudget> budget;
  std::optional<LoadedMotion> motion;
};

struct LoadedClient {
  Client row;            // but for its networks
  std::string networks;  // as they are written there
  RowMac mac{};
};

struct LoadedChallenge {
  Challenge row;
  RowMac mac{};
  // What the journal tells of it: answers, and right ones among them.
  std::int64_t answers = 0;
  std::int64_t acceptances = 0;
};

struct LoadedMessage {
  Message row;
  RowMac mac{};
};

struct LoadedTicket {
  Ticket row;
  RowMac mac{};
  // How often the journal tells that it was spent, or superseded.
  std::int64_t spent = 0;
  std::int64_t superseded = 0;
};

struct LoadedSession {
  Session row;
  RowMac mac{};
  bool has_ended = false;  // as the journal tells
};

struct LoadedProfile {
  SubjectId subject{};
  SealedProfile row;
  RowMac mac{};
};

struct LoadedPending {
  PendingSecret row;
  RowMac mac{};
};

struct LoadedRecord {
  JournalRecord record;
  JournalHash hash{};
};

}  // namespace countersign::store
