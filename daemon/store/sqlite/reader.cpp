// SPDX-License-Identifier: Apache-2.0
#include "daemon/store/sqlite/reader.hpp"

#include "base/log.hpp"

namespace countersign::store::sqlite {

Result<std::unique_ptr<Reader::Statements>> Reader::open(const std::filesystem::path& file) {
  CS_TRY(Connection connection, Connection::open(file, Connection::Mode::read_only));
  CS_CHECK(connection.execute("PRAGMA cache_size = -2048; PRAGMA query_only = ON"));
  auto statements = std::make_unique<Statements>();
  CS_TRY(statements->rows, RowReads::open(connection));
  CS_TRY(statements->checks, CheckReads::open(connection));
  CS_TRY(statements->clients, ClientReads::open(connection));
  CS_TRY(statements->tokens, TokenReads::open(connection));
  CS_TRY(statements->challenges, ChallengeReads::open(connection));
  CS_TRY(statements->messages, MessageReads::open(connection));
  CS_TRY(statements->sources, SourceReads::open(connection));
  CS_TRY(statements->tickets, TicketReads::open(connection));
  CS_TRY(statements->sessions, SessionReads::open(connection));
  CS_TRY(statements->profiles, ProfileReads::open(connection));
  CS_TRY(statements->lines, JournalReads::open(connection));
  statements->connection = std::move(connection);
  return statements;
}

Reader::Reader(Executor loop, std::filesystem::path file, std::unique_ptr<Statements> statements)
    : file_{std::move(file)},
      statements_{std::move(statements)},
      thread_{std::move(loop),
              "store-reader",
              {kQueueMax, kBatchMax},
              [this](std::span<Job* const> batch) { work(batch); }} {}

void Reader::work(std::span<Job* const> batch) {
  const Status read = read_all(batch);
  if (read) return;
  log::error("store_read_failed", read.error());
  statements_.reset();
}

Status Reader::read_all(std::span<Job* const> batch) {
  if (!statements_) {
    CS_TRY(statements_, open(file_));
  }
  CS_CHECK(statements_->connection.execute("BEGIN"));
  Status all;
  for (Job* job : batch) {
    if (Status read = job->read(*statements_); !read) all = std::move(read);
  }
  CS_CHECK(statements_->connection.execute("COMMIT"));
  return all;
}

}  // namespace countersign::store::sqlite
