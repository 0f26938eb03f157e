// SPDX-License-Identifier: Apache-2.0
#include "daemon/wire/profile_asks.hpp"

#include "daemon/wire/destination.hpp"
#include "daemon/wire/numbers.hpp"
#include "daemon/wire/schema.hpp"
#include "daemon/wire/wipe.hpp"

#include "api/countersign.pb.h"

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>

namespace countersign::wire {
namespace {

constexpr std::chrono::minutes kTemporaryCodeMin{5};
constexpr std::uint32_t kTemporaryCodeUsesMax = std::numeric_limits<std::uint16_t>::max();
constexpr std::string_view kSocketDefault = "verify";
constexpr std::array<std::string_view, 5> kSockets{"verify", "provision", "admin", "courier",
                                                   "enroll"};

// A person's name has the bounds of a label, and words of its own when it keeps none of them.
Result<std::string> person_name_from(const std::string& typed) {
  const auto name = Label::from(typed);
  if (!name) return Error{ErrorCode::malformed, "profile.name"};
  return name->text();
}

template <class Message>
Result<Profile> profile_from(const Message& message) {
  Profile profile;
  CS_TRY(profile.first_name, person_name_from(message.first_name()));
  CS_TRY(profile.last_name, person_name_from(message.last_name()));
  CS_TRY(profile.language, language_from(message.language()));
  return profile;
}

// Nothing of nothing.
Result<std::optional<Destination>> contact_from(const TypedDestination& typed) {
  if (typed.text.empty()) return std::optional<Destination>{};
  CS_TRY(Destination destination, destination_from(typed));
  return std::optional{std::move(destination)};
}

Result<Ask> ask(v1::CreateSubject& message) {
  CS_TRY(SubjectName name, subject_of(message));
  CS_TRY(Profile profile, profile_from(message));
  CS_TRY(auto primary, contact_from({.kind = v1::EMAIL, .text = message.primary_email()}));
  CS_TRY(auto secondary, contact_from({.kind = v1::EMAIL, .text = message.secondary_email()}));
  CS_TRY(auto mobile,
         contact_from({.kind = v1::SMS, .text = message.mobile(), .country = message.country()}));
  if (!mobile && !message.country().empty()) {
    return Error{ErrorCode::malformed, "country.mobile"};
  }
  if (message.send_activation() && !primary) {
    return Error{ErrorCode::malformed, "activation.primary_email"};
  }
  return Ask{CreateSubject{.name = std::move(name),
                           .profile = std::move(profile),
                           .primary_email = std::move(primary),
                           .secondary_email = std::move(secondary),
                           .mobile = std::move(mobile),
                           .send_activation = message.send_activation()}};
}

Result<Ask> ask(v1::GetProfile& message) {
  CS_TRY(auto name, named_at_all(message));
  return Ask{GetProfile{std::move(name), message.unmasked()}};
}

Result<Ask> ask(v1::ChangeProfile& message) {
  CS_TRY(auto name, named_at_all(message));
  CS_TRY(Profile profile, profile_from(message));
  if (message.version() > kStoredNumberMax) return Error{ErrorCode::malformed, "profile.version"};
  profile.version = Version{message.version()};
  return Ask{ChangeProfile{std::move(name), std::move(profile)}};
}

Result<Ask> ask(v1::ListActivity& message) {
  CS_TRY(auto name, named_at_all(message));
  if (message.before() > kStoredNumberMax) return Error{ErrorCode::malformed, "journal.number"};
  return Ask{ListActivity{std::move(name), message.before()}};
}

Result<Ask> ask(v1::SendActivation& message) {
  CS_TRY(SubjectName name, subject_of(message));
  CS_TRY(std::string language, language_from(message.language()));
  return Ask{SendActivation{std::move(name), std::move(language)}};
}

Result<Ask> ask(v1::ExportSubject& message) {
  CS_TRY(SubjectName name, subject_of(message));
  if (message.before() > kStoredNumberMax) return Error{ErrorCode::malformed, "journal.number"};
  return Ask{ExportSubject{std::move(name), message.before()}};
}

Result<Ask> ask(v1::EraseSubject& message) {
  CS_TRY(SubjectName name, subject_of(message));
  return Ask{EraseSubject{std::move(name)}};
}

Result<Ask> ask(v1::IssueTemporaryCode& message) {
  CS_TRY(SubjectName name, subject_of(message));
  const std::chrono::seconds lifetime{message.lifetime_seconds()};
  if (lifetime < kTemporaryCodeMin) {
    return Error{ErrorCode::malformed, "temporary_code.lifetime"};
  }
  const std::uint32_t uses = message.uses() == 0 ? 1 : message.uses();
  if (uses > kTemporaryCodeUsesMax) return Error{ErrorCode::malformed, "temporary_code.uses"};
  return Ask{IssueTemporaryCode{std::move(name), lifetime, static_cast<std::uint16_t>(uses)}};
}

// As the schema spells it: with underscores, where paths have hyphens.
bool is_operation(std::string_view name) {
  const auto& operations = request_rules().fields;
  return std::ranges::any_of(operations, [&](const FieldRule& field) {
    return field.kind == FieldKind::message && field.name == name;
  });
}

Result<Ask> ask(v1::ExplainPolicy& message) {
  CS_TRY(SubjectName name, subject_of(message));
  if (!is_operation(message.operation())) {
    return Error{ErrorCode::malformed, "explain.operation"};
  }
  CS_TRY(std::string address, canonical_address(message.client_address()));
  const std::string_view socket = message.socket().empty() ? kSocketDefault : message.socket();
  if (std::ranges::find(kSockets, socket) == kSockets.end()) {
    return Error{ErrorCode::malformed, "explain.socket"};
  }
  std::optional<FactorKind> kind;
  if (message.kind() != v1::FACTOR_KIND_UNSPECIFIED) {
    kind = static_cast<FactorKind>(message.kind());
  }
  return Ask{ExplainPolicy{.name = std::move(name),
                           .operation = message.operation(),
                           .client_address = std::move(address),
                           .socket = std::string{socket},
                           .uid = message.uid(),
                           .gid = message.gid(),
                           .kind = kind}};
}

Result<Ask> ask(v1::ReadJournal& message) {
  if (message.after() > kStoredNumberMax) return Error{ErrorCode::malformed, "journal.number"};
  if (message.since_ms() > kStoredNumberMax) return Error{ErrorCode::malformed, "journal.since"};
  if (message.max() > ReadJournal::kRecordsMax) return Error{ErrorCode::malformed, "journal.max"};
  const std::uint32_t max = message.max() == 0 ? ReadJournal::kRecordsMax : message.max();
  return Ask{ReadJournal{.after = message.after(),
                         .since = from_milliseconds(static_cast<std::int64_t>(message.since_ms())),
                         .max = max}};
}

// Who somebody is, and where they are reached, is nobody's business once it was read.
template <class Message>
void forget(Message&) {}
void forget(v1::CreateSubject& message) {
  wipe(*message.mutable_first_name());
  wipe(*message.mutable_last_name());
  wipe(*message.mutable_primary_email());
  wipe(*message.mutable_secondary_email());
  wipe(*message.mutable_mobile());
}
void forget(v1::ChangeProfile& message) {
  wipe(*message.mutable_first_name());
  wipe(*message.mutable_last_name());
}

template <class Message>
Result<Ask> ask_once(BytesView bytes) {
  Message message;
  CS_CHECK(parse(bytes, message));
  Result<Ask> result = ask(message);
  forget(message);
  return result;
}

constexpr auto kReaders = std::to_array<MessageReader>({
    {v1::Request::kCreateSubject, &ask_once<v1::CreateSubject>},
    {v1::Request::kGetProfile, &ask_once<v1::GetProfile>},
    {v1::Request::kChangeProfile, &ask_once<v1::ChangeProfile>},
    {v1::Request::kListActivity, &ask_once<v1::ListActivity>},
    {v1::Request::kSendActivation, &ask_once<v1::SendActivation>},
    {v1::Request::kExportSubject, &ask_once<v1::ExportSubject>},
    {v1::Request::kEraseSubject, &ask_once<v1::EraseSubject>},
    {v1::Request::kIssueTemporaryCode, &ask_once<v1::IssueTemporaryCode>},
    {v1::Request::kExplainPolicy, &ask_once<v1::ExplainPolicy>},
    {v1::Request::kReadJournal, &ask_once<v1::ReadJournal>},
});

}  // namespace

std::span<const MessageReader> profile_readers() { return kReaders; }

}  // namespace countersign::wire
