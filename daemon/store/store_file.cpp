// SPDX-License-Identifier: Apache-2.0
#include "daemon/store/store_file.hpp"

#include "base/log.hpp"
#include "daemon/store/records.hpp"
#include "daemon/store/sqlite/meta.hpp"
#include "daemon/store/sqlite/schema.hpp"

#include <cassert>

namespace countersign::store {
namespace {

constexpr std::string_view kDecoysName = "decoys";
constexpr std::string_view kKeyCheckName = "key_check";

// Shows, without giving anything away, under which key the store was written.
RowMac key_check(const HmacKey& key) { return key.mac(as_bytes("countersign key check v1")); }

Bytes encode_decoys(const HmacKey& key, const DecoySecrets& sealed) {
  Bytes out;
  Writer writer{out};
  writer.text("countersign decoys v1");
  for (const std::vector<Bytes>* secrets :
       {&sealed.totp, &sealed.yubico, &sealed.challenge_response}) {
    writer.integer(static_cast<std::uint16_t>(secrets->size()));
    for (const Bytes& secret : *secrets) writer.blob(secret);
  }
  const RowMac mac = key.mac(out);
  writer.raw(mac);
  return out;
}

// Empty when somebody else wrote it: a decoy must never have a secret that anybody knows.
DecoySecrets decode_decoys(const HmacKey& key, const Bytes& kept) {
  RowMac mac{};
  if (kept.size() < mac.size()) return {};
  const BytesView body = BytesView{kept}.first(kept.size() - mac.size());
  std::ranges::copy(BytesView{kept}.last(mac.size()), mac.begin());
  if (!equal(mac, key.mac(body))) return {};
  Reader reader{body};
  reader.blob();
  DecoySecrets sealed;
  for (std::vector<Bytes>* secrets : {&sealed.totp, &sealed.yubico, &sealed.challenge_response}) {
    secrets->resize(reader.integer<std::uint16_t>());
    for (Bytes& secret : *secrets) {
      const BytesView bytes = reader.blob();
      secret.assign(bytes.begin(), bytes.end());
    }
  }
  return sealed;
}

// A store under another HSM's key would look as if every row had been forged.
Status check_key(sqlite::Connection& connection, const HmacKey& key, std::string& explanation) {
  const RowMac expected = key_check(key);
  CS_TRY(const auto kept, sqlite::read_meta(connection, kKeyCheckName));
  if (!kept) return sqlite::write_meta(connection, kKeyCheckName, expected);
  if (as_text(*kept) == as_text(expected)) return {};
  explanation = "the store was written under another HSM record key: is this the right token?";
  return Error{ErrorCode::corrupt, "store.key_check"};
}

// What a daemon that ended by a failed fsync left in the log may be in the kernel's memory alone,
// which no longer knows that it is not on the disk. So the whole log is written anew, into the
// database, and that is synced, before anything of it is believed.
Status settle_log(sqlite::Connection& connection, std::string& explanation) {
  CS_CHECK(connection.execute("PRAGMA synchronous = FULL"));
  const auto busy = connection.number("PRAGMA wal_checkpoint(TRUNCATE)");
  if (busy && *busy == 0) return {};
  explanation = busy
                    ? "the log of the last run cannot be settled: another process is reading the "
                      "database; end it and start again"
                    : "the log of the last run cannot be written into the database: SQLite says: " +
                          connection.message();
  return busy ? Error{ErrorCode::unavailable, "store.settle"} : busy.error();
}

Result<Records::Start> find_start(sqlite::Connection& connection) {
  Records::Start start;
  // Numbers are never given twice, even when somebody has deleted the row that bore the last.
  CS_TRY(start.last_subject,
         connection.number("SELECT max(coalesce((SELECT max(id) FROM subject), 0), coalesce("
                           "(SELECT max(subject) FROM journal WHERE event = 20), 0))"));
  CS_TRY(start.last_factor,
         connection.number("SELECT max(coalesce((SELECT max(id) FROM factor), 0), coalesce("
                           "(SELECT max(factor) FROM journal WHERE event >= 30 AND event < 60 AND "
                           "event IN (30, 41, 42)), 0))"));
  CS_TRY(start.last_token,
         connection.number("SELECT max(coalesce((SELECT max(id) FROM token), 0), coalesce("
                           "(SELECT max(count + position - 1) FROM journal WHERE event >= 40 AND "
                           "outcome = 0 AND event = 40), 0))"));
  CS_TRY(start.last_client,
         connection.number("SELECT max(coalesce((SELECT max(id) FROM client), 0), coalesce("
                           "(SELECT max(count) FROM journal WHERE event >= 40 AND "
                           "outcome = 0 AND event = 45), 0))"));
  CS_TRY(const std::int64_t clients, connection.number("SELECT count(*) FROM client"));
  start.clients = static_cast<std::size_t>(clients);
  CS_TRY(const std::int64_t subjects, connection.number("SELECT count(*) FROM subject"));
  CS_TRY(const std::int64_t factors, connection.number("SELECT count(*) FROM factor"));
  start.counts.subjects = static_cast<std::uint64_t>(subjects);
  start.counts.factors = static_cast<std::uint64_t>(factors);
  return start;
}

Status journal_tampering(sqlite::Transaction& writes, Time now) {
  log::error("journal_end_altered");
  sqlite::Change change;
  change.record.entry.at = now;
  change.record.entry.event = Event::tampered;
  CS_CHECK(writes.begin());
  CS_CHECK(writes.apply(change));
  return writes.commit();
}

void warn_of_clock(Time now, Time last) {
  if (now >= last - sqlite::kClockStepMin) return;
  const auto behind = std::chrono::duration_cast<std::chrono::seconds>(last - now).count();
  log::warning("clock_behind_journal", {{"seconds", behind}});
}

}  // namespace

struct StoreFile::Opened {
  std::filesystem::path file;
  std::unique_ptr<HmacKey> key;
  std::unique_ptr<sqlite::Ownership> ownership;
  std::unique_ptr<sqlite::Transaction> writes;
  DecoySecrets decoys;
};

StoreFile::StoreFile(std::unique_ptr<Opened> opened) : opened_{std::move(opened)} {}
StoreFile::StoreFile(StoreFile&&) noexcept = default;
StoreFile& StoreFile::operator=(StoreFile&&) noexcept = default;
StoreFile::~StoreFile() = default;

Result<StoreFile> StoreFile::open(const std::filesystem::path& directory, SecretBytes moving_key,
                                  std::string& explanation) {
  explanation.clear();
  auto opened = std::make_unique<Opened>();
  opened->key = std::make_unique<HmacKey>(moving_key);
  opened->file = sqlite::database_file(directory);
  CS_TRY(auto ownership, sqlite::Ownership::take(directory, explanation));
  opened->ownership = std::make_unique<sqlite::Ownership>(std::move(ownership));
  // Whatever fails without a better word for it.
  const std::string failure = opened->file.string() + ": cannot be opened and read";
  explanation = failure;
  using sqlite::Connection;
  CS_TRY(Connection connection, Connection::open(opened->file, Connection::Mode::read_write));
  explanation.clear();
  CS_CHECK(sqlite::make_ready(connection, explanation));
  CS_CHECK(settle_log(connection, explanation));
  CS_CHECK(check_key(connection, *opened->key, explanation));
  explanation = failure;
  CS_TRY(opened->writes, sqlite::Transaction::open(std::move(connection), *opened->key));
  CS_TRY(const auto kept, sqlite::read_meta(opened->writes->connection(), kDecoysName));
  if (kept) opened->decoys = decode_decoys(*opened->key, *kept);
  explanation.clear();
  return StoreFile{std::move(opened)};
}

bool StoreFile::has_decoys() const {
  const DecoySecrets& decoys = opened_->decoys;
  return !decoys.totp.empty() && !decoys.yubico.empty() && !decoys.challenge_response.empty();
}

Status StoreFile::keep_decoys(DecoySecrets sealed) {
  for (const std::vector<Bytes>* secrets :
       {&sealed.totp, &sealed.yubico, &sealed.challenge_response}) {
    assert(!secrets->empty() && secrets->size() <= kDecoySecretsMax);
  }
  const Bytes encoded = encode_decoys(*opened_->key, sealed);
  CS_CHECK(sqlite::write_meta(opened_->writes->connection(), kDecoysName, encoded));
  opened_->decoys = std::move(sealed);
  return {};
}

Result<std::unique_ptr<WholeStore>> make_store(Executor loop, StoreFile file,
                                               StoreSettings settings, std::string& explanation) {
  assert(file.has_decoys());
  StoreFile::Opened& opened = *file.opened_;
  explanation = opened.file.string() + ": cannot be opened and read";
  const Time now = settings.clock.now();
  warn_of_clock(now, opened.writes->journal().tail().at);
  if (opened.writes->journal().altered()) CS_CHECK(journal_tampering(*opened.writes, now));
  CS_TRY(auto reads, sqlite::Reader::open(opened.file));
  CS_TRY(const Records::Start start, find_start(opened.writes->connection()));
  explanation.clear();
  Records::Parts parts{std::move(opened.ownership),
                       std::move(opened.key),
                       std::move(opened.writes),
                       std::move(reads),
                       std::move(opened.decoys),
                       opened.file,
                       start};
  return std::unique_ptr<WholeStore>{
      std::make_unique<Records>(std::move(loop), std::move(parts), std::move(settings))};
}

}  // namespace countersign::store
