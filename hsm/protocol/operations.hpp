// SPDX-License-Identifier: Apache-2.0
// What the daemon may ask of an HSM worker, and nothing else.
//
// There is no verb that returns a factor's secret once it is sealed, and none that returns a code,
// but for the one in a message, to whoever delivers it.
#pragma once

#include "base/bytes.hpp"
#include "base/hash_algorithm.hpp"
#include "base/secret_bytes.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace countersign::hsm {

using Mac = std::array<std::byte, 32>;

// The most counters that one match may name: the window of a resynchronisation packet.
inline constexpr std::size_t kCountersMax = 32;
inline constexpr std::size_t kSealedBytesMax = 600;
// Equal AES keys of YubiKeys are equal when sealed, up to here; the private id behind is not.
inline constexpr std::size_t kSealedYubicoKeyBytes = 32;
inline constexpr std::size_t kMacInputBytesMax = 2048;
inline constexpr std::size_t kOathSecretBytesMax = 512;
inline constexpr std::size_t kYubicoKeyBytes = 16;
inline constexpr std::size_t kYubicoPrivateIdBytes = 6;
inline constexpr std::size_t kYubicoBlockBytes = 16;
inline constexpr std::size_t kApiKeyBytesMin = 16;
inline constexpr std::size_t kApiKeyBytesMax = 64;
inline constexpr std::size_t kFreshApiKeyBytes = 20;
inline constexpr std::size_t kSignedTextBytesMax = 2048;
inline constexpr std::size_t kResponseKeyBytes = 20;
inline constexpr std::size_t kChallengeBytesMax = 64;  // what a YubiKey takes
inline constexpr std::size_t kResponseBytesMax = 64;
inline constexpr std::size_t kRandomBytesMax = 64;
inline constexpr std::size_t kCodeDigitsMin = 6;
inline constexpr std::size_t kCodeDigitsMax = 10;
inline constexpr std::size_t kCodeContextBytesMax = 512;
inline constexpr std::size_t kMessageBytesMax = 1280;
inline constexpr std::size_t kAssociatedDataBytesMax = 64;
// Header, code with its length, message, tag.
inline constexpr std::size_t kSealedMessageBytesMax =
    16 + 1 + kCodeDigitsMax + kMessageBytesMax + 16;

// Does the passcode equal the code of one of these counters? They are tried in the order given and
// the first that matches ends the search. Views are valid until the call returns its awaitable.
struct MatchOath {
  BytesView sealed;
  HashAlgorithm algorithm{};
  std::uint8_t digits{};                    // 6 to 8
  std::span<const std::uint64_t> counters;  // 1 to kCountersMax
  std::string_view passcode;                // any length; a wrong length matches nothing
};

// Was the block made by this YubiKey? The view is valid until the call returns its awaitable.
struct MatchYubico {
  BytesView sealed;
  std::array<std::byte, kYubicoBlockBytes> block{};
};

// What stood in the block, when it was. The private id stays where it was compared, and the random
// number and the check sum have served.
struct YubicoFields {
  std::uint16_t session_counter{};  // 0 to 0x7fff: without the bit that old keys use for Caps Lock
  std::uint8_t session_use{};
  std::uint32_t timestamp{};  // 24 bits, eight a second, from anywhere
  bool operator==(const YubicoFields&) const = default;
};

// Is this what the key answers to the challenge? HMAC-SHA-1, as YubiKeys compute it. Views are
// valid until the call returns its awaitable.
struct MatchResponse {
  BytesView sealed;
  BytesView challenge;  // 1 to kChallengeBytesMax
  BytesView response;   // at most kResponseBytesMax; a wrong length matches nothing
};

// Makes a code and the message that carries it. The code leaves the worker sealed, inside the
// message, and as a MAC over it and what it is for. Views are valid until the call returns its
// awaitable.
struct IssueCode {
  std::uint8_t digits{};      // kCodeDigitsMin to kCodeDigitsMax
  BytesView context;          // what the code is for: 1 to kCodeContextBytesMax
  BytesView message;          // what is sealed together with it: kMessageBytesMax at most
  BytesView associated_data;  // 1 to kAssociatedDataBytesMax; has to be known to open it
};
struct IssuedCode {
  Mac mac{};
  Bytes sealed;
};

// Is this the code that was issued for this? A wrong length or form matches nothing.
struct MatchCode {
  Mac mac{};
  BytesView context;
  std::string_view passcode;
};

// A message, opened for the one who delivers it.
struct OpenedMessage {
  SecretBytes code;     // text; empty when it was sealed without one
  SecretBytes message;  // as it was sealed
};

enum class MacKey : std::uint8_t { record = 1, pepper = 2 };

// HMAC-SHA-1, as the clients of Yubico's validation protocol sign.
using Signature = std::array<std::byte, 20>;

// What a sealed secret is for; part of its header, and checked before it is used. The copies of
// the workers' own keys never leave the token.
enum class SecretKind : std::uint8_t {
  oath = 1,
  yubico = 2,
  client = 3,
  mac_key = 4,
  challenge_response = 5,
  message = 6,
};

struct Generated {
  Bytes sealed;
  SecretBytes secret;  // for the one message that shows it to its owner
};

struct GeneratedYubico {
  Bytes sealed;
  SecretBytes aes_key;  // these two for whoever writes them into the YubiKey, once
  SecretBytes private_id;
};

}  // namespace countersign::hsm
