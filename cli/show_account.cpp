// SPDX-License-Identifier: Apache-2.0
#include "cli/show_account.hpp"

#include "cli/words.hpp"

namespace countersign::cli {
namespace {

void show(std::ostream& out, const v1::Contact& contact) {
  out << lower_words(v1::FactorKind_Name(contact.kind())) << ": " << contact.destination() << " ("
      << lower_words(v1::FactorState_Name(contact.state()), "FACTOR_") << ", factor "
      << contact.factor_id() << ")\n";
}

void show(std::ostream& out, const v1::SessionReport& session) {
  out << "session: " << session.id() << ", "
      << lower_words(v1::SessionScope_Name(session.scope()), "SCOPE_") << ", since "
      << when(session.created_at_ms()) << ", seen " << when(session.seen_at_ms()) << '\n';
}

void show(std::ostream& out, const v1::JournalRecord& record) {
  out << record.number() << ": " << when(record.at_ms()) << ", " << record.event();
  if (record.factor_id() != 0) out << ", factor " << record.factor_id();
  if (record.outcome() != v1::REASON_UNSPECIFIED) {
    out << ", " << lower_words(v1::Reason_Name(record.outcome()));
  }
  if (!record.client_address().empty()) out << ", from " << record.client_address();
  out << '\n';
}

void show_if_any(std::ostream& out, std::string_view name, const std::string& text) {
  if (!text.empty()) out << name << ": " << text << '\n';
}

}  // namespace

std::string full_name(const v1::SubjectName& name) {
  return name.realm().empty() ? name.username() : name.realm() + "/" + name.username();
}

void show(std::ostream& out, const v1::Profile& profile) {
  out << "subject: " << full_name(profile.subject()) << '\n';
  show_if_any(out, "first name", profile.first_name());
  show_if_any(out, "last name", profile.last_name());
  show_if_any(out, "language", profile.language());
  for (const v1::Contact& contact : profile.contacts()) show(out, contact);
  out << "version: " << profile.version() << '\n';
}

void show_history(std::ostream& out, const v1::SubjectExport& all) {
  const std::string& reset = all.reset_question().text();
  const std::string& sign_in = all.question().text();
  if (!reset.empty() || !sign_in.empty()) out << '\n';
  show_if_any(out, "question before a reset", reset);
  show_if_any(out, "question to sign in by", sign_in);
  if (!all.sessions().empty()) out << '\n';
  for (const v1::SessionReport& session : all.sessions()) show(out, session);
  if (!all.records().empty()) out << "\njournal:\n";
  for (const v1::JournalRecord& record : all.records()) show(out, record);
}

}  // namespace countersign::cli
