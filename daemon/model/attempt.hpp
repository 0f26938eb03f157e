// SPDX-License-Identifier: Apache-2.0
// One evaluated attempt: what was decided, and where it leaves the rows that move.
#pragma once

#include "base/secret_bytes.hpp"
#include "daemon/model/account.hpp"
#include "daemon/model/challenge.hpp"
#include "daemon/model/message.hpp"
#include "daemon/model/subject.hpp"

#include <boost/container/small_vector.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace countersign {

enum class Reason : std::uint8_t {  // stored numbers
  none = 0,
  wrong_code = 1,
  replayed = 2,
  throttled = 3,
  expired = 4,
  no_such_factor = 5,
  suspended = 6,
};

// What a Yubico OTP tells of the key that made it.
struct YubicoCounters {
  std::uint16_t session_counter = 0;  // power-ups: 15 bits
  std::uint8_t session_use = 0;       // codes since
  std::uint32_t timestamp = 0;        // of its 8 Hz clock: 24 bits
};

struct Verdict {
  bool accepted = false;
  Reason reason = Reason::none;  // none when accepted
  FactorId factor{};             // the one that accepted
  FactorKind kind{};
  // Accepted: the answer to an earlier request, given again. Replayed: it is the very request that
  // was accepted, and is not answered so again.
  bool repeated = false;
  std::chrono::seconds retry_after{0};
  std::optional<YubicoCounters> yubico;  // of an accepted or replayed Yubico OTP
  // Accepted: 2 when it makes a second factor beside a password, as the policy has it; else 1.
  std::uint8_t level = 0;
};

// A factor's new Motion; `motion.version` is already the next one.
struct Move {
  FactorId factor{};
  Motion motion;
};

// An open challenge as an attempt leaves it, if it still is as the attempt found it.
struct ChallengeMove {
  Challenge row;
  std::uint32_t tries_before = 0;
};

inline constexpr std::size_t kCandidatesMax = 3;

// What the journal keeps of an event. Stored numbers.
enum class Event : std::uint8_t {
  verify = 1,
  confirm = 2,
  resynchronise = 3,
  repeat = 4,     // an earlier acceptance, answered again
  throttled = 5,  // `count` attempts refused unevaluated
  tampered = 6,   // a row failed its own checks
  subject_created = 20,
  subject_suspended = 21,
  subject_resumed = 22,
  subject_unlocked = 23,
  factor_enrolled = 30,
  factor_renamed = 31,
  factor_suspended = 32,
  factor_resumed = 33,
  factor_revoked = 34,
  token_imported = 40,  // `position` of them
  token_assigned = 41,
  token_claimed = 42,
  token_discarded = 43,
  client_added = 45,
  client_revoked = 46,
  daemon_started = 50,
  daemon_stopped = 51,
  clock_stepped_back = 52,
  policy_loaded = 53,
  message_queued = 60,  // `count` is the message's number, here and below
  message_sent = 61,
  message_delivered = 62,
  message_undeliverable = 63,
  message_too_late = 64,
  // Accounts. What a person is shown of their own account is an event of these, or a factor's.
  ticket_issued = 70,  // `count` is the ticket's purpose
  ticket_spent = 71,
  sign_in = 72,  // one step of it: `kind` says which
  signed_out = 73,
  session_ended = 74,  // by another one, or by a change; `count` of them
  reauthenticated = 75,
  password_set = 76,
  question_set = 77,
  recovery_codes_made = 78,
  temporary_code_issued = 79,
  device_remembered = 80,
  device_stolen = 81,  // an old secret of it was used
  profile_changed = 82,
  address_changed = 83,
  handed_over = 84,
  repudiated = 85,    // "this was not me"
  reset_proven = 86,  // by a link, a code or an answer
  unlocked_by_owner = 87,
  activated = 88,
  subject_erased = 89,  // `count`: the first eight bytes of a keyed hash of the name
};

struct JournalEntry {
  Time at{};
  Event event{};
  std::int64_t peer_uid = -1;     // -1: the daemon itself
  SubjectId subject{};            // 0: none; negative: an unknown name, by its decoy
  FactorId factor{};              // 0: none
  Reason outcome = Reason::none;  // none: it succeeded
  Version version{};              // of the factor's motion after the event; 0: no factor moved
  Position position = Position::none;
  std::uint32_t failures = 0;  // of the subject, after the event
  std::uint64_t count = 1;     // of a client's, token's or message's events: its (first) number
  // The challenge that was answered, or the ticket that was spent; 0: none.
  ChallengeId challenge{};
  FactorKind kind{};        // of `factor`, or of what was asked; 0: none
  bool familiar = false;    // it came from a place that was familiar then
  std::int32_t offset = 0;  // of a code that matched: steps or counters from the expected one
  std::uint32_t failures_unfamiliar = 0;  // of the subject, after the event
  std::string client_address;             // canonical text of an IP address, or empty
};

// What else an attempt or a change leaves behind, in the same commit. Seldom anything.
struct Aftermath {
  std::vector<Message> notices;         // to be queued
  std::vector<Factor> factors;          // other fixed rows of the subject, as they shall be
  std::optional<SubjectState> state;    // of the subject, where it changes
  AccountChange account;                // tickets, sessions, profile
  std::optional<SourcePrint> familiar;  // whence the subject was accepted
  std::optional<MessageId> answered;    // the message that carried the code
};

struct Attempt {
  SubjectId subject{};
  boost::container::small_vector<Move, 1> moves;  // kCandidatesMax at most; mostly one
  std::optional<Budget> budget;                   // its new value, where it changes
  std::optional<FactorState> state;  // of moves[0]'s factor, where it changes (confirmation)
  std::unique_ptr<ChallengeMove> challenge;  // where one was answered; seldom, so it is elsewhere
  std::unique_ptr<Aftermath> aftermath;      // where there is one
  // To add to it.
  [[nodiscard]] Aftermath& also() {
    if (!aftermath) aftermath = std::make_unique<Aftermath>();
    return *aftermath;
  }
  JournalEntry entry;
  // Attempts that were refused unevaluated leave no record of their own (random names would fill
  // the disk): they count in the budget, and the next evaluated attempt writes their number.
  bool journalled = true;
  // How long a Yubico OTP was held back on its way, where that is too long: for the log.
  std::optional<std::chrono::seconds> held_back;
  Verdict verdict;
};

}  // namespace countersign
