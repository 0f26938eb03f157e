// SPDX-License-Identifier: Apache-2.0
// A whole appliance for one test: a SoftHSM2 token made by the real ceremony, real workers, the
// real daemon, in a temporary folder of its own.
#pragma once

#include "clients/cpp/countersign_client.hpp"
#include "tests/support/process.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace countersign::test {

// An enrolled factor and what its owner's token knows.
struct Token {
  std::uint64_t factor = 0;
  std::string username;
  std::string secret;  // bytes
  v1::FactorKind kind = v1::TOTP;
  std::uint64_t counter = 0;  // HOTP: the next one to show

  // The code of a counter (HOTP) or a step (TOTP): SHA-1, six digits.
  [[nodiscard]] std::string code(std::uint64_t at) const;
  // What the token shows: a TOTP token `steps` from now, a HOTP token once the button is pressed.
  [[nodiscard]] std::string now(int steps = 0) const;
  // One press in a hundred thousand shows a code that is good a second time, rightly: a later
  // counter within the look-ahead has it too. Such a one is passed over.
  std::string press();
};

[[nodiscard]] std::uint64_t totp_step_now();

class Appliance {
 public:
  struct Options {
    int workers = 2;
    std::string policy;  // TOML; the defaults when empty
    std::string module;  // the workers' PKCS#11 library; SoftHSM2's when empty
    std::vector<std::string> hsm_arguments;
    std::vector<std::string> daemon_prefix;  // a program to run the daemon under: strace, say
    bool start = true;
  };
  explicit Appliance(Options options);
  Appliance() : Appliance{Options{}} {}
  ~Appliance();

  // Both return when the other side answers; a program that ends instead fails the test.
  void start_hsm();
  void start_daemon();
  void stop_daemon();
  // From its next start on.
  void run_daemon_under(std::vector<std::string> prefix) {
    options_.daemon_prefix = std::move(prefix);
  }
  // The programs, to be killed and waited for.
  [[nodiscard]] Process& daemon() { return *daemon_; }
  [[nodiscard]] Process& hsm() { return *hsm_; }

  [[nodiscard]] client::Client connect(const std::string& socket) const;
  [[nodiscard]] client::Client verify_client() const { return connect("verify"); }
  [[nodiscard]] client::Client provision_client() const { return connect("provision"); }
  [[nodiscard]] client::Client admin_client() const { return connect("admin"); }

  // A subject with one factor, active unless asked otherwise. The secret is ours ("imported").
  Token enrol(const std::string& username, v1::FactorKind kind = v1::TOTP, bool confirm = true);
  // Another factor for a subject that is there.
  Token enrol_another(const std::string& username, v1::FactorKind kind, bool confirm = true);

  // What `countersign store check` says: every problem, nothing when all is well.
  [[nodiscard]] std::vector<std::string> check_store() const;

  [[nodiscard]] std::string path(const std::string& name) const { return folder_.file(name); }
  [[nodiscard]] std::string socket(const std::string& name) const {
    return folder_.file("run/" + name + ".sock");
  }
  [[nodiscard]] std::string database() const { return folder_.file("state/store.db"); }
  [[nodiscard]] std::string pin_file() const { return folder_.file("pin"); }
  [[nodiscard]] std::vector<std::string> environment() const;

  // Runs one of our programs to its end; returns its exit status, its output in `output`.
  int run(std::vector<std::string> arguments, std::string* output = nullptr) const;

 private:
  void make_token();

  Options options_;
  TemporaryFolder folder_;
  std::unique_ptr<Process> hsm_;
  std::unique_ptr<Process> daemon_;
  int starts_ = 0;
};

[[nodiscard]] std::string module_path();

// One verify over an open connection, under a fresh request id or this one.
v1::Reply verify(client::Client& client, const std::string& username, const std::string& passcode,
                 const std::string& request_id = "");
[[nodiscard]] inline bool accepted(const v1::Reply& reply) {
  return reply.verdict().answer() == v1::ACCEPTED;
}

}  // namespace countersign::test
