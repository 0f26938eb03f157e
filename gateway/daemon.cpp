// SPDX-License-Identifier: Apache-2.0
#include "gateway/daemon.hpp"

#include "base/log.hpp"
#include "gateway/verdict.hpp"

#include <sys/random.h>
#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <cstdlib>
#include <exception>

namespace countersign::gateway {
namespace {

constexpr std::size_t kRandomIdBytes = 16;
// A daemon that refuses everything would fill the log.
constexpr std::chrono::seconds kComplaintInterval{10};

void end_on(const std::exception_ptr& failure) {
  if (failure) std::rethrow_exception(failure);
}

std::string random_bytes() {
  std::string bytes(kRandomIdBytes, '\0');
  // Fails on no kernel that we run on; ids that can be guessed are not worth going on for.
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    std::abort();
  }
  return bytes;
}

}  // namespace

Daemon::Daemon(Executor executor, const std::string& path)
    : executor_{executor}, id_prefix_{random_bytes()} {
  for (std::size_t i = 0; i < kLinks; ++i) links_.push_back(std::make_shared<Link>(executor, path));
}

void Daemon::start() {
  for (const auto& link : links_) boost::asio::co_spawn(executor_, link->run(), &end_on);
}

void Daemon::stop() {
  for (const auto& link : links_) link->stop();
}

void Daemon::check(SteadyTime now) {
  for (const auto& link : links_) link->check(now);
}

// Unlike any other of ours, and not to be guessed; the random part is drawn once.
std::string Daemon::fresh_id() {
  std::string id = id_prefix_;
  Writer{id}.integer(++asked_);
  return id;
}

awaitable<Result<v1::Reply>> Daemon::ask(const v1::Request& request) {
  std::size_t in_flight = 0;
  Link* best = nullptr;
  for (const auto& link : links_) {
    in_flight += link->waiting();
    if (!link->is_up()) continue;
    if (best == nullptr || link->waiting() < best->waiting()) best = link.get();
  }
  if (best == nullptr) co_return Error{ErrorCode::unavailable, "daemon.absent"};
  if (in_flight >= kInFlightMax) co_return Error{ErrorCode::unavailable, "daemon.in_flight"};
  co_return co_await best->ask(request);
}

void Daemon::refused(const v1::Reply& reply) {
  const auto now = std::chrono::steady_clock::now();
  if (now - complained_at_ < kComplaintInterval) return;
  complained_at_ = now;
  log::warning("gateway.daemon_error", {{"code", static_cast<int>(reply.error().code())}});
}

awaitable<Result<std::optional<Outcome>>> Daemon::check(const Question& question,
                                                        const std::string& source) {
  v1::Request request;
  request.set_request_id(fresh_id());
  auto& ask_client = *request.mutable_check_client();
  ask_client.set_client_id(question.client_id);
  ask_client.set_text(question.signed_text);
  if (question.signature) {
    ask_client.set_signature(question.signature->data(), question.signature->size());
  }
  ask_client.set_source_address(source);
  CS_CO_TRY(const v1::Reply reply, co_await ask(request));
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
  request.set_request_id(question.version == Version::two ? request_id(question) : fresh_id());
  request.mutable_verify()->set_passcode(question.canonical_otp);
  CS_CO_TRY(const v1::Reply reply, co_await ask(request));
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
  request.set_request_id(fresh_id());
  request.mutable_sign_for_client()->set_client_id(client_id);
  request.mutable_sign_for_client()->set_text(text);
  CS_CO_TRY(const v1::Reply reply, co_await ask(request));
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
