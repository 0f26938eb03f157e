// SPDX-License-Identifier: Apache-2.0
#include "daemon/store/sqlite/writer.hpp"

#include "base/log.hpp"
#include "daemon/store/sqlite/schema.hpp"

namespace countersign::store::sqlite {

Writer::Writer(Executor loop, std::filesystem::path file, std::unique_ptr<Transaction> rows,
               const HmacKey& key, OnFatal on_fatal)
    : file_{std::move(file)},
      rows_{std::move(rows)},
      key_{key},
      on_fatal_{std::move(on_fatal)},
      thread_{std::move(loop),
              "store-writer",
              {kQueueMax, kBatchMax},
              [this](std::span<Change* const> batch) { work(batch); }} {}

awaitable<Status> Writer::commit(Change& change) {
  if (!thread_.submit(change)) co_return Error{ErrorCode::unavailable, "store.queue"};
  co_return co_await change.done.wait();
}

void Writer::work(std::span<Change* const> batch) {
  const bool ended = fatal_;
  const Status written = ended ? Error{ErrorCode::unavailable, "store.writer"} : write(batch);
  if (!ended) note(written);
  if (written) return;
  for (Change* change : batch) {
    change->outcome = Error{ErrorCode::unavailable, "store.commit", written.error().native};
  }
}

Status Writer::write(std::span<Change* const> batch) {
  if (!rows_) CS_CHECK(reopen());
  CS_CHECK(rows_->begin());
  CS_TRY(const bool others_wrote, rows_->written_by_others());
  const bool distrust = others_wrote || std::exchange(reopened_, false);
  std::size_t applied = 0;
  for (Change* change : batch) {
    change->distrust = distrust;
    change->written_by_others = others_wrote;
    // What a change was computed from may be what somebody else has just edited: load and check
    // it again. What was computed from no row is as true as before.
    const bool stale = distrust && number(change->subject_version) != 0;
    change->outcome =
        stale ? Error{ErrorCode::conflict, "store.written_by_others"} : rows_->apply(*change);
    if (change->outcome) {
      ++applied;
      continue;
    }
    const ErrorCode code = change->outcome.error().code;
    if (code != ErrorCode::conflict && code != ErrorCode::already_exists) {
      return change->outcome;
    }
  }
  if (applied > 0) return rows_->commit();
  rows_->roll_back();
  return {};
}

// What this connection holds in memory may not be what the disk holds: begin again from the disk.
Status Writer::reopen() {
  std::string explanation;
  CS_TRY(Connection connection, Connection::open(file_, Connection::Mode::read_write));
  CS_CHECK(make_ready(connection, explanation));
  CS_TRY(rows_, Transaction::open(std::move(connection), key_));
  fatal_ = rows_->journal().altered();
  if (fatal_) return Error{ErrorCode::corrupt, "store.reopen"};
  reopened_ = true;
  log::info("store_reopened");
  return {};
}

// One line when it begins and one when it ends, however many batches fail in between.
void Writer::note(const Status& written) {
  if (written) {
    if (std::exchange(failing_, false)) log::info("store_recovered");
    return;
  }
  const Error& error = written.error();
  if (!std::exchange(failing_, true)) log::error("store_commit_failed", error);
  if (rows_) rows_->roll_back();
  if (is_disk_failure(error) || error.code == ErrorCode::corrupt) rows_.reset();
  fatal_ = fatal_ || is_sync_failure(error);
  if (fatal_) log::error("store_fatal", error);
  if (fatal_ && on_fatal_) on_fatal_();
}

}  // namespace countersign::store::sqlite
