// SPDX-License-Identifier: Apache-2.0
#include "hsm/client/client.hpp"

#include "hsm/client/dispatcher.hpp"

#include <algorithm>
#include <functional>
#include <string_view>
#include <utility>

namespace countersign::hsm {
namespace {

// The verbs are no coroutines themselves: one would write its question down only when awaited.
template <class T>
awaitable<Result<T>> answer_of(PendingPtr pending) {
  Result<Answer> answer = co_await pending->done.wait();
  if (!answer) co_return answer.error();
  co_return std::get<T>(*std::move(answer));
}

// Fewer than were asked for would make a challenge that can be guessed.
awaitable<Result<SecretBytes>> whole(std::size_t bytes, PendingPtr pending) {
  CS_CO_TRY(SecretBytes random, co_await answer_of<SecretBytes>(std::move(pending)));
  if (random.size() != bytes) co_return Error{ErrorCode::unavailable, "hsm.random"};
  co_return random;
}

Binding binding_of(BytesView sealed) {
  return Binding{std::hash<std::string_view>{}(as_text(sealed))};
}

}  // namespace

Client::Client(Executor executor, std::string socket_path)
    : dispatcher_{std::make_shared<Dispatcher>(executor, std::move(socket_path))} {
  dispatcher_->start();
}

Client::~Client() { dispatcher_->close(); }

awaitable<Result<std::optional<std::uint64_t>>> Client::match_oath(MatchOath question) {
  return answer_of<std::optional<std::uint64_t>>(
      dispatcher_->ask(OperationKind::match_oath, binding_of(question.sealed), question));
}

awaitable<Result<Mac>> Client::mac(MacKey key, BytesView message) {
  return answer_of<Mac>(
      dispatcher_->ask(OperationKind::mac, Binding{next_++}, MacQuestion{key, message}));
}

awaitable<Result<Bytes>> Client::seal_oath(HashAlgorithm algorithm, SecretBytes secret) {
  const SealQuestion question{algorithm, std::as_const(secret).expose()};
  return answer_of<Bytes>(dispatcher_->ask(OperationKind::seal_oath, Binding{next_++}, question));
}

awaitable<Result<Generated>> Client::generate_oath(HashAlgorithm algorithm) {
  const GenerateQuestion question{algorithm};
  return answer_of<Generated>(
      dispatcher_->ask(OperationKind::generate_oath, Binding{next_++}, question));
}

awaitable<Result<std::optional<YubicoFields>>> Client::match_yubico(MatchYubico question) {
  return answer_of<std::optional<YubicoFields>>(
      dispatcher_->ask(OperationKind::match_yubico, binding_of(question.sealed), question));
}

awaitable<Result<Bytes>> Client::seal_yubico(SecretBytes aes_key, SecretBytes private_id) {
  const SealYubicoQuestion question{std::as_const(aes_key).expose(),
                                    std::as_const(private_id).expose()};
  return answer_of<Bytes>(dispatcher_->ask(OperationKind::seal_yubico, Binding{next_++}, question));
}

awaitable<Result<GeneratedYubico>> Client::generate_yubico() {
  const GenerateYubicoQuestion question;
  return answer_of<GeneratedYubico>(
      dispatcher_->ask(OperationKind::generate_yubico, Binding{next_++}, question));
}

awaitable<Result<Bytes>> Client::seal_client(SecretBytes api_key) {
  const SealClientQuestion question{std::as_const(api_key).expose()};
  return answer_of<Bytes>(dispatcher_->ask(OperationKind::seal_client, Binding{next_++}, question));
}

awaitable<Result<Generated>> Client::generate_client() {
  const GenerateClientQuestion question;
  return answer_of<Generated>(
      dispatcher_->ask(OperationKind::generate_client, Binding{next_++}, question));
}

awaitable<Result<Signature>> Client::sign_for_client(BytesView sealed, BytesView text) {
  const SignForClientQuestion question{sealed, text};
  return answer_of<Signature>(
      dispatcher_->ask(OperationKind::sign_for_client, binding_of(sealed), question));
}

awaitable<Result<Bytes>> Client::seal_response_key(SecretBytes key) {
  const SealResponseKeyQuestion question{std::as_const(key).expose()};
  return answer_of<Bytes>(
      dispatcher_->ask(OperationKind::seal_response_key, Binding{next_++}, question));
}

awaitable<Result<Generated>> Client::generate_response_key() {
  const GenerateResponseKeyQuestion question;
  return answer_of<Generated>(
      dispatcher_->ask(OperationKind::generate_response_key, Binding{next_++}, question));
}

awaitable<Result<bool>> Client::match_response(MatchResponse question) {
  return answer_of<bool>(
      dispatcher_->ask(OperationKind::match_response, binding_of(question.sealed), question));
}

awaitable<Result<SecretBytes>> Client::random(std::size_t bytes) {
  const RandomQuestion question{static_cast<std::uint8_t>(std::min(bytes, kRandomBytesMax))};
  return whole(bytes, dispatcher_->ask(OperationKind::random, Binding{next_++}, question));
}

awaitable<Result<IssuedCode>> Client::issue_code(IssueCode question) {
  return answer_of<IssuedCode>(
      dispatcher_->ask(OperationKind::issue_code, Binding{next_++}, question));
}

awaitable<Result<bool>> Client::match_code(MatchCode question) {
  return answer_of<bool>(dispatcher_->ask(OperationKind::match_code, Binding{next_++}, question));
}

awaitable<Result<Bytes>> Client::seal_message(BytesView message, BytesView associated_data) {
  const SealMessageQuestion question{message, associated_data};
  return answer_of<Bytes>(
      dispatcher_->ask(OperationKind::seal_message, Binding{next_++}, question));
}

awaitable<Result<OpenedMessage>> Client::open_message(BytesView sealed, BytesView associated_data) {
  const OpenMessageQuestion question{sealed, associated_data};
  return answer_of<OpenedMessage>(
      dispatcher_->ask(OperationKind::open_message, Binding{next_++}, question));
}

std::size_t Client::workers_ready() const { return dispatcher_->workers_ready(); }
std::size_t Client::workers() const { return dispatcher_->workers(); }

awaitable<void> Client::stop() { return dispatcher_->stop(); }

}  // namespace countersign::hsm
