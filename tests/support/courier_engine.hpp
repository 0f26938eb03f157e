// SPDX-License-Identifier: Apache-2.0
// A courier's engine in a test, and what it reports.
#pragma once

#include "base/clock.hpp"
#include "courier/engine/engine.hpp"
#include "courier/mail/smtp.hpp"
#include "courier/settings/secret_file.hpp"
#include "tests/support/mail_server.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace countersign::courier {

inline std::string write_secret(const test::TemporaryFolder& folder, const std::string& name,
                                const std::string& secret) {
  const std::string path = folder.file(name);
  std::ofstream{path} << secret << '\n';
  std::filesystem::permissions(path, std::filesystem::perms::owner_read);
  return path;
}

class TestEngine {
 public:
  using Providers = std::vector<std::unique_ptr<Provider>>;

  explicit TestEngine(Providers providers, Engine::Limits limits = {})
      : engine_{std::move(providers), clock_, finished(), limits} {
    EXPECT_TRUE(engine_.start());
  }

  Engine& operator*() { return engine_; }
  Engine* operator->() { return &engine_; }

  // Hands it in and waits for its report.
  Report send(const Outgoing& message) {
    const MessageId id = message.id;
    // The engine reports on a message just before it forgets it.
    const auto end = std::chrono::steady_clock::now() + test::kPatience;
    Engine::Admission admission = engine_.add(message);
    while (admission == Engine::Admission::is_here && std::chrono::steady_clock::now() < end) {
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
      admission = engine_.add(message);
    }
    EXPECT_EQ(admission, Engine::Admission::accepted);
    return report_on(id);
  }
  // The report on this message, once it is there; each is given out once.
  Report report_on(MessageId id) {
    std::unique_lock lock{mutex_};
    const bool came =
        changed_.wait_for(lock, test::kPatience, [&] { return reports_.contains(id); });
    EXPECT_TRUE(came) << "no report on " << static_cast<std::uint64_t>(id);
    return came ? reports_.extract(id).mapped() : Report{};
  }
  [[nodiscard]] bool has_report_on(MessageId id) {
    const std::lock_guard lock{mutex_};
    return reports_.contains(id);
  }

 private:
  Engine::Finished finished() {
    return [this](const Report& report, const std::string&) {
      const std::lock_guard lock{mutex_};
      reports_[report.id] = report;
      changed_.notify_all();
    };
  }

  SystemClock clock_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<MessageId, Report> reports_;
  Engine engine_;  // last: its thread reports to the others
};

// A mail that is good for a minute, under an id of its own.
inline Outgoing mail_to(const std::string& destination,
                        std::chrono::milliseconds lifetime = std::chrono::minutes{1}) {
  static std::uint64_t ids = 1000;
  return {.id = MessageId{++ids},
          .channel = Channel::email,
          .destination = destination,
          .content = {.subject = "Your code",
                      .text = "Your code is 123456.\n",
                      .html = "<p>Your code is <b>123456</b>.</p>\n",
                      .sms = {}},
          .expires_at = SystemClock{}.now() + lifetime};
}

}  // namespace countersign::courier
