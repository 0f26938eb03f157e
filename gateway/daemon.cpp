// SPDX-License-Identifier: Apache-2.0
#include "gateway/daemon.hpp"

#include "base/log.hpp"
#include "gateway/verdict.hpp"

#include <algorithm>

namespace countersign::gateway {
namespace {

// A daemon that refuses everything would fill the log.
constexpr std::chrono::seconds kComplaintInterval{10};

}  // namespace

void Daemon::refused(const v1::Reply& reply) {
  const auto now = std::chrono::steady_clock::now();
  if (now - complained_at_ < kComplaintInterval) return;
  complained_at_ = now;
  log::warning("gateway.daemon_error", {{"code", static_cast<int>(reply.error().code())}});
}

awaitable<Result<std::optional<Outcome>>> Daemon::check(const Question& question,
                                                        const std::string& source) {
  v1::Request request;
  request.set_request_id(links_.fresh_id());
  auto& ask_client = *request.mutable_check_client();
  ask_client.set_client_id(question.client_id);
  ask_client.set_text(question.signed_text);
  if (question.signature) {
    ask_client.set_signature(question.signature->data(), question.signature->size());
  }
  ask_client.set_source_address(source);
  CS_CO_TRY(const v1::Reply reply, co_await links_.ask(request));
  if (!reply.has_client_check()) {
    refused(reply);
    co_return Error{ErrorCode::denied, "daemon.check_client"};
  }
  co_return refusal_of(reply.client_check());
}

awaitable<Result<Backend::Verified>> Daemon::verify(const Question& question) {
  v1::Request request;
  // Version one has no nonce: each request is one of its own. Whose address the end user has, a
  // gateway does not know.
  request.set_request_id(question.version == Version::two ? request_id(question)
                                                          : links_.fresh_id());
  request.mutable_verify()->set_passcode(question.canonical_otp);
  CS_CO_TRY(const v1::Reply reply, co_await links_.ask(request));
  if (!reply.has_verdict()) {
    refused(reply);
    co_return Error{ErrorCode::denied, "daemon.verify"};
  }
  const v1::YubicoCounters& yubico = reply.verdict().yubico();
  const Verified verified{.outcome = outcome_of(reply.verdict()),
                          .counters = {.session_counter = yubico.session_counter(),
                                       .session_use = yubico.session_use(),
                                       .timestamp = yubico.timestamp()}};
  co_return verified;
}

awaitable<Result<Signature>> Daemon::sign(std::uint32_t client_id, const std::string& text) {
  v1::Request request;
  request.set_request_id(links_.fresh_id());
  request.mutable_sign_for_client()->set_client_id(client_id);
  request.mutable_sign_for_client()->set_text(text);
  CS_CO_TRY(const v1::Reply reply, co_await links_.ask(request));
  const std::string& bytes = reply.signature().signature();
  Signature signature;
  if (!reply.has_signature() || bytes.size() != signature.size()) {
    refused(reply);
    co_return Error{ErrorCode::denied, "daemon.sign_for_client"};
  }
  std::ranges::transform(bytes, signature.begin(),
                         [](char c) { return static_cast<std::byte>(c); });
  co_return signature;
}

}  // namespace countersign::gateway
