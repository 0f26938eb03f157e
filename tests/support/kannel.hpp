// SPDX-License-Identifier: Apache-2.0
// A real Kannel, configured as packaging/kannel.conf says, and a message centre behind it that
// shows what it was given.
#pragma once

#include "tests/support/process.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace countersign::test {

class Kannel {
 public:
  struct Sms {
    std::string from;
    std::string to;
    std::string text;  // UTF-8
    bool is_ucs2 = false;
  };
  enum class Logs : std::uint8_t {
    as_documented,
    everything,  // all that the configuration warns of
  };

  // Returns when it takes messages and the message centre is connected.
  explicit Kannel(Logs logs = Logs::as_documented);
  ~Kannel();

  // Both boxes and the message centre, which does not outlive them.
  void start();
  void stop();
  // Messages wait, or leave again.
  void start_message_centre();
  void stop_message_centre();

  [[nodiscard]] std::string url() const;
  [[nodiscard]] const std::string& password_file() const { return password_file_; }
  // What has arrived, each once, since the start. Texts that took several segments are not read.
  [[nodiscard]] std::vector<Sms> received() const;
  // Waits for so many; fewer if they do not come.
  [[nodiscard]] std::vector<Sms> wait_for(std::size_t count) const;
  // Every file that Kannel wrote, with its content; the message centre's is not among them.
  [[nodiscard]] std::map<std::string, std::string> files() const;

  static constexpr const char* kUser = "countersign";

 private:
  [[nodiscard]] std::string configuration(Logs logs) const;
  [[nodiscard]] std::string log_of_message_centre(int start) const;

  TemporaryFolder folder_;
  std::uint16_t smsbox_port_ = 0;
  std::uint16_t send_port_ = 0;
  std::uint16_t centre_port_ = 0;
  std::string password_file_;
  std::unique_ptr<Process> bearerbox_;
  std::unique_ptr<Process> smsbox_;
  std::unique_ptr<Process> message_centre_;
  int centre_starts_ = 0;
};

}  // namespace countersign::test
