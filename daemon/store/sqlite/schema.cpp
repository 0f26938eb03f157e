// SPDX-License-Identifier: Apache-2.0
#include "daemon/store/sqlite/schema.hpp"

#include <array>
#include <vector>

namespace countersign::store::sqlite {
namespace {

// What moves with every attempt has narrow rows of its own: an update costs a third less than in
// the wide row, and the pages that change are few.
constexpr std::array kTables{
    "CREATE TABLE meta(name TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE TABLE subject(id INTEGER PRIMARY KEY, realm TEXT NOT NULL, username TEXT NOT NULL, "
    "state INTEGER NOT NULL, created_at_ms INTEGER NOT NULL, mac BLOB NOT NULL) STRICT",
    "CREATE UNIQUE INDEX subject_name ON subject(realm, username)",
    "CREATE TABLE factor(id INTEGER PRIMARY KEY, subject INTEGER NOT NULL, kind INTEGER NOT NULL, "
    "state INTEGER NOT NULL, label TEXT NOT NULL, public_id TEXT NOT NULL, "
    "serial TEXT NOT NULL, algorithm INTEGER NOT NULL, "
    "digits INTEGER NOT NULL, period_seconds INTEGER NOT NULL, secret_bytes INTEGER NOT NULL, "
    "sealed BLOB NOT NULL, created_at_ms INTEGER NOT NULL, mac BLOB NOT NULL) STRICT",
    "CREATE INDEX factor_subject ON factor(subject)",
    "CREATE INDEX factor_serial ON factor(serial) WHERE serial <> ''",
    "CREATE INDEX factor_bears ON factor(public_id) WHERE public_id <> ''",
    // A Yubico OTP's public id says whose it is: two of them would make one code good twice.
    "CREATE UNIQUE INDEX factor_public_id ON factor(public_id) "
    "WHERE kind = 3 AND state <> 5 AND public_id <> ''",
    // One AES key, whoever had it and by whatever public id.
    "CREATE INDEX factor_key ON factor(substr(sealed, 1, 32)) WHERE kind = 3",
    "CREATE TABLE budget(subject INTEGER PRIMARY KEY, version INTEGER NOT NULL, "
    "failures INTEGER NOT NULL, failures_unfamiliar INTEGER NOT NULL, "
    "not_before_ms INTEGER NOT NULL, not_before_unfamiliar_ms INTEGER NOT NULL, "
    "throttled INTEGER NOT NULL, mac BLOB NOT NULL) STRICT",
    "CREATE TABLE motion(factor INTEGER PRIMARY KEY, version INTEGER NOT NULL, "
    "position INTEGER NOT NULL, drift INTEGER NOT NULL, failures INTEGER NOT NULL, "
    "failures_unfamiliar INTEGER NOT NULL, request_tag BLOB NOT NULL, accepted_at_ms INTEGER NOT "
    "NULL, "
    "timestamp INTEGER NOT NULL, mac BLOB NOT NULL) STRICT",
    "CREATE TABLE journal(seq INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, event INTEGER NOT NULL, "
    "peer_uid INTEGER NOT NULL, subject INTEGER NOT NULL, factor INTEGER NOT NULL, "
    "outcome INTEGER NOT NULL, version INTEGER NOT NULL, position INTEGER NOT NULL, "
    "failures INTEGER NOT NULL, count INTEGER NOT NULL, challenge INTEGER NOT NULL, "
    "kind INTEGER NOT NULL, familiar INTEGER NOT NULL, offset INTEGER NOT NULL, "
    "failures_unfamiliar INTEGER NOT NULL, client_address TEXT NOT NULL, "
    "budget_version INTEGER NOT NULL, also_moved BLOB NOT NULL, hash BLOB NOT NULL) STRICT",
    // Where each subject and factor came from. What happens all day long costs these indexes one
    // comparison each; a list of events would cost it a microsecond.
    "CREATE INDEX journal_created ON journal(subject) WHERE event = 20",
    "CREATE INDEX journal_enrolled ON journal(factor) WHERE event >= 30 AND event < 60",
    // What happened to a client, a token or a message, by its number, which `count` is.
    "CREATE INDEX journal_numbered ON journal(event, count) WHERE event >= 40 AND outcome = 0",
    // How a challenge was answered.
    "CREATE INDEX journal_challenge ON journal(challenge, outcome) WHERE challenge <> 0",
    "CREATE TABLE head(id INTEGER PRIMARY KEY CHECK(id = 1), seq INTEGER NOT NULL, "
    "hash BLOB NOT NULL, mac BLOB NOT NULL) STRICT",
    "CREATE TABLE client(id INTEGER PRIMARY KEY, name TEXT NOT NULL, networks TEXT NOT NULL, "
    "require_signature INTEGER NOT NULL, state INTEGER NOT NULL, sealed BLOB NOT NULL, "
    "created_at_ms INTEGER NOT NULL, mac BLOB NOT NULL) STRICT",
    "CREATE TABLE token(id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, serial TEXT NOT NULL, "
    "public_id TEXT NOT NULL, algorithm INTEGER NOT NULL, digits INTEGER NOT NULL, "
    "period_seconds INTEGER NOT NULL, secret_bytes INTEGER NOT NULL, sealed BLOB NOT NULL, "
    "position INTEGER NOT NULL, created_at_ms INTEGER NOT NULL, mac BLOB NOT NULL) STRICT",
    "CREATE UNIQUE INDEX token_serial ON token(serial, kind) WHERE serial <> ''",
    "CREATE UNIQUE INDEX token_public_id ON token(public_id, kind) WHERE public_id <> ''",
    // What awaits an answer, for minutes: of whatever kind, `value` is what it is about.
    "CREATE TABLE challenge(id INTEGER PRIMARY KEY, subject INTEGER NOT NULL, "
    "factor INTEGER NOT NULL, kind INTEGER NOT NULL, purpose INTEGER NOT NULL, "
    "value BLOB NOT NULL, tries INTEGER NOT NULL, position INTEGER NOT NULL, "
    "created_at_ms INTEGER NOT NULL, expires_at_ms INTEGER NOT NULL, mac BLOB NOT NULL) STRICT",
    "CREATE INDEX challenge_subject ON challenge(subject, expires_at_ms)",
    "CREATE INDEX challenge_expiry ON challenge(expires_at_ms)",
    // The outbox, and for a day what became of it.
    "CREATE TABLE message(id INTEGER PRIMARY KEY, channel INTEGER NOT NULL, "
    "kind INTEGER NOT NULL, state INTEGER NOT NULL, subject INTEGER NOT NULL, "
    "factor INTEGER NOT NULL, challenge INTEGER NOT NULL, peer_uid INTEGER NOT NULL, "
    "destination BLOB NOT NULL, source BLOB NOT NULL, prefix TEXT NOT NULL, "
    "answered INTEGER NOT NULL, created_at_ms INTEGER NOT NULL, "
    "expires_at_ms INTEGER NOT NULL, sealed BLOB NOT NULL, mac BLOB NOT NULL) STRICT",
    "CREATE INDEX message_challenge ON message(challenge) WHERE challenge <> 0",
    "CREATE INDEX message_settled ON message(created_at_ms) WHERE state <> 1",
    // Whence a subject was accepted lately.
    "CREATE TABLE source(subject INTEGER NOT NULL, print BLOB NOT NULL, "
    "accepted_at_ms INTEGER NOT NULL, mac BLOB NOT NULL, PRIMARY KEY(subject, print)) "
    "STRICT, WITHOUT ROWID",
    // What comes in links, and is good once.
    "CREATE TABLE ticket(id INTEGER PRIMARY KEY, purpose INTEGER NOT NULL, "
    "state INTEGER NOT NULL, subject INTEGER NOT NULL, factor INTEGER NOT NULL, "
    "session INTEGER NOT NULL, secret_mac BLOB NOT NULL, details BLOB NOT NULL, "
    "created_at_ms INTEGER NOT NULL, expires_at_ms INTEGER NOT NULL, mac BLOB NOT NULL) STRICT",
    "CREATE INDEX ticket_subject ON ticket(subject, created_at_ms)",
    "CREATE INDEX ticket_expiry ON ticket(expires_at_ms)",
    // Those that are open: one that ends goes.
    "CREATE TABLE session(id INTEGER PRIMARY KEY, version INTEGER NOT NULL, "
    "subject INTEGER NOT NULL, scope INTEGER NOT NULL, secret_mac BLOB NOT NULL, "
    "ticket INTEGER NOT NULL, password_at_ms INTEGER NOT NULL, factor_at_ms INTEGER NOT NULL, "
    "question_at_ms INTEGER NOT NULL, kinds INTEGER NOT NULL, source BLOB NOT NULL, "
    "user_agent TEXT NOT NULL, created_at_ms INTEGER NOT NULL, seen_at_ms INTEGER NOT NULL, "
    "expires_at_ms INTEGER NOT NULL, mac BLOB NOT NULL) STRICT",
    "CREATE INDEX session_subject ON session(subject)",
    "CREATE INDEX session_expiry ON session(expires_at_ms)",
    // Names, sealed by the HSM.
    "CREATE TABLE profile(subject INTEGER PRIMARY KEY, version INTEGER NOT NULL, "
    "sealed BLOB NOT NULL, mac BLOB NOT NULL) STRICT",
    // Secrets that their owners may see once more, for minutes.
    "CREATE TABLE pending_secret(factor INTEGER PRIMARY KEY, subject INTEGER NOT NULL, "
    "sealed BLOB NOT NULL, expires_at_ms INTEGER NOT NULL, mac BLOB NOT NULL) STRICT",
    "CREATE INDEX pending_secret_expiry ON pending_secret(expires_at_ms)",
    // What people are shown of their accounts: neither attempts nor messages, which are many.
    "CREATE INDEX journal_account ON journal(subject) "
    "WHERE event >= 20 AND (event < 60 OR event >= 70)",
};

// Brings the schema from version i + 1 to i + 2. Append only.
constexpr std::array<const char*, kSchemaVersion - 1> kMigrations{};

Status refuse(std::string& explanation, std::string why) {
  explanation = std::move(why);
  return Error{ErrorCode::corrupt, "store.schema"};
}

Status create(Connection& connection) {
  // An attempt changes some eighty bytes of a random page: small pages are less to write and to
  // checksum, and half of what a commit costs.
  CS_CHECK(connection.execute("PRAGMA page_size = 1024"));
  CS_CHECK(connection.execute("PRAGMA journal_mode = WAL"));
  CS_CHECK(connection.execute("BEGIN IMMEDIATE"));
  CS_CHECK(connection.execute("PRAGMA application_id = 0x4353474e"));
  for (const char* table : kTables) CS_CHECK(connection.execute(table));
  // The journal of another store, however genuine, does not continue this one's.
  CS_CHECK(
      connection.execute("INSERT INTO meta VALUES('schema', 1), ('store_id', randomblob(16))"));
  return connection.execute("COMMIT");
}

Status migrate(Connection& connection, std::int64_t from) {
  CS_CHECK(connection.execute("BEGIN IMMEDIATE"));
  for (auto version = from; version < kSchemaVersion; ++version) {
    CS_CHECK(connection.execute(kMigrations[static_cast<std::size_t>(version - 1)]));
  }
  const auto sql =
      "UPDATE meta SET value = " + std::to_string(kSchemaVersion) + " WHERE name = 'schema'";
  CS_CHECK(connection.execute(sql.c_str()));
  return connection.execute("COMMIT");
}

// The tables, indexes, triggers and views in a database, one a line.
Result<std::vector<std::string>> objects(Connection& connection) {
  CS_TRY(Statement statement,
         connection.prepare("SELECT sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' "
                            "ESCAPE '\\' OR type NOT IN ('table', 'index') ORDER BY rowid"));
  std::vector<std::string> found;
  for (;;) {
    CS_TRY(const bool row, statement.step());
    if (!row) return found;
    found.emplace_back(statement.text(0));
  }
}

// An altered schema is an attack or an accident, and in either case not what was tested.
Status compare_schema(Connection& connection, std::string& explanation) {
  CS_TRY(const auto found, objects(connection));
  bool same = found.size() == kTables.size();
  for (std::size_t i = 0; same && i < found.size(); ++i) same = found[i] == kTables[i];
  if (same) return {};
  return refuse(explanation, "the database's tables, indexes or triggers have been altered");
}

Status upgrade(Connection& connection, std::string& explanation) {
  const auto version = connection.number("SELECT value FROM meta WHERE name = 'schema'");
  if (!version) return refuse(explanation, "the database does not say which schema it has");
  if (*version > kSchemaVersion) {
    return refuse(explanation, "the database has schema " + std::to_string(*version) +
                                   ", and this program knows schemas up to " +
                                   std::to_string(kSchemaVersion) +
                                   ": it was written by a newer version");
  }
  if (*version < 1) return refuse(explanation, "the database's schema number is no number of ours");
  if (*version < kSchemaVersion) CS_CHECK(migrate(connection, *version));
  return compare_schema(connection, explanation);
}

Status inspect(Connection& connection, std::string& explanation) {
  const auto application = connection.number("PRAGMA application_id");
  if (!application && application.error().code == ErrorCode::corrupt) {
    return refuse(explanation, "the file is not an SQLite database, or a damaged one");
  }
  CS_TRY(const std::int64_t owner, application);
  CS_TRY(const std::int64_t tables, connection.number("SELECT count(*) FROM sqlite_schema"));
  if (owner == 0 && tables == 0) return create(connection);
  if (owner != kApplicationId) {
    return refuse(explanation, "the database belongs to another program");
  }
  return upgrade(connection, explanation);
}

}  // namespace

Status make_ready(Connection& connection, std::string& explanation) {
  Status status = inspect(connection, explanation);
  if (!status && explanation.empty()) explanation = "SQLite says: " + connection.message();
  return status;
}

}  // namespace countersign::store::sqlite
