// SPDX-License-Identifier: Apache-2.0
#include "tests/support/courier.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <stdexcept>

namespace countersign::test {
namespace {

v1::Reply call(client::Client client, const v1::Request& request) {
  auto reply = client.call(request);
  if (!reply) throw std::runtime_error{"the daemon did not answer"};
  return std::move(*reply);
}

client::Client client_for(const Appliance& appliance, v1::Purpose purpose) {
  const bool portal = purpose == v1::SIGN_IN || purpose == v1::TRANSACTION;
  return portal ? appliance.verify_client() : appliance.provision_client();
}

}  // namespace

Courier::Courier(const Appliance& appliance, const std::string& providers,
                 std::vector<std::string> prefix)
    : appliance_{appliance}, prefix_{std::move(prefix)} {
  static int couriers = 0;
  settings_ = appliance.path("courier-" + std::to_string(++couriers) + ".toml");
  std::ofstream{settings_} << "[daemon]\nsocket = \"" << appliance.socket("courier") << "\"\n"
                           << "[templates]\ndirectory = \"" CS_TEMPLATES "\"\n"
                           << providers;
}

Courier::~Courier() {
  if (process_) process_->terminate();
}

void Courier::start(v1::FactorKind channel) {
  std::vector<std::string> arguments = prefix_;
  arguments.insert(arguments.end(),
                   {program_folder() / "countersign-courier", "--config", settings_});
  logs_.push_back(settings_ + "-" + std::to_string(logs_.size()) + ".log");
  process_ = std::make_unique<Process>(
      Process::Settings{.arguments = arguments, .environment = {}, .log_file = logs_.back()});
  const bool up = wait_until([&] { return is_up(channel) || !process_->alive(); });
  if (!up || !process_->alive()) {
    throw std::runtime_error{"the courier did not start: " + process_->log()};
  }
}

void Courier::stop() {
  EXPECT_EQ(process_->terminate(), 0) << process_->log();
  process_.reset();
}

void Courier::kill() {
  process_->kill(SIGKILL);
  static_cast<void>(process_->wait());
  process_.reset();
}

std::string Courier::log() const {
  std::string all;
  for (const std::string& name : logs_) {
    std::ifstream file{name};
    all.append(std::istreambuf_iterator<char>{file}, {});
  }
  return all;
}

// For a while the daemon may take an earlier courier for this one.
bool Courier::is_up(v1::FactorKind channel) const {
  if (!process_->has_logged("courier.ready")) return false;
  const v1::CourierStatus status = courier_status(appliance_);
  return std::ranges::any_of(status.channels(), [&](const v1::ChannelStatus& each) {
    return each.channel() == channel && each.up();
  });
}

std::string provider_for(const MailServer& server, const TemporaryFolder& folder,
                         const TestCertificate& certificate, const std::string& name) {
  const std::string password = folder.file(name + ".password");
  std::ofstream{password} << "correct horse\n";
  std::filesystem::permissions(password, std::filesystem::perms::owner_read);
  return "[[provider]]\nname = \"" + name +
         "\"\nkind = \"smtp\"\nhost = \"localhost\"\nport = " + std::to_string(server.port()) +
         "\nca_file = \"" + certificate.certificate +
         "\"\nusername = \"courier\"\npassword_file = \"" + password +
         "\"\nfrom = \"codes@example.com\"\n";
}

std::string code_in(const std::string& text) {
  static const std::regex kCode{"\\b[0-9]{6,8}\\b"};
  std::smatch found;
  return std::regex_search(text, found, kCode) ? found.str() : std::string{};
}

v1::CourierStatus courier_status(const Appliance& appliance) {
  v1::Request request;
  request.mutable_get_courier_status();
  return call(appliance.admin_client(), request).courier_status();
}

EmailFactor enrol_email(const Appliance& appliance, const std::string& username,
                        const std::string& address) {
  v1::Request create;
  create.mutable_create_subject()->mutable_subject()->set_username(username);
  static_cast<void>(call(appliance.provision_client(), create));  // it may be there already
  v1::Request request;
  v1::EnrolOutOfBand& enrol = *request.mutable_enrol_out_of_band();
  enrol.mutable_subject()->set_username(username);
  enrol.set_kind(v1::EMAIL);
  enrol.set_destination(address);
  const v1::Reply reply = call(appliance.provision_client(), request);
  EXPECT_TRUE(reply.has_enrolment()) << reply.ShortDebugString();
  return {.id = reply.enrolment().factor().id(), .username = username};
}

v1::Challenge ask_code(const Appliance& appliance, const EmailFactor& factor, v1::Purpose purpose) {
  v1::Request request;
  request.mutable_start_challenge()->mutable_subject()->set_username(factor.username);
  request.mutable_start_challenge()->set_factor_id(factor.id);
  request.mutable_start_challenge()->set_kind(v1::EMAIL);
  request.mutable_start_challenge()->set_purpose(purpose);
  const v1::Reply reply = call(client_for(appliance, purpose), request);
  EXPECT_TRUE(reply.has_challenge()) << reply.ShortDebugString();
  return reply.challenge();
}

v1::Reply answer_code(const Appliance& appliance, const v1::Challenge& challenge,
                      const std::string& code) {
  v1::Request request;
  request.mutable_answer_challenge()->set_challenge_id(challenge.challenge_id());
  request.mutable_answer_challenge()->set_passcode(code);
  request.mutable_answer_challenge()->set_purpose(challenge.purpose());
  return call(client_for(appliance, challenge.purpose()), request);
}

}  // namespace countersign::test
