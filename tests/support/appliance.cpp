// SPDX-License-Identifier: Apache-2.0
#include "tests/support/appliance.hpp"

#include "base/clock.hpp"
#include "firmware-interface/oath.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace countersign::test {
namespace {

namespace fs = std::filesystem;

void require(bool holds, const std::string& what) {
  if (!holds) throw std::runtime_error{what};
}

v1::Reply call(client::Client& client, const v1::Request& request) {
  auto reply = client.call(request);
  require(static_cast<bool>(reply), "the daemon did not answer");
  return std::move(*reply);
}

std::string random_secret() {
  std::string secret(20, '\0');
  RAND_bytes(reinterpret_cast<unsigned char*>(secret.data()), static_cast<int>(secret.size()));
  return secret;
}

}  // namespace

std::string module_path() {
  for (const char* path :
       {"/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"}) {
    if (fs::exists(path)) return path;
  }
  throw std::runtime_error{"SoftHSM2 is not installed"};
}

std::uint64_t totp_step_now() {
  const auto now = std::chrono::floor<std::chrono::seconds>(SystemClock{}.now());
  return static_cast<std::uint64_t>(now.time_since_epoch().count()) / 30;
}

std::string Token::code(std::uint64_t at) const {
  const auto message = oath::counter_bytes(at);
  std::array<std::byte, EVP_MAX_MD_SIZE> mac{};
  unsigned size = 0;
  HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(message.data()), message.size(),
       reinterpret_cast<unsigned char*>(mac.data()), &size);
  return std::string{oath::truncate(BytesView{mac}.first(size), oath::Digits::six).view()};
}

std::string Token::press() {
  constexpr std::uint64_t kLookAhead = 12;  // further than the window reaches
  for (;;) {
    std::string shown = code(counter++);
    bool again = false;
    for (std::uint64_t later = 0; later < kLookAhead; ++later) {
      again = again || code(counter + later) == shown;
    }
    if (!again) return shown;
  }
}

std::string Token::now(int steps) const {
  return code(totp_step_now() + static_cast<std::uint64_t>(static_cast<std::int64_t>(steps)));
}

Appliance::Appliance(Options options) : options_{std::move(options)} {
  for (const char* name : {"run", "state", "tokens", "hsm-state"}) {
    fs::create_directory(path(name));
    fs::permissions(path(name), fs::perms::owner_all);
  }
  std::ofstream{path("softhsm2.conf")} << "directories.tokendir = " << path("tokens")
                                       << "\nobjectstore.backend = file\nlog.level = ERROR\n";
  std::ofstream{path("policy.toml")} << options_.policy;
  make_token();
  if (!options_.start) return;
  start_hsm();
  start_daemon();
}

Appliance::~Appliance() {
  if (daemon_) daemon_->terminate();
  if (hsm_) hsm_->terminate();
}

std::vector<std::string> Appliance::environment() const {
  return {"SOFTHSM2_CONF=" + path("softhsm2.conf"), "COUNTERSIGN_RUN_DIR=" + path("run")};
}

int Appliance::run(std::vector<std::string> arguments, std::string* output) const {
  static int runs = 0;
  arguments.front() = program_folder() / arguments.front();
  Process process{{.arguments = std::move(arguments),
                   .environment = environment(),
                   .log_file = path("run-" + std::to_string(++runs) + ".log")}};
  const auto status = process.wait();
  if (output != nullptr) *output = process.log();
  return status.value_or(-1);
}

void Appliance::make_token() {
  std::string output;
  const int status = run({"countersign", "hsm", "init", "--module", module_path(), "--custody-dir",
                          path("custody"), "--pin-file", pin_file(), "--make-pin-files"},
                         &output);
  require(status == 0, "hsm init failed: " + output);
}

