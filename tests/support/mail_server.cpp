// SPDX-License-Identifier: Apache-2.0
#include "tests/support/mail_server.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace countersign::test {
namespace {

void require(bool holds, const std::string& what) {
  if (!holds) throw std::runtime_error{what};
}

std::string read_file(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

}  // namespace

TestCertificate make_certificate(const TemporaryFolder& folder, const std::string& name,
                                 const std::string& host) {
  const TestCertificate made{folder.file(name + ".pem"), folder.file(name + ".key")};
  Process openssl{
      {.arguments = {"/usr/bin/openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                     "ec_paramgen_curve:prime256v1", "-noenc", "-days", "400", "-subj",
                     "/CN=" + host, "-addext", "subjectAltName=DNS:" + host + ",IP:127.0.0.1",
                     "-keyout", made.key, "-out", made.certificate},
       .environment = {},
       .log_file = folder.file(name + ".log")}};
  require(openssl.wait() == 0, "openssl made no certificate: " + openssl.log());
  return made;
}

std::string ReceivedMail::header(const std::string& name) const {
  const std::string lines = "\n" + headers;
  const std::size_t at = lines.find("\n" + name + ": ");
  if (at == std::string::npos) return {};
  const std::size_t begin = at + name.size() + 3;
  return lines.substr(begin, lines.find('\n', begin) - begin);
}

MailServer::MailServer(Options options) : options_{std::move(options)} { start(); }

void MailServer::set_mode(const std::string& mode) const {
  std::filesystem::remove(folder_.file("held"));
  std::ofstream{folder_.file("mode.new")} << mode;
  std::filesystem::rename(folder_.file("mode.new"), folder_.file("mode"));
}

void MailServer::wait_until_held() const {
  EXPECT_TRUE(wait_until([&] { return std::filesystem::exists(folder_.file("held")); }));
}

void MailServer::stop() {
  process_->kill(SIGKILL);
  static_cast<void>(process_->wait());
  process_.reset();
}

void MailServer::start() {
  std::vector<std::string> arguments{"/usr/bin/python3", CS_MAIL_SERVER, folder_.path(),
                                     std::to_string(port_)};
  if (options_.certificate != nullptr) {
    arguments.insert(arguments.end(), {"--certificate", options_.certificate->certificate, "--key",
                                       options_.certificate->key});
  }
  if (options_.implicit) arguments.emplace_back("--implicit");
  if (!options_.username.empty()) {
    arguments.insert(arguments.end(), {"--login", options_.username, options_.password});
  }
  const std::string log_file = folder_.file("log-" + std::to_string(++starts_));
  process_ = std::make_unique<Process>(
      Process::Settings{.arguments = arguments, .environment = {}, .log_file = log_file});
  const bool ready =
      wait_until([&] { return process_->has_logged("port=") || !process_->alive(); });
  require(ready && process_->alive(), "the mail server did not start: " + process_->log());
  const std::string log = process_->log();
  port_ = static_cast<std::uint16_t>(std::stoi(log.substr(log.find("port=") + 5)));
}

std::vector<ReceivedMail> MailServer::mails(std::size_t known) const {
  std::vector<ReceivedMail> mails;
  for (std::size_t number = known + 1;; ++number) {
    const std::string name = folder_.file(std::to_string(number));
    if (!std::filesystem::exists(name + ".done")) return mails;
    const std::string envelope = read_file(name + ".envelope");
    const std::size_t space = envelope.find(' ');
    mails.push_back({.raw = read_file(name + ".raw"),
                     .headers = read_file(name + ".headers"),
                     .text = read_file(name + ".text"),
                     .html = read_file(name + ".html"),
                     .from = envelope.substr(0, space),
                     .to = envelope.substr(space + 1)});
  }
}

std::vector<ReceivedMail> MailServer::wait_for(std::size_t count) const {
  const bool came = wait_until([&] { return mails().size() >= count; });
  EXPECT_TRUE(came) << "only " << mails().size() << " of " << count << " mails came";
  return mails();
}

}  // namespace countersign::test
