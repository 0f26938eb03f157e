// SPDX-License-Identifier: Apache-2.0
// The HSM as the daemon sees it: a handful of verbs that may fail.
#pragma once

#include "async/awaitable.hpp"
#include "hsm/protocol/operations.hpp"

#include <optional>

namespace countersign::hsm {

// Every verb fails with `unavailable` when no worker answered in time, and with `corrupt` when the
// worker refused a sealed secret. All of them may be repeated without harm: none has a side effect.
class Hsm {
 public:
  virtual ~Hsm() = default;

  // The first of the counters whose code equals the passcode, or none.
  virtual awaitable<Result<std::optional<std::uint64_t>>> match_oath(MatchOath question) = 0;

  // HMAC-SHA-256 by a key that never leaves the token.
  // REQUIRES: message.size() <= kMacInputBytesMax; valid until the awaitable is complete.
  virtual awaitable<Result<Mac>> mac(MacKey key, BytesView message) = 0;

  // Seals a secret that came in. REQUIRES: 1 to kOathSecretBytesMax bytes.
  virtual awaitable<Result<Bytes>> seal_oath(HashAlgorithm algorithm, SecretBytes secret) = 0;

  // Makes a fresh secret of as many bytes as the algorithm's digest, by the token's own generator.
  virtual awaitable<Result<Generated>> generate_oath(HashAlgorithm algorithm) = 0;

  // What the YubiKey wrote into the block, or none: its check sum or its private id is another's.
  virtual awaitable<Result<std::optional<YubicoFields>>> match_yubico(MatchYubico question) = 0;

  // REQUIRES: kYubicoKeyBytes and kYubicoPrivateIdBytes.
  virtual awaitable<Result<Bytes>> seal_yubico(SecretBytes aes_key, SecretBytes private_id) = 0;
  virtual awaitable<Result<GeneratedYubico>> generate_yubico() = 0;

  // The key of a client of the validation protocol.
  // REQUIRES: kApiKeyBytesMin to kApiKeyBytesMax bytes.
  virtual awaitable<Result<Bytes>> seal_client(SecretBytes api_key) = 0;
  // Makes one of kFreshApiKeyBytes.
  virtual awaitable<Result<Generated>> generate_client() = 0;

  // HMAC-SHA-1 by a client's key. A sealed secret of any other kind is `corrupt`.
  // REQUIRES: text.size() <= kSignedTextBytesMax; both valid until the call returns its awaitable.
  virtual awaitable<Result<Signature>> sign_for_client(BytesView sealed, BytesView text) = 0;

  // The key of a YubiKey's challenge-response slot. REQUIRES: kResponseKeyBytes.
  virtual awaitable<Result<Bytes>> seal_response_key(SecretBytes key) = 0;
  virtual awaitable<Result<Generated>> generate_response_key() = 0;
  // Whether the key answers the challenge like this: yes or no, and nothing else. A sealed secret
  // of any other kind is `corrupt`.
  virtual awaitable<Result<bool>> match_response(MatchResponse question) = 0;

  // So many bytes from the token's own generator. REQUIRES: 1 to kRandomBytesMax.
  virtual awaitable<Result<SecretBytes>> random(std::size_t bytes) = 0;

  // Makes a code that nobody gets to see but who opens its message. Asked again, it is another
  // code. REQUIRES: the bounds that IssueCode names.
  virtual awaitable<Result<IssuedCode>> issue_code(IssueCode question) = 0;
  // Whether the passcode is the code that was issued for this context: yes or no, and nothing else.
  // REQUIRES: a context of 1 to kCodeContextBytesMax bytes.
  virtual awaitable<Result<bool>> match_code(MatchCode question) = 0;

  // A message without a code, for open_message. REQUIRES: 1 to kMessageBytesMax bytes, and 1 to
  // kAssociatedDataBytesMax; both valid until the call returns its awaitable.
  virtual awaitable<Result<Bytes>> seal_message(BytesView message, BytesView associated_data) = 0;
  // What issue_code or seal_message has sealed for this associated data. Anything else is
  // `corrupt`. REQUIRES: both valid until the call returns its awaitable.
  virtual awaitable<Result<OpenedMessage>> open_message(BytesView sealed,
                                                        BytesView associated_data) = 0;
};

}  // namespace countersign::hsm
