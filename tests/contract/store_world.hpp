// SPDX-License-Identifier: Apache-2.0
// A loop, a clock and a Store, with one-line verbs for what tests do to it.
#pragma once

#include "tests/contract/store_backend.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>

#include <exception>
#include <optional>
#include <ostream>
#include <string_view>
#include <vector>

namespace countersign {

// GoogleTest would ask Boost, which wants to print what is inside.
template <class T>
void PrintTo(const Result<T>& result, std::ostream* out) {
  *out << (result ? "success" : result.error().operation.view());
}

}  // namespace countersign

namespace countersign::test {

class StillClock final : public Clock {
 public:
  [[nodiscard]] Time now() const override { return time; }
  Time time = from_milliseconds(1'800'000'000'000);
};

class StoreWorld {
 public:
  explicit StoreWorld(StoreBackend& backend) : backend_{backend} { open(); }
  StoreWorld(const StoreWorld&) = delete;
  StoreWorld& operator=(const StoreWorld&) = delete;
  ~StoreWorld() { close(); }  // its threads speak to the loop

  // Opens the store again, as after a restart.
  void open();
  void close() { store.reset(); }

  // Runs a coroutine to its end; the store's threads work meanwhile.
  template <class T>
  T run(awaitable<T> task) {
    std::vector<awaitable<T>> tasks;
    tasks.push_back(std::move(task));
    return std::move(run_all(std::move(tasks)).front());
  }
  template <class T>
  std::vector<T> run_all(std::vector<awaitable<T>> tasks) {
    std::vector<std::optional<T>> results(tasks.size());
    std::size_t left = tasks.size();
    for (std::size_t i = 0; i < tasks.size(); ++i) {
      auto keep = [&results, &left, i](const std::exception_ptr& thrown, T value) {
        if (thrown) std::rethrow_exception(thrown);
        results[i].emplace(std::move(value));
        --left;
      };
      boost::asio::co_spawn(loop_, std::move(tasks[i]), keep);
    }
    while (left > 0) loop_.run_one();
    std::vector<T> values;
    for (auto& result : results) values.push_back(std::move(*result));
    return values;
  }

  static SubjectName name(std::string_view username);

  // These abort when the store refuses.
  SubjectId add_subject(std::string_view username);
  FactorId add_factor(SubjectId subject, Position position = Position::none);
  FactorId add_yubikey(SubjectId subject, std::string_view public_id);
  SubjectPtr load(SubjectId id);
  SubjectPtr load(std::string_view username);
  SubjectPtr person_with_factor(std::string_view username);

  // What the judge would decide, computed from `from`.
  Attempt accepted(const SubjectRecord& from, std::int64_t position) const;
  Attempt rejected(const SubjectRecord& from, bool familiar = false) const;
  Attempt throttled(const SubjectRecord& from) const;
  // Fails as the store does.
  Result<FactorId> enrol_yubikey(SubjectId subject, std::string_view public_id);
  Status commit(const SubjectPtr& from, const Attempt& attempt);

  JournalEntry entry(Event event) const;
  // Every problem that a whole check finds.
  std::vector<std::string> problems();
  std::uint64_t journal_records();

  StillClock clock;
  std::unique_ptr<WholeStore> store;

 private:
  Factor active_factor(SubjectId subject, FactorKind kind) const;

  StoreBackend& backend_;
  boost::asio::io_context loop_;
  boost::asio::executor_work_guard<Executor> working_{loop_.get_executor()};
};

}  // namespace countersign::test
