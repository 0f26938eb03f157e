// SPDX-License-Identifier: Apache-2.0
#include "tests/support/courier_client.hpp"

#include <gtest/gtest.h>

namespace countersign::test {
namespace {

constexpr std::uint32_t kMessagesMax = 32;

void add_provider(v1::TakeMessages& take, v1::FactorKind channel) {
  v1::Provider& provider = *take.add_providers();
  provider.set_name("test");
  provider.set_channel(channel);
  provider.set_state(v1::PROVIDER_WORKS);
}

}  // namespace

std::vector<v1::OutboundMessage> CourierClient::take(std::uint32_t wait_seconds) {
  v1::Request request;
  v1::TakeMessages& take = *request.mutable_take_messages();
  take.set_max(kMessagesMax);
  take.set_wait_seconds(wait_seconds);
  add_provider(take, v1::SMS);
  add_provider(take, v1::EMAIL);
  const auto patience = std::chrono::seconds{wait_seconds} + client::kCallLimit;
  const auto reply = client_.call(request, client::within(patience));
  EXPECT_TRUE(reply && reply->has_message_batch());
  if (!reply) return {};
  return {reply->message_batch().messages().begin(), reply->message_batch().messages().end()};
}

v1::OutboundMessage CourierClient::next() {
  const auto messages = take(5);
  EXPECT_EQ(messages.size(), 1U);
  return messages.empty() ? v1::OutboundMessage{} : messages.front();
}

void CourierClient::report(std::uint64_t message_id, v1::MessageOutcome outcome) {
  v1::Request request;
  v1::MessageReport& report = *request.mutable_report_messages()->add_reports();
  report.set_message_id(message_id);
  report.set_outcome(outcome);
  const auto reply = client_.call(request);
  EXPECT_TRUE(reply && reply->has_messages_reported());
}

}  // namespace countersign::test
