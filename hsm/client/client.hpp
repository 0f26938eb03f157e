// SPDX-License-Identifier: Apache-2.0
// The HSM, asked through the worker processes of countersign-hsm.
//
// Batches, spreads, retries and gives up behind the verbs of Hsm; a worker's restart is not seen
// by the caller, only its slowness. Factors are bound to workers by their sealed secret, so that
// each handle is kept by one worker. Everything runs on the loop's thread.
#pragma once

#include "async/awaitable.hpp"
#include "hsm/client/hsm.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace countersign::hsm {

class Dispatcher;

class Client final : public Hsm {
 public:
  // Starts to connect, and keeps trying, to the socket of countersign-hsm.
  Client(Executor executor, std::string socket_path);
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  // Fails what still waits, resuming it: stop() first.
  // REQUIRES: not called by a coroutine that the client resumes.
  ~Client() override;

  // Each question is written down before the call returns its awaitable. It is asked again once if
  // its worker dies or is silent for 2 s, and fails with `unavailable` after 5 s, or at once while
  // 65 536 others wait.
  awaitable<Result<std::optional<std::uint64_t>>> match_oath(MatchOath question) override;
  awaitable<Result<Mac>> mac(MacKey key, BytesView message) override;
  awaitable<Result<Bytes>> seal_oath(HashAlgorithm algorithm, SecretBytes secret) override;
  awaitable<Result<Generated>> generate_oath(HashAlgorithm algorithm) override;
  awaitable<Result<std::optional<YubicoFields>>> match_yubico(MatchYubico question) override;
  awaitable<Result<Bytes>> seal_yubico(SecretBytes aes_key, SecretBytes private_id) override;
  awaitable<Result<GeneratedYubico>> generate_yubico() override;
  awaitable<Result<Bytes>> seal_client(SecretBytes api_key) override;
  awaitable<Result<Generated>> generate_client() override;
  awaitable<Result<Signature>> sign_for_client(BytesView sealed, BytesView text) override;
  awaitable<Result<Bytes>> seal_response_key(SecretBytes key) override;
  awaitable<Result<Generated>> generate_response_key() override;
  awaitable<Result<bool>> match_response(MatchResponse question) override;
  awaitable<Result<SecretBytes>> random(std::size_t bytes) override;
  awaitable<Result<IssuedCode>> issue_code(IssueCode question) override;
  awaitable<Result<bool>> match_code(MatchCode question) override;
  awaitable<Result<Bytes>> seal_message(BytesView message, BytesView associated_data) override;
  awaitable<Result<OpenedMessage>> open_message(BytesView sealed,
                                                BytesView associated_data) override;

  // How many workers answer now, and how many there should be (0 until one was reached).
  [[nodiscard]] std::size_t workers_ready() const;
  [[nodiscard]] std::size_t workers() const;

  // Refuses new questions, waits for the answers to the old ones, and disconnects.
  awaitable<void> stop();

 private:
  std::shared_ptr<Dispatcher> dispatcher_;
  std::uint64_t next_ = 0;  // what is bound to no worker goes to each in turn
};

}  // namespace countersign::hsm
