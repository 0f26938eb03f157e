// SPDX-License-Identifier: Apache-2.0
#include "tests/support/test_courier.hpp"

#include <chrono>
#include <optional>
#include <stdexcept>

namespace countersign::test {
namespace {

using namespace std::chrono_literals;

// The clock of a daemon under test may leap: who asks this often is never away for long.
constexpr auto kPause = 2ms;

v1::Request take_request() {
  v1::Request request;
  v1::TakeMessages& take = *request.mutable_take_messages();
  take.set_max(32);
  for (const v1::FactorKind channel : {v1::SMS, v1::EMAIL}) {
    v1::Provider& provider = *take.add_providers();
    provider.set_name(channel == v1::SMS ? "sms" : "mail");
    provider.set_channel(channel);
    provider.set_state(v1::PROVIDER_WORKS);
    provider.set_health(100);
  }
  return request;
}

v1::Request report_of(const v1::MessageBatch& batch) {
  v1::Request request;
  for (const v1::OutboundMessage& message : batch.messages()) {
    v1::MessageReport& report = *request.mutable_report_messages()->add_reports();
    report.set_message_id(message.message_id());
    report.set_outcome(v1::SENT);
    report.set_provider(message.channel() == v1::SMS ? "sms" : "mail");
  }
  return request;
}

}  // namespace

TestCourier::TestCourier(const Appliance& appliance)
    : appliance_{appliance}, thread_{[this] { carry(); }} {}

TestCourier::~TestCourier() {
  ends_ = true;
  thread_.join();
}

bool TestCourier::take_some(client::Client& client) {
  const auto taken = client.call(take_request());
  if (!taken || !taken->has_message_batch()) return false;
  const v1::MessageBatch& batch = taken->message_batch();
  if (batch.messages().empty()) {
    ++empty_takes_;
    std::this_thread::sleep_for(kPause);
    return true;
  }
  {
    const std::lock_guard lock{mutex_};
    for (const v1::OutboundMessage& message : batch.messages()) arrived_.push_back(message);
  }
  const auto reported = client.call(report_of(batch));
  return reported && reported->has_messages_reported();
}

void TestCourier::carry() {
  std::optional<client::Client> client;
  while (!ends_) {
    if (!client) {
      auto connected = client::Client::connect(appliance_.socket("courier"));
      if (connected) client = std::move(*connected);
    }
    if (client && take_some(*client)) continue;
    // The daemon is being restarted.
    client.reset();
    std::this_thread::sleep_for(kPause);
  }
}

void TestCourier::wait_until_idle() {
  // The one that is under way may have been answered before.
  const std::uint64_t until = empty_takes_ + 2;
  if (!wait_until([&] { return empty_takes_ >= until; })) {
    throw std::runtime_error{"the courier has no peace"};
  }
}

std::vector<v1::OutboundMessage> TestCourier::arrived() {
  const std::lock_guard lock{mutex_};
  return arrived_;
}

}  // namespace countersign::test
