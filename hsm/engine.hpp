// SPDX-License-Identifier: Apache-2.0
// One PKCS#11 session with its keys and its unwrapped handles: what a worker serves.
//
// One process has one engine, on one thread; it must not fork while it has it. Factor secrets in
// clear exist here and nowhere else, for as long as it takes to wrap them.
#pragma once

#include "hsm/protocol/operations.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

namespace countersign::hsm {

struct EngineSettings {
  std::string module_path;
  std::string token_label;
  std::string pin_file;
  std::string refused_pin_file;  // where a PIN that the token refused is remembered
  std::size_t handles_max = 20'000;
  bool private_session_objects = false;
};

class Engine {
 public:
  // Loads the module, logs in once, finds and checks every key, and runs the self-test.
  //
  // Fails with `denied` if the PIN was refused ("C_Login"), now or before ("pin.refused_before"),
  // if it is about to be locked, or if the self-test failed (in words): trying again would not
  // help. With `not_found` if module, token, PIN file or a key is missing, `corrupt` if a key is
  // not what it must be, `unavailable` otherwise.
  static Result<Engine> open(const EngineSettings& settings);

  Engine(Engine&& other) noexcept;
  Engine& operator=(Engine&&) = delete;
  ~Engine();

  // The first of the counters whose code equals the passcode, or none.
  //
  // Fails with `malformed` if the question is none, `corrupt` if the sealed secret is damaged, and
  // `unavailable`.
  Result<std::optional<std::uint64_t>> match_oath(const MatchOath& question);

  // Fails with `limit_exceeded` above kMacInputBytesMax, `malformed` for an unknown key.
  Result<Mac> mac(MacKey key, BytesView message);

  // Fails with `malformed`, `limit_exceeded`, `unavailable`.
  Result<Bytes> seal_oath(HashAlgorithm algorithm, BytesView secret);
  Result<Generated> generate_oath(HashAlgorithm algorithm);

  // What stands in the block if this YubiKey made it, or none.
  //
  // Fails with `corrupt` if the sealed secret is damaged, and `unavailable`.
  Result<std::optional<YubicoFields>> match_yubico(const MatchYubico& question);

  // Fails with `malformed` for other lengths than kYubicoKeyBytes and kYubicoPrivateIdBytes.
  Result<Bytes> seal_yubico(BytesView aes_key, BytesView private_id);
  Result<GeneratedYubico> generate_yubico();

  // Fails with `corrupt` if it was not sealed as the key of a client, `limit_exceeded` above
  // kSignedTextBytesMax.
  Result<Signature> sign_for_client(BytesView sealed, BytesView text);

  // Fails with `malformed`, `limit_exceeded`, `unavailable`.
  Result<Bytes> seal_client(BytesView api_key);
  Result<Generated> generate_client();

  // Whether the key answers the challenge like this. Fails with `corrupt` if it was not sealed as a
  // challenge-response key, `malformed` and `limit_exceeded` for a challenge of no or too many
  // bytes, `unavailable`.
  Result<bool> match_response(const MatchResponse& question);

  // Fails with `malformed` for another length than kResponseKeyBytes, and `unavailable`.
  Result<Bytes> seal_response_key(BytesView key);
  Result<Generated> generate_response_key();

  // Fails with `malformed` outside 1 to kRandomBytesMax, and `unavailable`.
  Result<SecretBytes> random(std::size_t bytes);

  // A code by the token's own generator, every one as likely as any other. It stays here but for
  // its MAC and its sealed message.
  //
  // Fails with `malformed` and `limit_exceeded` outside the bounds that IssueCode names, and
  // `unavailable`.
  Result<IssuedCode> issue_code(const IssueCode& question);
  // Whether the passcode is the code that was issued for this. Fails with `malformed` and
  // `limit_exceeded` for a context of no or too many bytes, and `unavailable`.
  Result<bool> match_code(const MatchCode& question);

  // Fail with `malformed` and `limit_exceeded` outside the bounds that operations.hpp names, and
  // `unavailable`; open_message with `corrupt` for whatever was not sealed as a message for this.
  Result<Bytes> seal_message(BytesView message, BytesView associated_data);
  Result<OpenedMessage> open_message(BytesView sealed, BytesView associated_data);

  // How many sealed secrets are unwrapped just now.
  [[nodiscard]] std::size_t handles() const;

 private:
  struct State;
  explicit Engine(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Whether an engine that fails like this will never answer again: the device, the session or the
// login is gone. Only opening a new one helps, in a new process.
[[nodiscard]] bool is_lost(const Error& error);

}  // namespace countersign::hsm
