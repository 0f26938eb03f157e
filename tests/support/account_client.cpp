// SPDX-License-Identifier: Apache-2.0
#include "tests/support/account_client.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>

namespace countersign::test {
namespace {

v1::Reply ask(client::Client& client, const v1::Request& request, v1::Error& error) {
  const auto reply = client.call(request);
  error.Clear();
  if (!reply) {
    ADD_FAILURE() << "no answer: " << reply.error().operation.view();
    error.set_code(v1::UNAVAILABLE);
    return {};
  }
  if (reply->has_error()) error = reply->error();
  return *reply;
}

const std::string& session_in(const v1::Reply& reply) {
  switch (reply.outcome_case()) {
    case v1::Reply::kVerdict:
      return reply.verdict().session();
    case v1::Reply::kTicketOpened:
      return reply.ticket_opened().verdict().session();
    case v1::Reply::kSignInReport:
      return reply.sign_in_report().session();
    case v1::Reply::kPasswordReport:
      return reply.password_report().session();
    default:
      return reply.verdict().session();  // of the default instance: empty
  }
}

}  // namespace

v1::Reply AccountClient::call(v1::Request request) {
  request.set_session(session_);
  const v1::Reply reply = ask(client_, request, error_);
  if (!session_in(reply).empty()) session_ = session_in(reply);
  return reply;
}

v1::RealmDescription AccountClient::describe_realm(const std::string& realm) {
  v1::Request request;
  request.mutable_describe_realm()->set_realm(realm);
  return call(std::move(request)).realm_description();
}

v1::LinkRequested AccountClient::request_link(const std::string& username, v1::Purpose purpose) {
  v1::Request request;
  v1::RequestLink& link = *request.mutable_request_link();
  link.mutable_subject()->set_username(username);
  link.set_purpose(purpose);
  link.set_client_address(address_);
  return call(std::move(request)).link_requested();
}

v1::TicketReport AccountClient::inspect_ticket(const std::string& ticket) {
  v1::Request request;
  request.mutable_inspect_ticket()->set_ticket(ticket);
  return call(std::move(request)).ticket_report();
}

v1::TicketOpened AccountClient::open_ticket(const std::string& ticket,
                                            const std::string& password) {
  v1::Request request;
  v1::OpenTicket& open = *request.mutable_open_ticket();
  open.set_ticket(ticket);
  open.set_password(password);
  open.set_client_address(address_);
  return call(std::move(request)).ticket_opened();
}

v1::SignInReport AccountClient::sign_in(const std::string& username, const std::string& password,
                                        const std::string& device) {
  v1::Request request;
  v1::SignIn& sign_in = *request.mutable_sign_in();
  sign_in.mutable_subject()->set_username(username);
  sign_in.set_password(password);
  sign_in.set_client_address(address_);
  sign_in.set_device(device);
  return call(std::move(request)).sign_in_report();
}

v1::Verdict AccountClient::prove_factor(const std::string& passcode, std::uint64_t factor) {
  v1::Request request;
  v1::ProveFactor& prove = *request.mutable_prove_factor();
  prove.set_factor_id(factor);
  prove.set_passcode(passcode);
  prove.set_client_address(address_);
  return call(std::move(request)).verdict();
}

v1::Verdict AccountClient::reauthenticate(const std::string& password) {
  v1::Request request;
  request.mutable_reauthenticate()->set_password(password);
  request.mutable_reauthenticate()->set_client_address(address_);
  return call(std::move(request)).verdict();
}

v1::SessionReport AccountClient::get_session() {
  v1::Request request;
  request.mutable_get_session();
  return call(std::move(request)).session_report();
}

v1::SessionList AccountClient::list_sessions() {
  v1::Request request;
  request.mutable_list_sessions();
  return call(std::move(request)).session_list();
}

bool AccountClient::end_session(std::uint64_t id, bool all_others) {
  v1::Request request;
  request.mutable_end_session()->set_session_id(id);
  request.mutable_end_session()->set_all_others(all_others);
  return call(std::move(request)).has_done();
}

v1::HandOver AccountClient::issue_hand_over() {
  v1::Request request;
  request.mutable_issue_hand_over();
  return call(std::move(request)).hand_over();
}

v1::Reply ProvisionClient::call(const v1::Request& request) {
  return ask(client_, request, error_);
}

v1::Subject ProvisionClient::create(const std::string& username, const std::string& primary_email,
                                    bool send_activation) {
  v1::Request request;
  v1::CreateSubject& create = *request.mutable_create_subject();
  create.mutable_subject()->set_username(username);
  create.set_primary_email(primary_email);
  create.set_send_activation(send_activation);
  return call(request).subject();
}

v1::Subject ProvisionClient::get(const std::string& username) {
  v1::Request request;
  request.mutable_get_subject()->mutable_subject()->set_username(username);
  return call(request).subject();
}

v1::Delivery ProvisionClient::send_activation(const std::string& username) {
  v1::Request request;
  request.mutable_send_activation()->mutable_subject()->set_username(username);
  return call(request).delivery();
}

v1::Profile ProvisionClient::get_profile(const std::string& username, bool unmasked) {
  v1::Request request;
  request.mutable_get_profile()->mutable_subject()->set_username(username);
  request.mutable_get_profile()->set_unmasked(unmasked);
  return call(request).profile();
}

v1::SubjectExport ProvisionClient::export_subject(const std::string& username) {
  v1::Request request;
  request.mutable_export_subject()->mutable_subject()->set_username(username);
  return call(request).subject_export();
}

bool ProvisionClient::erase_subject(const std::string& username) {
  v1::Request request;
  request.mutable_erase_subject()->mutable_subject()->set_username(username);
  return call(request).has_done();
}

std::string ticket_in(const v1::OutboundMessage& message, const std::string& value) {
  constexpr std::string_view kPath = "/t/";
  const auto found =
      std::ranges::find(message.values(), value, [](const auto& entry) { return entry.name(); });
  const bool has_link = found != message.values().end();
  const std::string link = has_link ? found->value() : "";
  const std::size_t at = link.rfind(kPath);
  EXPECT_NE(at, std::string::npos) << "no ticket in a message of kind " << message.kind();
  return at == std::string::npos ? "" : link.substr(at + kPath.size());
}

}  // namespace countersign::test
