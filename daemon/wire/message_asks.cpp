// SPDX-License-Identifier: Apache-2.0
#include "daemon/wire/message_asks.hpp"

#include "daemon/wire/destination.hpp"
#include "daemon/wire/message_fields.hpp"
#include "daemon/wire/numbers.hpp"
#include "daemon/wire/shown_text.hpp"
#include "daemon/wire/wipe.hpp"

#include "api/countersign.pb.h"

namespace countersign::wire {
namespace {

constexpr TextLimits kProviderName{.characters_max = 64, .bytes_max = 64};
constexpr TextLimits kProviderProblem{.characters_max = 200, .bytes_max = 400};
constexpr std::uint32_t kHealthMax = 100;
constexpr std::chrono::seconds kRetryAfterMax = std::chrono::hours{24};

// Whose destination it is, is nobody's business once it was read.
Result<Destination> take_destination(v1::SendTestMessage& message) {
  Result<Destination> destination = destination_from(
      {.kind = message.channel(), .text = message.destination(), .country = message.country()});
  wipe(*message.mutable_destination());
  return destination;
}

// Nothing, where an e-mail factor has none of its own: see check_own().
Result<std::optional<Destination>> destination_to_enrol(const v1::EnrolOutOfBand& message,
                                                        FactorKind kind) {
  if (!is_out_of_band(kind)) return Error{ErrorCode::malformed, "destination.enrol_kind"};
  if (kind == FactorKind::email && message.destination().empty()) {
    if (!message.country().empty()) return Error{ErrorCode::malformed, "country.email"};
    return std::optional<Destination>{};
  }
  CS_TRY(Destination destination, destination_from({.kind = static_cast<int>(channel_of(kind)),
                                                    .text = message.destination(),
                                                    .country = message.country()}));
  return std::optional{std::move(destination)};
}

Result<Provider> provider_from(v1::Provider& message) {
  if (message.name().empty() || !check_shown_text(message.name(), kProviderName)) {
    return Error{ErrorCode::malformed, "provider.name"};
  }
  if (message.channel() != v1::SMS && message.channel() != v1::EMAIL) {
    return Error{ErrorCode::malformed, "provider.channel"};
  }
  if (message.state() == v1::PROVIDER_STATE_UNSPECIFIED) {
    return Error{ErrorCode::malformed, "provider.state"};
  }
  if (message.health() > kHealthMax) return Error{ErrorCode::malformed, "provider.health"};
  if (!check_shown_text(message.problem(), kProviderProblem)) {
    return Error{ErrorCode::malformed, "provider.problem"};
  }
  return Provider{.name = std::move(*message.mutable_name()),
                  .channel = static_cast<FactorKind>(message.channel()),
                  .state = static_cast<ProviderState>(message.state()),
                  .health = message.health(),
                  .sent = message.sent(),
                  .failed = message.failed(),
                  .problem = std::move(*message.mutable_problem())};
}

Result<MessageReport> report_from(v1::MessageReport& message) {
  const std::uint64_t id = message.message_id();
  if (id == 0 || id > kStoredNumberMax) return Error{ErrorCode::malformed, "message_id"};
  if (message.outcome() == v1::MESSAGE_OUTCOME_UNSPECIFIED) {
    return Error{ErrorCode::malformed, "report.outcome"};
  }
  if (!check_shown_text(message.provider(), kProviderName)) {
    return Error{ErrorCode::malformed, "provider.name"};
  }
  const std::chrono::seconds retry_after{message.retry_after_seconds()};
  if (retry_after > kRetryAfterMax) return Error{ErrorCode::malformed, "report.retry_after"};
  if (retry_after.count() != 0 && message.outcome() != v1::DEFERRED) {
    return Error{ErrorCode::malformed, "report.retry_after"};
  }
  return MessageReport{.id = MessageId{static_cast<std::int64_t>(id)},
                       .outcome = static_cast<MessageOutcome>(message.outcome()),
                       .provider = std::move(*message.mutable_provider()),
                       .retry_after = retry_after};
}

}  // namespace

Result<Ask> take_messages_from(BytesView bytes) {
  v1::TakeMessages message;
  CS_CHECK(parse(bytes, message));
  if (message.max() == 0 || message.max() > TakeMessages::kMessagesMax) {
    return Error{ErrorCode::malformed, "take.max"};
  }
  const std::chrono::seconds wait{message.wait_seconds()};
  if (wait > TakeMessages::kWaitMax) return Error{ErrorCode::malformed, "take.wait"};
  if (message.providers_size() > static_cast<int>(Provider::kProvidersMax)) {
    return Error{ErrorCode::malformed, "provider.count"};
  }
  TakeMessages ask{.max = message.max(),
                   .wait = wait,
                   .sms_full = message.sms_full(),
                   .email_full = message.email_full()};
  for (v1::Provider& provider : *message.mutable_providers()) {
    CS_TRY(ask.providers.emplace_back(), provider_from(provider));
  }
  return Ask{std::move(ask)};
}

Result<Ask> report_messages_from(BytesView bytes) {
  v1::ReportMessages message;
  CS_CHECK(parse(bytes, message));
  if (message.reports().empty() ||
      message.reports_size() > static_cast<int>(ReportMessages::kReportsMax)) {
    return Error{ErrorCode::malformed, "report.count"};
  }
  ReportMessages ask;
  for (v1::MessageReport& report : *message.mutable_reports()) {
    CS_TRY(ask.reports.emplace_back(), report_from(report));
  }
  return Ask{std::move(ask)};
}

Result<Ask> send_test_message_from(BytesView bytes) {
  v1::SendTestMessage message;
  CS_CHECK(parse(bytes, message));
  CS_TRY(Destination destination, take_destination(message));
  CS_TRY(std::string language, language_from(message.language()));
  CS_TRY(const Realm realm, Realm::from(message.realm()));
  return Ask{SendTestMessage{std::move(destination), std::move(language), realm.text()}};
}

Result<Ask> enrol_out_of_band_from(BytesView bytes) {
  v1::EnrolOutOfBand message;
  CS_CHECK(parse(bytes, message));
  const auto kind = static_cast<FactorKind>(message.kind());
  Result<std::optional<Destination>> destination = destination_to_enrol(message, kind);
  wipe(*message.mutable_destination());
  if (!destination) return destination.error();
  CS_TRY(SubjectName name, own_or_named(message));
  CS_TRY(Label label, Label::from(message.label()));
  return Ask{EnrolOutOfBand{std::move(name), kind, *std::move(destination), std::move(label)}};
}

}  // namespace countersign::wire
