// SPDX-License-Identifier: Apache-2.0
#include "cli/import_stream.hpp"

#include <thread>
#include <utility>

namespace countersign::cli {
namespace {

constexpr std::size_t kBatchTokensMax = 200;       // the contract's
constexpr std::size_t kBatchBytesMax = 60 * 1024;  // below a frame's 64 KiB, headers included
constexpr std::size_t kBatchesUnderWayMax = 4;
constexpr std::size_t kTokenOverheadBytes = 4;  // its tag and its length
// The HSM's service that is restarted is away for longer than the daemon waits, and soon back.
constexpr int kTriesMax = 5;
constexpr std::chrono::milliseconds kBetweenTries{500};
// Sealing 200 secrets takes a slow HSM a while.
constexpr std::chrono::seconds kAnswerLimit{60};

v1::Error lost(const Error& error) {
  v1::Error lost;
  lost.set_code(v1::UNAVAILABLE);
  lost.set_message(error.code == ErrorCode::malformed
                       ? "What answers there does not speak our protocol."
                       : "The daemon did not answer.");
  return lost;
}

v1::Error not_an_answer() {
  v1::Error error;
  error.set_code(v1::UNAVAILABLE);
  error.set_message("The daemon's answer does not fit the question.");
  return error;
}

void write(const files::TokenRow& row, v1::TokenSecret& token) {
  token.set_kind(static_cast<v1::FactorKind>(row.kind));
  token.set_serial(row.serial);
  token.set_public_id(row.public_id);
  token.set_secret(std::string{as_text(row.secret.expose())});
  token.set_counter(row.counter);
  if (row.kind == files::TokenKind::yubico_otp) {
    token.set_private_id(std::string{as_text(row.private_id.expose())});
    return;
  }
  token.set_algorithm(static_cast<v1::HashAlgorithm>(row.algorithm));
  token.set_digits(row.digits);
  if (row.kind == files::TokenKind::totp) token.set_period_seconds(row.period_seconds);
}

}  // namespace

ImportStream::ImportStream(client::Client client, bool dry_run, ImportTally& tally,
                           std::function<void()> answered)
    : client_{std::move(client)}, dry_run_{dry_run}, tally_{tally}, answered_{std::move(answered)} {
  begin();
}

void ImportStream::begin() {
  batch_ = {};
  batch_.request.mutable_import_tokens()->set_dry_run(dry_run_);
  batch_bytes_ = 0;
}

std::optional<v1::Error> ImportStream::add(std::size_t line, const files::TokenRow& row) {
  v1::TokenSecret token;
  write(row, token);
  const std::size_t bytes = token.ByteSizeLong() + kTokenOverheadBytes;
  if (batch_.lines.size() == kBatchTokensMax || batch_bytes_ + bytes > kBatchBytesMax) {
    if (auto error = send()) return error;
  }
  *batch_.request.mutable_import_tokens()->add_tokens() = std::move(token);
  batch_bytes_ += bytes;
  batch_.lines.push_back(line);
  return std::nullopt;
}

std::optional<v1::Error> ImportStream::finish() {
  if (!batch_.lines.empty()) {
    if (auto error = send()) return error;
  }
  while (!under_way_.empty()) {
    if (auto error = receive()) return error;
  }
  return std::nullopt;
}

std::optional<v1::Error> ImportStream::send() {
  while (under_way_.size() >= kBatchesUnderWayMax) {
    if (auto error = receive()) return error;
  }
  Batch batch = std::exchange(batch_, {});
  begin();
  return send(std::move(batch));
}

std::optional<v1::Error> ImportStream::send(Batch batch) {
  const auto id = client::new_request_id();
  if (!id) return lost(id.error());
  ++batch.tries;
  batch.request.set_request_id(*id);
  if (const auto sent = client_.send(batch.request); !sent) return lost(sent.error());
  if (const auto flushed = client_.flush(client::within(kAnswerLimit)); !flushed) {
    return lost(flushed.error());
  }
  under_way_.emplace(*id, std::move(batch));
  return std::nullopt;
}

std::optional<v1::Error> ImportStream::receive() {
  v1::Reply reply;
  const auto status = client_.receive(reply, client::within(kAnswerLimit));
  if (!status) return lost(status.error());
  auto found = under_way_.extract(reply.request_id());
  if (found.empty()) return not_an_answer();
  Batch& batch = found.mapped();
  if (reply.has_error()) {
    const bool passes = reply.error().code() == v1::UNAVAILABLE;
    if (!passes || batch.tries == kTriesMax) return reply.error();
    std::this_thread::sleep_for(kBetweenTries);
    return send(std::move(batch));
  }
  return count(reply.import_report(), batch);
}

std::optional<v1::Error> ImportStream::count(const v1::ImportReport& report, const Batch& batch) {
  if (static_cast<std::size_t>(report.outcomes_size()) != batch.lines.size()) {
    return not_an_answer();
  }
  for (int i = 0; i < report.outcomes_size(); ++i) {
    const std::string why = i < report.problems_size() ? report.problems(i) : "";
    switch (report.outcomes(i)) {
      case v1::IMPORTED:
        ++tally_.imported;
        break;
      case v1::KNOWN_ALREADY:
        ++tally_.known;
        break;
      case v1::REFUSED:
        tally_.refuse(batch.lines[static_cast<std::size_t>(i)], why);
        break;
      default:
        return not_an_answer();
    }
  }
  answered_();
  return std::nullopt;
}

}  // namespace countersign::cli
