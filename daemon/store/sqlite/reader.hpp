// SPDX-License-Identifier: Apache-2.0
// Reads on a thread of their own, one snapshot for all questions that have gathered.
#pragma once

#include "async/completion.hpp"
#include "daemon/store/sqlite/batch_thread.hpp"
#include "daemon/store/sqlite/challenge_rows.hpp"
#include "daemon/store/sqlite/check_reads.hpp"
#include "daemon/store/sqlite/client_rows.hpp"
#include "daemon/store/sqlite/journal_reads.hpp"
#include "daemon/store/sqlite/message_rows.hpp"
#include "daemon/store/sqlite/profile_rows.hpp"
#include "daemon/store/sqlite/row_reads.hpp"
#include "daemon/store/sqlite/session_rows.hpp"
#include "daemon/store/sqlite/source_rows.hpp"
#include "daemon/store/sqlite/ticket_rows.hpp"
#include "daemon/store/sqlite/token_rows.hpp"

#include <filesystem>
#include <memory>
#include <optional>

namespace countersign::store::sqlite {

class Reader {
 public:
  static constexpr std::size_t kQueueMax = 16384;
  static constexpr std::size_t kBatchMax = 64;

  // The statements on a read-only connection.
  struct Statements {
    Connection connection;  // first: closed after its statements
    RowReads rows;
    CheckReads checks;
    ClientReads clients;
    TokenReads tokens;
    ChallengeReads challenges;
    MessageReads messages;
    SourceReads sources;
    TicketReads tickets;
    SessionReads sessions;
    ProfileReads profiles;
    JournalReads lines;
  };
  static Result<std::unique_ptr<Statements>> open(const std::filesystem::path& file);

  Reader(Executor loop, std::filesystem::path file, std::unique_ptr<Statements> statements);

  // Answers `read(Statements&)`, a Result<T>, on the reader's thread.
  // Fails with what it fails with, and with `unavailable`.
  template <class T, class Read>
  awaitable<Result<T>> ask(Read read) {
    Question<T, Read> question{std::move(read)};
    if (!thread_.submit(question)) co_return Error{ErrorCode::unavailable, "store.queue"};
    co_await question.wait();
    co_return std::move(question.answer);
  }

  void close() { thread_.close(); }

 private:
  class Job {
   public:
    Job() = default;
    Job(const Job&) = delete;
    Job& operator=(const Job&) = delete;
    // What it failed with, so that the reader knows when the disk refuses.
    virtual Status read(Statements& statements) = 0;
    void finish() { done_.complete({}); }
    awaitable<Status> wait() { return done_.wait(); }

   protected:
    ~Job() = default;

   private:
    Completion<Status> done_;
  };

  template <class T, class Read>
  struct Question final : Job {
    explicit Question(Read how) : how_read{std::move(how)} {}
    Status read(Statements& statements) override {
      answer = how_read(statements);
      if (!answer) return answer.error();
      return {};
    }
    Read how_read;
    Result<T> answer = Error{ErrorCode::unavailable, "store.reader"};
  };

  void work(std::span<Job* const> batch);
  Status read_all(std::span<Job* const> batch);

  std::filesystem::path file_;
  std::unique_ptr<Statements> statements_;  // null: to be opened anew
  BatchThread<Job> thread_;
};

}  // namespace countersign::store::sqlite
