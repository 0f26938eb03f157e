// SPDX-License-Identifier: Apache-2.0
// YubiKeys on this machine's USB ports: what is in their slots, and how they are programmed.
//
// Through libykpers, whose state is global: one call at a time, whatever thread it comes from. A
// key cannot be read back, and libykpers takes the refused write of a blank key for a success; so a
// slot counts as programmed when the key itself says so afterwards, and as proven with its first
// code. Nothing is printed; what held a secret is wiped. `explain` has the words for each error.
#pragma once

#include "base/error.hpp"
#include "base/secret_bytes.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace countersign::yubikey {

inline constexpr std::size_t kPublicIdBytesMax = 16;
inline constexpr std::size_t kPrivateIdBytes = 6;
inline constexpr std::size_t kAesKeyBytes = 16;
inline constexpr std::size_t kHmacKeyBytes = 20;
inline constexpr std::size_t kAccessCodeBytes = 6;
inline constexpr std::size_t kChallengeBytesMax = 63;
inline constexpr int kKeysMax = 16;

enum class SlotNumber : std::uint8_t { one = 1, two = 2 };

struct Slot {
  bool configured = false;
  bool wants_touch = false;  // before it answers a challenge
};

struct Key {
  std::optional<std::uint32_t> serial;  // none: a slot's configuration hides it
  std::array<std::uint8_t, 3> firmware{};
  std::array<Slot, 2> slots{};

  [[nodiscard]] const Slot& slot(SlotNumber number) const {
    return slots[number == SlotNumber::one ? 0 : 1];
  }
};

// Which key is meant: the one with this serial number, or the only one there is.
struct Which {
  std::optional<std::uint32_t> serial;
};

struct YubicoOtp {
  Bytes public_id;         // at most kPublicIdBytesMax
  SecretBytes private_id;  // kPrivateIdBytes
  SecretBytes aes_key;     // kAesKeyBytes
};

enum class HotpDigits : std::uint8_t { six = 6, eight = 8 };

// Counts from 0.
struct Hotp {
  SecretBytes secret;  // kHmacKeyBytes
  HotpDigits digits = HotpDigits::six;
  // Typed in front of each code: empty, or 12 letters: 0, 2, 4 or 12 of modhex, then digits.
  std::string token_identifier;
};

// HMAC-SHA-1, for challenges of variable length.
struct ChallengeResponse {
  SecretBytes secret;  // kHmacKeyBytes
  bool wants_touch = false;
};

using Configuration = std::variant<YubicoOtp, Hotp, ChallengeResponse>;

// Six bytes that a slot asks for before it is changed. Whoever loses them can never change the slot
// again. Without `next` the slot keeps the one it has; with six zeros there it loses it.
struct AccessCodes {
  SecretBytes current;  // empty: the slot is not protected
  std::optional<SecretBytes> next;
};

struct Typing {
  bool append_return = true;
};

enum class Occupied : std::uint8_t { refuse, overwrite };

// The keys that are plugged in, in the order of their ports.
[[nodiscard]] Result<std::vector<Key>> list_keys();

// Fails with `not_found` (no key, or not this one), `conflict` (several, and none was named),
// `denied` (no permission on the USB device), `unavailable`: like all that follow.
[[nodiscard]] Result<Key> read_key(Which which);

// Writes a slot and looks whether it was written; returns the key as it is then.
//
// Fails with `malformed` (a value of another length), `already_exists` (the slot is configured),
// `denied` (the access code is missing or wrong: the key refused, and is as it was),
// `unavailable` (the key did not answer, or was pulled out: the slot may hold either).
[[nodiscard]] Result<Key> program(Which which, SlotNumber slot, const Configuration& configuration,
                                  const AccessCodes& codes, Typing typing, Occupied occupied);

// Changes what the slot types around its codes, and its access code; its secret and its counter
// stay. Fails like `program`, and with `denied` when the slot does not allow updates.
[[nodiscard]] Result<Key> update(Which which, SlotNumber slot, const AccessCodes& codes,
                                 Typing typing);

// Slot 1 becomes slot 2 and the other way round. One access code has to do for both.
[[nodiscard]] Result<Key> swap(Which which, const SecretBytes& access_code);

// Empties a slot. Fails like `program`, and with `not_found` when it is empty.
[[nodiscard]] Result<Key> erase(Which which, SlotNumber slot, const SecretBytes& access_code);

using Response = std::array<std::byte, 20>;

// What a challenge-response slot answers, after a touch if it wants one (15 s).
//
// REQUIRES: 1 to kChallengeBytesMax bytes, of which the last one is not zero: the key drops it.
[[nodiscard]] Result<Response> challenge(Which which, SlotNumber slot, BytesView challenge);

// What is wrong and how it is mended, in one or two sentences.
[[nodiscard]] std::string_view explain(const Error& error);

}  // namespace countersign::yubikey
