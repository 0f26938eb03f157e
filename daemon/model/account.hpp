// SPDX-License-Identifier: Apache-2.0
// What an account has besides factors: tickets in links, sessions of the companion, a profile, and
// secrets that await their confirmation.
#pragma once

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "daemon/model/subject.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace countersign {

// HMAC-SHA-256 by the HSM's `pepper` key over a secret and what it is bound to. What the secret is
// the database does not know.
using SecretMac = std::array<std::byte, 32>;

// Stored numbers, and those of api/countersign.proto.
enum class TicketPurpose : std::uint8_t {
  activation = 1,
  reset = 2,
  hand_over = 3,
  repudiation = 4,  // "this was not me"
};
enum class TicketState : std::uint8_t { open = 1, spent = 2, superseded = 3 };

// A single-use token in a link or a hand-over. Fixed but for its state.
struct Ticket {
  static constexpr std::size_t kDetailsBytesMax = 256;

  TicketId id{};
  TicketPurpose purpose{};
  TicketState state = TicketState::open;
  SubjectId subject{};
  FactorId factor{};    // repudiation: what was changed; 0: nothing that can be suspended
  SessionId session{};  // hand_over: of whom
  SecretMac mac{};      // of its secret, its id, subject, purpose and realm
  Bytes details;        // hand_over: what was proven, as SessionProof has it; repudiation: of what
  Time created_at{};
  Time expires_at{};  // at this instant it is expired
};

// Stored numbers, and those of api/countersign.proto.
enum class SessionScope : std::uint8_t { activation = 1, sign_in = 2, reset = 3, account = 4 };
enum class SessionState : std::uint8_t { open = 1, ended = 2 };

// What was proven, and when for the last time.
struct SessionProof {
  Time password_at{};  // 0: never, here and below
  Time factor_at{};    // by a factor beside the password and the questions
  Time question_at{};
  std::uint32_t kinds = 0;  // a bit for each FactorKind
  bool operator==(const SessionProof&) const = default;
};
[[nodiscard]] constexpr std::uint32_t bit_of(FactorKind kind) {
  return std::uint32_t{1} << static_cast<unsigned>(kind);
}

struct Session {
  static constexpr std::size_t kUserAgentBytesMax = 200;

  SessionId id{};
  Version version{};
  SubjectId subject{};
  SessionScope scope{};
  SessionState state = SessionState::open;
  SecretMac mac{};    // of its secret, its id and subject
  TicketId ticket{};  // activation, reset: by which it was opened; 0: none
  SessionProof proof;
  SourcePrint source{};
  std::string user_agent;
  Time created_at{};
  Time seen_at{};     // to the minute
  Time expires_at{};  // at this instant it is over, whoever is using it
};

// What is known of a person beside where they are reached.
struct Profile {
  static constexpr std::size_t kNameCodePointsMax = 64;

  Version version{};  // 0: there is none yet
  std::string first_name;
  std::string last_name;
  std::string language;  // BCP 47, or empty
};

// The same as the store keeps it: sealed by the HSM, so that no name is in clear on the disk.
struct SealedProfile {
  static constexpr std::size_t kSealedBytesMax = 1200;

  Version version{};  // 0: there is none yet
  Bytes sealed;       // hsm::Hsm::seal_message, with the associated data "countersign profile v1"
};

// The secret of a pending factor, for its owner to see once more; sealed by the HSM.
struct PendingSecret {
  static constexpr std::chrono::minutes kKept{15};
  static constexpr std::size_t kSealedBytesMax = 1200;

  FactorId factor{};
  SubjectId subject{};
  Bytes sealed;  // hsm::Hsm::seal_message
  Time expires_at{};
};

// All that one commit changes of an account. Rows are named by what they were when they were read;
// the commit fails with `conflict` when one is no longer so.
struct AccountChange {
  struct TicketMove {
    Ticket from;  // it is open
    TicketState to{};
  };
  std::vector<Ticket> issued;
  std::vector<TicketMove> tickets;
  std::vector<Session> begun;
  std::vector<Session> sessions;  // as they shall be; their version is the next one
  // Ends all open sessions of the subject but this one (0: all of them) and those that begin.
  std::optional<SessionId> ends_all_but;
  std::optional<SealedProfile> profile;  // as it shall be; its version is the next one
  std::optional<PendingSecret> kept;
  std::optional<FactorId> forgotten;  // its pending secret is erased

  [[nodiscard]] bool empty() const {
    return issued.empty() && tickets.empty() && begun.empty() && sessions.empty() &&
           !ends_all_but && !profile && !kept && !forgotten;
  }
};

}  // namespace countersign
