// SPDX-License-Identifier: Apache-2.0
#include "benchmarks/timing/letters.hpp"

#include <chrono>
#include <string_view>
#include <utility>

namespace countersign::bench {
namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t kMessagesMax = 32;
constexpr std::uint32_t kWaitSeconds = 1;
constexpr auto kPatience = 30s;
constexpr auto kReconnectAfter = 20ms;
constexpr std::string_view kBeforeTicket = "/t/";

v1::Request take() {
  v1::Request request;
  v1::TakeMessages& ask = *request.mutable_take_messages();
  ask.set_max(kMessagesMax);
  ask.set_wait_seconds(kWaitSeconds);
  for (const v1::FactorKind channel : {v1::SMS, v1::EMAIL}) {
    v1::Provider& provider = *ask.add_providers();
    provider.set_name("nobody");
    provider.set_channel(channel);
    provider.set_state(v1::PROVIDER_WORKS);
  }
  return request;
}

}  // namespace

Letters::Letters(std::string run_directory)
    : path_{std::move(run_directory) + "/courier.sock"}, thread_{[this] { run(); }} {}

Letters::~Letters() {
  ended_ = true;
  thread_.join();
}

Result<std::string> Letters::ticket_for(const std::string& address) {
  std::unique_lock lock{mutex_};
  const auto is_there = [this, &address] { return tickets_.contains(address); };
  if (!changed_.wait_for(lock, kPatience, is_there)) {
    return Error{ErrorCode::unavailable, "letters.ticket"};
  }
  return std::move(tickets_.extract(address).mapped());
}

Status Letters::wait_until_awaited() {
  std::unique_lock lock{mutex_};
  // The answer on its way may be that of the daemon before.
  const std::uint64_t enough = asked_ + 2;
  if (changed_.wait_for(lock, kPatience, [this, enough] { return asked_ >= enough; })) return {};
  return Error{ErrorCode::unavailable, "letters.courier"};
}

void Letters::run() {
  while (!ended_) {
    auto client = client::Client::connect(path_);
    while (client && !ended_ && deliver(*client)) continue;
    std::this_thread::sleep_for(kReconnectAfter);
  }
}

Status Letters::deliver(client::Client& client) {
  CS_TRY(const v1::Reply reply, client.call(take()));
  if (!reply.has_message_batch()) return Error{ErrorCode::unavailable, "letters.take"};
  const v1::MessageBatch& batch = reply.message_batch();
  took(batch);
  if (batch.messages().empty()) return {};
  v1::Request report;
  for (const v1::OutboundMessage& message : batch.messages()) {
    v1::MessageReport& sent = *report.mutable_report_messages()->add_reports();
    sent.set_message_id(message.message_id());
    sent.set_outcome(v1::SENT);
  }
  CS_TRY(const v1::Reply told, client.call(report));
  if (!told.has_messages_reported()) return Error{ErrorCode::unavailable, "letters.report"};
  return {};
}

void Letters::took(const v1::MessageBatch& batch) {
  const std::lock_guard lock{mutex_};
  ++asked_;
  for (const v1::OutboundMessage& message : batch.messages()) {
    for (const v1::MessageValue& value : message.values()) {
      if (value.name() != "link") continue;
      const std::size_t at = value.value().find(kBeforeTicket);
      if (at == std::string::npos) continue;
      tickets_[message.destination()] = value.value().substr(at + kBeforeTicket.size());
    }
  }
  changed_.notify_all();
}

}  // namespace countersign::bench
