// SPDX-License-Identifier: Apache-2.0
#include "daemon/wire/journal_answers.hpp"

#include "daemon/wire/subject_answers.hpp"

#include "api/countersign.pb.h"

#include <algorithm>
#include <array>

namespace countersign::wire {
namespace {

struct EventName {
  Event event{};
  std::string_view name;
};

constexpr auto kEventNames = std::to_array<EventName>({
    {Event::verify, "verify"},
    {Event::confirm, "confirm"},
    {Event::resynchronise, "resynchronise"},
    {Event::repeat, "repeat"},
    {Event::throttled, "throttled"},
    {Event::tampered, "tampered"},
    {Event::subject_created, "subject_created"},
    {Event::subject_suspended, "subject_suspended"},
    {Event::subject_resumed, "subject_resumed"},
    {Event::subject_unlocked, "subject_unlocked"},
    {Event::factor_enrolled, "factor_enrolled"},
    {Event::factor_renamed, "factor_renamed"},
    {Event::factor_suspended, "factor_suspended"},
    {Event::factor_resumed, "factor_resumed"},
    {Event::factor_revoked, "factor_revoked"},
    {Event::token_imported, "token_imported"},
    {Event::token_assigned, "token_assigned"},
    {Event::token_claimed, "token_claimed"},
    {Event::token_discarded, "token_discarded"},
    {Event::client_added, "client_added"},
    {Event::client_revoked, "client_revoked"},
    {Event::daemon_started, "daemon_started"},
    {Event::daemon_stopped, "daemon_stopped"},
    {Event::clock_stepped_back, "clock_stepped_back"},
    {Event::policy_loaded, "policy_loaded"},
    {Event::message_queued, "message_queued"},
    {Event::message_sent, "message_sent"},
    {Event::message_delivered, "message_delivered"},
    {Event::message_undeliverable, "message_undeliverable"},
    {Event::message_too_late, "message_too_late"},
    {Event::ticket_issued, "ticket_issued"},
    {Event::ticket_spent, "ticket_spent"},
    {Event::sign_in, "sign_in"},
    {Event::signed_out, "signed_out"},
    {Event::session_ended, "session_ended"},
    {Event::reauthenticated, "reauthenticated"},
    {Event::password_set, "password_set"},
    {Event::question_set, "question_set"},
    {Event::recovery_codes_made, "recovery_codes_made"},
    {Event::temporary_code_issued, "temporary_code_issued"},
    {Event::device_remembered, "device_remembered"},
    {Event::device_stolen, "device_stolen"},
    {Event::profile_changed, "profile_changed"},
    {Event::address_changed, "address_changed"},
    {Event::handed_over, "handed_over"},
    {Event::repudiated, "repudiated"},
    {Event::reset_proven, "reset_proven"},
    {Event::unlocked_by_owner, "unlocked_by_owner"},
    {Event::activated, "activated"},
    {Event::subject_erased, "subject_erased"},
});

}  // namespace

std::string_view name_of(Event event) {
  const auto* const found = std::ranges::find(kEventNames, event, &EventName::event);
  return found == kEventNames.end() ? std::string_view{} : found->name;
}

void write(const JournalLine& line, v1::JournalRecord& message) {
  const JournalEntry& entry = line.entry;
  message.set_number(line.number);
  message.set_at_ms(to_milliseconds(entry.at));
  message.mutable_event()->assign(name_of(entry.event));
  message.set_peer_uid(entry.peer_uid);
  message.set_subject_id(number(entry.subject));
  message.set_realm(line.realm);
  message.set_factor_id(public_id(entry.factor));
  message.set_kind(static_cast<v1::FactorKind>(entry.kind));
  message.set_outcome(static_cast<v1::Reason>(entry.outcome));
  message.set_failures(entry.failures);
  message.set_count(entry.count);
  message.set_client_address(entry.client_address);
  message.set_familiar(entry.familiar);
  message.set_offset(entry.offset);
  message.set_failures_unfamiliar(entry.failures_unfamiliar);
}

void write(const ActivityList& list, v1::ActivityList& message) {
  for (const JournalLine& line : list.lines) write(line, *message.add_records());
}

void write(const JournalPage& page, v1::JournalPage& message) {
  for (const JournalLine& line : page.lines) write(line, *message.add_records());
}

}  // namespace countersign::wire
