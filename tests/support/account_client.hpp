// SPDX-License-Identifier: Apache-2.0
// What the companion does for one person, and the account service for all of them, in a test's
// words.
//
// Each helper asks once and gives the answer's own message; an empty one when the daemon answered
// with an error, which error() then is. A session that an answer brings is the one that the next
// question is asked with.
#pragma once

#include "tests/support/appliance.hpp"

#include <string>

namespace countersign::test {

// One person's visit, on enroll.sock.
class AccountClient {
 public:
  explicit AccountClient(const Appliance& appliance) : client_{appliance.connect("enroll")} {}

  // Asks whatever there is no helper for.
  v1::Reply call(v1::Request request);
  // Of the last answer; UNSPECIFIED when it was none.
  [[nodiscard]] v1::ErrorCode error() const { return error_.code(); }
  [[nodiscard]] const std::string& error_message() const { return error_.message(); }
  [[nodiscard]] const v1::ProofNeeded& proof_needed() const { return error_.proof(); }

  [[nodiscard]] const std::string& session() const { return session_; }
  void use_session(std::string session) { session_ = std::move(session); }
  // Where its questions come from, from now on.
  void come_from(std::string client_address) { address_ = std::move(client_address); }

  // Without a session.
  v1::RealmDescription describe_realm(const std::string& realm = "");
  v1::LinkRequested request_link(const std::string& username, v1::Purpose purpose);
  v1::TicketReport inspect_ticket(const std::string& ticket);
  v1::TicketOpened open_ticket(const std::string& ticket, const std::string& password = "");
  v1::SignInReport sign_in(const std::string& username, const std::string& password,
                           const std::string& device = "");

  // Of the session.
  v1::Verdict prove_factor(const std::string& passcode, std::uint64_t factor = 0);
  v1::Verdict reauthenticate(const std::string& password);
  v1::SessionReport get_session();
  v1::SessionList list_sessions();
  bool end_session(std::uint64_t id = 0, bool all_others = false);
  v1::HandOver issue_hand_over();

  // What is known.
  v1::PasswordReport set_password(const std::string& fresh, const std::string& current = "");
  v1::Factor set_question(std::uint32_t stock_id, const std::string& answer, bool factor = false);
  v1::Factor set_custom_question(const std::string& custom, const std::string& answer);
  v1::Question get_question();
  v1::Verdict answer_question(const std::string& answer);
  v1::RecoveryCodes make_recovery_codes();
  v1::RememberedDevice remember_device(const std::string& label = "");

  // Factors, and where the person is reached.
  v1::Enrolment enrol_totp(const std::string& label = "");
  v1::Verdict confirm_factor(std::uint64_t factor, const std::string& passcode);
  v1::Enrolment show_pending_secret(std::uint64_t factor);
  v1::Factor enrol_destination(v1::FactorKind kind, const std::string& destination);
  v1::FactorList list_factors();
  v1::Factor rename_factor(std::uint64_t factor, const std::string& label);
  v1::Factor revoke_factor(std::uint64_t factor);
  // Somebody is named where nobody has signed in (RESET, UNLOCK).
  v1::Challenge start_challenge(v1::FactorKind kind, v1::Purpose purpose, std::uint64_t factor = 0,
                                const std::string& username = "");
  v1::Verdict answer_challenge(std::uint64_t challenge, const std::string& passcode,
                               v1::Purpose purpose, const std::string& username = "");

  v1::Profile get_profile(bool unmasked = false);
  v1::Profile change_profile(const v1::ChangeProfile& change);
  v1::ActivityList list_activity(std::uint64_t before = 0);

 private:
  client::Client client_;
  std::string session_;
  std::string address_;
  v1::Error error_;
};

// The portal's account service, on provision.sock.
class ProvisionClient {
 public:
  explicit ProvisionClient(const Appliance& appliance) : client_{appliance.provision_client()} {}

  v1::Reply call(const v1::Request& request);
  [[nodiscard]] v1::ErrorCode error() const { return error_.code(); }

  // Pending, with a link on its way, unless asked otherwise.
  v1::Subject create(const std::string& username, const std::string& primary_email,
                     bool send_activation = true);
  v1::Subject get(const std::string& username);
  v1::Delivery send_activation(const std::string& username);
  v1::Profile get_profile(const std::string& username, bool unmasked = false);
  v1::SubjectExport export_subject(const std::string& username);
  bool erase_subject(const std::string& username);

 private:
  client::Client client_;
  v1::Error error_;
};

// The ticket in a message's link; a test failure if there is none.
std::string ticket_in(const v1::OutboundMessage& message, const std::string& value = "link");

}  // namespace countersign::test