void Appliance::start_hsm() {
  std::vector<std::string> arguments{program_folder() / "countersign-hsm",
                                     "--module",
                                     options_.module.empty() ? module_path() : options_.module,
                                     "--token",
                                     "countersign",
                                     "--pin-file",
                                     pin_file(),
                                     "--socket",
                                     path("run/hsm.sock"),
                                     "--workers",
                                     std::to_string(options_.workers),
                                     "--state-dir",
                                     path("hsm-state")};
  arguments.insert(arguments.end(), options_.hsm_arguments.begin(), options_.hsm_arguments.end());
  hsm_ = std::make_unique<Process>(
      Process::Settings{.arguments = std::move(arguments),
                        .environment = environment(),
                        .log_file = path("hsm-" + std::to_string(++starts_) + ".log")});
}

void Appliance::start_daemon() {
  std::vector<std::string> arguments = options_.daemon_prefix;
  for (const std::string& argument :
       {(program_folder() / "countersignd").string(), std::string{"--run-dir"}, path("run"),
        std::string{"--state-dir"}, path("state"), std::string{"--policy"}, path("policy.toml"),
        std::string{"--hsm-socket"}, path("run/hsm.sock")}) {
    arguments.push_back(argument);
  }
  daemon_ = std::make_unique<Process>(
      Process::Settings{.arguments = std::move(arguments),
                        .environment = environment(),
                        .log_file = path("daemon-" + std::to_string(++starts_) + ".log")});
  const bool ready =
      wait_until([&] { return daemon_->has_logged("daemon.ready") || !daemon_->alive(); });
  require(ready && daemon_->alive(), "the daemon did not start: " + daemon_->log());
}

void Appliance::stop_daemon() {
  require(daemon_->terminate() == 0, "the daemon did not stop cleanly: " + daemon_->log());
}

client::Client Appliance::connect(const std::string& name) const {
  auto client = client::Client::connect(socket(name));
  require(static_cast<bool>(client), "no connection to " + name);
  return std::move(*client);
}

Token Appliance::enrol(const std::string& username, v1::FactorKind kind, bool confirm) {
  client::Client client = provision_client();
  v1::Request create;
  create.mutable_create_subject()->mutable_subject()->set_username(username);
  const v1::Reply created = call(client, create);
  require(created.has_subject(), "create: " + created.error().message());
  return enrol_another(username, kind, confirm);
}

Token Appliance::enrol_another(const std::string& username, v1::FactorKind kind, bool confirm) {
  client::Client client = provision_client();
  Token token{.username = username, .secret = random_secret(), .kind = kind};
  v1::Request enrol;
  enrol.mutable_enrol_oath()->mutable_subject()->set_username(username);
  enrol.mutable_enrol_oath()->set_kind(kind);
  enrol.mutable_enrol_oath()->set_secret(token.secret);
  const v1::Reply enrolled = call(client, enrol);
  require(enrolled.has_enrolment(), "enrol: " + enrolled.error().message());
  token.factor = enrolled.enrolment().factor().id();
  if (!confirm) return token;

  v1::Request first;
  first.mutable_confirm_factor()->set_factor_id(token.factor);
  // A TOTP token's present and next codes are left for the test.
  first.mutable_confirm_factor()->set_passcode(kind == v1::TOTP ? token.now(-1) : token.press());
  const v1::Reply confirmed = call(client, first);
  require(accepted(confirmed), "confirm: " + confirmed.ShortDebugString());
  return token;
}

std::vector<std::string> Appliance::check_store() const {
  client::Client client = admin_client();
  std::vector<std::string> problems;
  std::string cursor;
  do {
    v1::Request request;
    request.mutable_check_store()->set_cursor(cursor);
    const v1::Reply reply = call(client, request);
    require(reply.has_store_check(), "check: " + reply.error().message());
    for (const std::string& problem : reply.store_check().problems()) problems.push_back(problem);
    cursor = reply.store_check().cursor();
  } while (!cursor.empty());
  return problems;
}

v1::Reply verify(client::Client& client, const std::string& username, const std::string& passcode,
                 const std::string& request_id) {
  v1::Request request;
  request.set_request_id(request_id);
  request.mutable_verify()->mutable_subject()->set_username(username);
  request.mutable_verify()->set_passcode(passcode);
  return call(client, request);
}

}  // namespace countersign::test
