// SPDX-License-Identifier: Apache-2.0
#include "tests/support/kannel.hpp"

#include "tests/support/port.hpp"

#include <signal.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>
#include <stdexcept>

namespace countersign::test {
namespace {

namespace fs = std::filesystem;

// Bearerbox waits that long for what is under way.
constexpr std::chrono::seconds kEndPatience{20};
constexpr int kTriesMax = 5;

std::string read_file(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

void require(bool holds, const std::string& what) {
  if (!holds) throw std::runtime_error{what};
}

std::string unescape(const std::string& text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      plain += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
      i += 2;
    } else {
      plain += text[i] == '+' ? ' ' : text[i];
    }
  }
  return plain;
}

// Of the basic plane alone.
std::string utf8_of_ucs2(const std::string& bytes) {
  std::string text;
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    const unsigned point =
        static_cast<unsigned char>(bytes[i]) * 256U + static_cast<unsigned char>(bytes[i + 1]);
    if (point < 0x80) {
      text += static_cast<char>(point);
    } else if (point < 0x800) {
      text += static_cast<char>(0xc0 | point >> 6);
      text += static_cast<char>(0x80 | (point & 0x3f));
    } else {
      text += static_cast<char>(0xe0 | point >> 12);
      text += static_cast<char>(0x80 | (point >> 6 & 0x3f));
      text += static_cast<char>(0x80 | (point & 0x3f));
    }
  }
  return text;
}

// The centre's protocol ends a message at each line: what follows is another one to it.
void read_messages(const std::string& log, std::vector<Kannel::Sms>& messages) {
  static const std::regex kLine{R"(.*Got message \d+: <(.*)>)"};
  static const std::regex kMessage{R"((.*) (\+\d+) (text|ucs-2) (.*))"};
  std::istringstream lines{log};
  for (std::string line; std::getline(lines, line);) {
    std::smatch got;
    if (!std::regex_match(line, got, kLine)) continue;
    const std::string content = got[1];
    std::smatch parts;
    if (std::regex_match(content, parts, kMessage)) {
      const bool is_ucs2 = parts[3] == "ucs-2";
      const std::string text = is_ucs2 ? utf8_of_ucs2(unescape(parts[4])) : parts[4].str();
      messages.push_back({parts[1], parts[2], text, is_ucs2});
    } else if (!messages.empty()) {
      messages.back().text += '\n' + content;
    }
  }
}

}  // namespace

Kannel::Kannel(Logs logs) : password_file_{folder_.file("password")} {
  fs::create_directory(folder_.file("written"));
  std::ofstream{password_file_} << "s3cret-of-sendsms\n";
  ::chmod(password_file_.c_str(), 0600);
  // Somebody else may take a port before Kannel does: it ends then.
  for (int tries = 1;; ++tries) {
    smsbox_port_ = free_port();
    send_port_ = free_port();
    centre_port_ = free_port();
    std::ofstream{folder_.file("kannel.conf")} << configuration(logs);
    try {
      start();
      return;
    } catch (const std::runtime_error&) {
      stop();
      if (tries == kTriesMax) throw;
    }
  }
}

Kannel::~Kannel() { stop(); }

// The example that is shipped, with this test's ports and folder, and its own message centre.
std::string Kannel::configuration(Logs logs) const {
  std::string text = read_file(CS_KANNEL_CONF);
  const auto replace = [&text](const std::string& pattern, const std::string& by) {
    const std::regex expression{pattern};
    require(std::regex_search(text, expression), "kannel.conf has no " + pattern);
    text = std::regex_replace(text, expression, by);
  };
  replace("admin-port = 13000", "admin-port = " + std::to_string(free_port()));
  replace("smsbox-port = 13001", "smsbox-port = " + std::to_string(smsbox_port_));
  replace("sendsms-port = 13013", "sendsms-port = " + std::to_string(send_port_));
  replace("CHANGE-sendsms", "s3cret-of-sendsms");
  replace("group = smsc\n(.+\n)+",
          "group = smsc\nsmsc = fake\nsmsc-id = fake\nhost = 127.0.0.1\nport = " +
              std::to_string(centre_port_) +
              "\nconnect-allow-ip = 127.0.0.1\nreconnect-delay = 1\n");
  if (logs == Logs::everything) {
    replace("(log-file = \"/var/log/kannel/(.*)\\.log\"\n)log-level = 2",
            "$1log-level = 0\naccess-log = \"/var/log/kannel/$2-access.log\"");
    replace("dlr-storage = internal",
            "dlr-storage = internal\nstore-type = file\nstore-dump-freq = 1\n"
            "store-location = \"/var/log/kannel/store\"");
  }
  replace("/var/log/kannel", folder_.file("written"));
  return text;
}

void Kannel::start() {
  const std::string conf = folder_.file("kannel.conf");
  const auto box = [&](const std::string& name) {
    // As Debian's script starts it.
    return std::make_unique<Process>(
        Process::Settings{.arguments = {"/usr/sbin/" + name, "-v", "4", conf},
                          .environment = {},
                          .log_file = folder_.file("written/" + name + ".out")});
  };
  const auto listens = [](Process& process, std::uint16_t port) {
    return wait_until([&] { return is_listening(port) || !process.alive(); }) && process.alive();
  };
  bearerbox_ = box("bearerbox");
  require(listens(*bearerbox_, smsbox_port_), "bearerbox does not listen");
  smsbox_ = box("smsbox");
  require(listens(*smsbox_, send_port_), "smsbox does not listen");
  start_message_centre();
}

void Kannel::stop() {
  stop_message_centre();
  for (auto* box : {&smsbox_, &bearerbox_}) {
    if (!*box) continue;
    (*box)->terminate(kEndPatience);
    box->reset();
  }
}

void Kannel::start_message_centre() {
  // It reads its input, and ends with it: a pipe that is open at both ends never does.
  const std::string pipe = folder_.file("pipe");
  if (!fs::exists(pipe)) require(::mkfifo(pipe.c_str(), 0600) == 0, "mkfifo failed");
  const std::string command = "exec /usr/lib/kannel/test/fakesmsc -H 127.0.0.1 -r " +
                              std::to_string(centre_port_) + " -m 0 -v 0 <>" + pipe;
  const std::string log = log_of_message_centre(++centre_starts_);
  message_centre_ = std::make_unique<Process>(Process::Settings{
      .arguments = {"/bin/sh", "-c", command}, .environment = {}, .log_file = log});
  require(wait_until([this] { return message_centre_->has_logged("Connecting to"); }),
          "the message centre does not start");
}

void Kannel::stop_message_centre() {
  if (!message_centre_) return;
  message_centre_->kill(SIGKILL);
  message_centre_->wait();
  message_centre_.reset();
}

std::string Kannel::log_of_message_centre(int start) const {
  return folder_.file("centre." + std::to_string(start));
}

std::string Kannel::url() const {
  return "http://127.0.0.1:" + std::to_string(send_port_) + "/cgi-bin/sendsms";
}

std::vector<Kannel::Sms> Kannel::received() const {
  std::vector<Sms> messages;
  for (int start = 1; start <= centre_starts_; ++start) {
    read_messages(read_file(log_of_message_centre(start)), messages);
  }
  return messages;
}

std::vector<Kannel::Sms> Kannel::wait_for(std::size_t count) const {
  std::ignore = wait_until([&] { return received().size() >= count; });
  return received();
}

std::map<std::string, std::string> Kannel::files() const {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator{folder_.file("written")}) {
    if (entry.is_regular_file()) files[entry.path().filename()] = read_file(entry.path());
  }
  return files;
}

}  // namespace countersign::test
