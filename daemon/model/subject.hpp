// SPDX-License-Identifier: Apache-2.0
// A person's account and the ways they prove themselves, as the store keeps them.
//
// What is fixed (Subject, Factor) and what moves with every attempt (Budget, Motion) are rows of
// their own. The subject with everything that belongs to it is the unit of loading, caching and
// waiting one's turn.
#pragma once

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/hash_algorithm.hpp"
#include "daemon/model/ids.hpp"
#include "daemon/model/names.hpp"
#include "daemon/model/sealed_secret.hpp"

#include <boost/container/small_vector.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace countersign {

using RowMac = std::array<std::byte, 32>;

// Stored numbers: they never change.
enum class SubjectState : std::uint8_t {
  pending = 1,
  active = 2,
  locked = 3,
  suspended = 4,
  erased = 5,  // only its row is left, so that nobody else gets its number
};
enum class FactorKind : std::uint8_t {
  totp = 1,
  hotp = 2,
  yubico_otp = 3,
  chalresp = 4,
  sms = 5,
  email = 6,
  // What a person knows or keeps: `sealed` holds keyed hashes (daemon/verify/match_knowledge.hpp).
  password = 7,
  question = 8,        // to sign in by
  reset_question = 9,  // asked before a password is reset
  recovery_codes = 10,
  temporary_code = 11,
  device = 12,  // one that is remembered
  // Where a person is reached: nobody signs in by them.
  reset_phone = 13,
  primary_email = 14,
  secondary_email = 15,
  mobile = 16,
};
// Those that are described by OathParameters.
[[nodiscard]] constexpr bool is_oath(FactorKind kind) {
  return kind == FactorKind::totp || kind == FactorKind::hotp;
}
// Where a person is reached, and no way to prove who they are.
[[nodiscard]] constexpr bool is_contact(FactorKind kind) {
  return kind >= FactorKind::reset_phone && kind <= FactorKind::mobile;
}
// Those whose sealed secret is a destination, to which codes are sent.
[[nodiscard]] constexpr bool is_out_of_band(FactorKind kind) {
  return kind == FactorKind::sms || kind == FactorKind::email || is_contact(kind);
}
// By what a destination of this kind is reached: sms or email. REQUIRES: is_out_of_band(kind).
[[nodiscard]] constexpr FactorKind channel_of(FactorKind kind) {
  const bool by_phone =
      kind == FactorKind::sms || kind == FactorKind::reset_phone || kind == FactorKind::mobile;
  return by_phone ? FactorKind::sms : FactorKind::email;
}
// What is in a person's head, and so in a thief's.
[[nodiscard]] constexpr bool is_memorised(FactorKind kind) {
  return kind >= FactorKind::password && kind <= FactorKind::reset_question;
}
enum class FactorState : std::uint8_t {
  pending = 1,
  active = 2,
  suspended = 3,
  lost = 4,
  revoked = 5,
};

struct Subject {
  SubjectId id{};
  SubjectName name;
  SubjectState state = SubjectState::active;
  Time created_at{};
};

// The subject's failures since its last acceptance by any factor. Those from places that are not
// familiar are counted, and slowed down, apart: an attacker cannot lock the owner out.
struct Budget {
  Version version{};
  std::uint32_t failures = 0;             // all of them
  std::uint32_t failures_unfamiliar = 0;  // of these, those from unfamiliar places
  Time not_before{};                      // for familiar places
  Time not_before_unfamiliar{};           // for all others
  std::uint64_t throttled = 0;            // refused unevaluated since the last evaluated attempt
};

struct OathParameters {
  HashAlgorithm algorithm = HashAlgorithm::sha1;
  std::uint8_t digits = 6;
  std::uint16_t period_seconds = 30;  // 0 for HOTP
  std::uint16_t secret_bytes = 20;    // the true length, before padding
};
// Of whatever they do not describe.
inline constexpr OathParameters kNoOath{.digits = 0, .period_seconds = 0, .secret_bytes = 0};

struct Factor {
  FactorId id{};
  SubjectId subject{};
  FactorKind kind{};
  FactorState state = FactorState::pending;
  std::string label;
  // Yubico OTP: canonical modhex, nobody else's; HOTP: what the token types in front of its codes.
  std::string public_id;  // may be empty
  std::string serial;     // of the hardware token; may be empty
  OathParameters oath;
  SealedSecret sealed;
  Time created_at{};
};

// Who was answered `accepted` last, so that the same question gets the same answer.
using RequestTag = std::array<std::byte, 16>;  // all zero: nobody yet

// The highest counter that was ever used up: a TOTP step, a HOTP counter, a YubiKey's session and
// use counters side by side, or how many challenges were answered before. -1: none.
enum class Position : std::int64_t { none = -1 };
[[nodiscard]] constexpr std::int64_t number(Position p) { return static_cast<std::int64_t>(p); }

struct Motion {
  Version version{};
  Position position = Position::none;
  std::int32_t drift = 0;                 // TOTP: half steps by which the token's clock runs ahead
  std::uint32_t failures = 0;             // since this factor's own last acceptance
  std::uint32_t failures_unfamiliar = 0;  // of these, those from unfamiliar places
  RequestTag last_request{};
  Time accepted_at{};           // 0: never
  std::uint32_t timestamp = 0;  // Yubico OTP: the key's own clock at its last acceptance
};

struct FactorRecord {
  Factor fixed;
  RowMac fixed_mac{};
  Motion motion;
};

// A place from which a subject was accepted, and when for the last time.
using SourcePrint = std::array<std::byte, 16>;  // keyed hash; all zero: unknown
struct FamiliarSource {
  SourcePrint print{};
  Time accepted_at{};
};
// For how long it is familiar.
inline constexpr std::chrono::hours kSourcesKept{30 * 24};
// Whoever is accepted from a place again within this time leaves it as it was noted.
inline constexpr std::chrono::hours kSourceNoted{24};

// Whether the subject was accepted from there within `period`. A place that is all zero is
// nobody's.
[[nodiscard]] inline bool was_accepted(std::span<const FamiliarSource> sources,
                                       const SourcePrint& from, std::chrono::hours period,
                                       Time now) {
  for (const FamiliarSource& source : sources) {
    if (source.print == from && from != SourcePrint{}) return source.accepted_at >= now - period;
  }
  return false;
}
[[nodiscard]] inline bool is_familiar(std::span<const FamiliarSource> sources,
                                      const SourcePrint& from, Time now) {
  return was_accepted(sources, from, kSourcesKept, now);
}

struct SubjectRecord {
  Subject fixed;
  RowMac fixed_mac{};
  Budget budget;
  boost::container::small_vector<FactorRecord, 1> factors;  // by id; mostly one
  std::vector<FamiliarSource> sources;                      // in no order

  [[nodiscard]] const FactorRecord* find(FactorId id) const {
    for (const FactorRecord& factor : factors) {
      if (factor.fixed.id == id) return &factor;
    }
    return nullptr;
  }
};

}  // namespace countersign
