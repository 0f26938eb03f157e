// SPDX-License-Identifier: Apache-2.0
#include "tests/support/postfix.hpp"

#include "tests/support/port.hpp"

#include <gtest/gtest.h>
#include <pwd.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace countersign::test {
namespace {

namespace fs = std::filesystem;

// What runs as nobody may then write to the mailbox, and to nothing else.
constexpr const char* kMailboxOwner = "nobody";

constexpr const char* kServices = R"(cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
)";

void require(bool holds, const std::string& what) {
  if (!holds) throw std::runtime_error{what};
}

void make_folder(const std::string& path, const char* owner) {
  fs::create_directory(path);
  const passwd* user = ::getpwnam(owner);
  require(user != nullptr && ::chown(path.c_str(), user->pw_uid, user->pw_gid) == 0,
          "cannot give a folder to " + std::string{owner} + ": Postfix needs root");
}

}  // namespace

Postfix::Postfix(const TestCertificate& certificate) : port_{free_port()} {
  // Its processes give up root and still have to pass through.
  fs::permissions(folder_.path(), fs::perms{0711});
  fs::create_directory(folder_.file("conf"));
  fs::create_directory(folder_.file("queue"));
  make_folder(folder_.file("data"), "postfix");
  make_folder(folder_.file("mail"), kMailboxOwner);
  configure(certificate);
  process_ = std::make_unique<Process>(
      Process::Settings{.arguments = {"/usr/sbin/postfix", "-c", folder_.file("conf"), "start-fg"},
                        .environment = {},
                        .log_file = folder_.file("log")});
  const bool ready = wait_until([&] { return is_listening(port_) || !process_->alive(); });
  require(ready && process_->alive(), "Postfix did not start: " + log());
}

// `postfix start-fg` is a shell that waits; what works is the master and its children.
Postfix::~Postfix() {
  const pid_t running = master();
  if (running > 0) ::kill(running, SIGTERM);
  static_cast<void>(process_->wait());
  EXPECT_TRUE(wait_until([&] { return running <= 0 || !is_running(running); }));
}

void Postfix::configure(const TestCertificate& certificate) const {
  std::ofstream{folder_.file("conf/main.cf")}
      << "compatibility_level = 3.6\n"
      << "queue_directory = " << folder_.file("queue") << "\n"
      << "data_directory = " << folder_.file("data") << "\n"
      << "myhostname = mail.example.org\nmydestination =\nmynetworks = 127.0.0.0/8\n"
      << "inet_interfaces = loopback-only\ninet_protocols = ipv4\nmaillog_file = /dev/stdout\n"
      << "smtpd_tls_cert_file = " << certificate.certificate << "\n"
      << "smtpd_tls_key_file = " << certificate.key << "\n"
      << "smtpd_tls_security_level = encrypt\n"
      << "smtpd_recipient_restrictions = permit_mynetworks, reject\n"
      << "virtual_mailbox_domains = example.org\n"
      << "virtual_mailbox_base = " << folder_.file("mail") << "\n"
      << "virtual_mailbox_maps = inline:{{" << kRecipient << " = alice/}}\n"
      << "virtual_uid_maps = static:" << ::getpwnam(kMailboxOwner)->pw_uid << "\n"
      << "virtual_gid_maps = static:" << ::getpwnam(kMailboxOwner)->pw_gid << "\n";
  std::ofstream{folder_.file("conf/master.cf")} << "127.0.0.1:" << port_
                                                << " inet n - n - - smtpd\n"
                                                << kServices;
}

pid_t Postfix::master() const {
  pid_t pid = 0;
  std::ifstream{folder_.file("queue/pid/master.pid")} >> pid;
  return pid;
}

std::vector<std::string> Postfix::mails() const {
  std::vector<std::string> mails;
  const fs::path box = folder_.file("mail/alice/new");
  if (!fs::exists(box)) return mails;
  for (const auto& entry : fs::directory_iterator{box}) {
    std::ifstream file{entry.path(), std::ios::binary};
    mails.emplace_back(std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{});
  }
  return mails;
}

std::vector<std::string> Postfix::wait_for(std::size_t count) const {
  const bool came = wait_until([&] { return mails().size() >= count; });
  EXPECT_TRUE(came) << "only " << mails().size() << " of " << count << " mails came: " << log();
  return mails();
}

}  // namespace countersign::test
