// SPDX-License-Identifier: Apache-2.0
#include "cli/import.hpp"

#include "cli/ask.hpp"
#include "cli/import_stream.hpp"
#include "cli/progress.hpp"
#include "cli/secret.hpp"
#include "cli/token_file.hpp"
#include "firmware-interface/files/text.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <cstring>
#include <iostream>
#include <memory>
#include <unordered_map>
#include <unordered_set>

namespace countersign::cli {
namespace {

struct Options {
  std::string file;
  std::string key_file;
  std::string password_file;
  bool dry_run = false;
  bool skip_refused = false;
};

// ---- the report

void show_json(const Options& options, const TokenFile& file, const ImportTally& tally) {
  boost::json::array problems;
  for (const ImportProblem& problem : tally.problems) {
    problems.push_back({{"line", problem.line}, {"problem", problem.why}});
  }
  const boost::json::object report{
      {"format", word(file.format())}, {"dryRun", options.dry_run},
      {"imported", tally.imported},    {"knownAlready", tally.known},
      {"refused", tally.refused},      {"problems", std::move(problems)}};
  std::cout << boost::json::serialize(report) << '\n';
}

void show_text(const Options& options, const TokenFile& file, const ImportTally& tally) {
  std::cout << "format: " << word(file.format()) << '\n'
            << (options.dry_run ? "would be imported: " : "imported: ") << tally.imported << '\n'
            << "known already: " << tally.known << '\n'
            << "refused: " << tally.refused << '\n';
  for (const ImportProblem& problem : tally.problems) {
    std::cout << "line " << problem.line << ": " << problem.why << '\n';
  }
  if (tally.refused > tally.problems.size()) {
    std::cout << "and " << tally.refused - tally.problems.size() << " more\n";
  }
}

void show_report(const Command& command, const Options& options, const TokenFile& file,
                 const ImportTally& tally) {
  if (command.output == Output::json) return show_json(options, file, tally);
  show_text(options, file, tally);
}

// ---- the file, checked as a whole

void show_file_error(Command& command, const Options& options, const Error& error) {
  std::string message = options.file + ": " + std::string{error.operation.view()};
  if (error.native != 0) message += std::string{" ("} + std::strerror(int(error.native)) + ")";
  const v1::ErrorCode code = error.code == ErrorCode::denied           ? v1::DENIED
                             : error.code == ErrorCode::limit_exceeded ? v1::LIMIT_EXCEEDED
                             : error.code == ErrorCode::not_found      ? v1::NOT_FOUND
                             : error.code == ErrorCode::unavailable    ? v1::UNAVAILABLE
                                                                       : v1::MALFORMED;
  show_error(command, code, message);
}

// Where each serial number and public id was seen first. By their hashes, to stay small; two
// different ones with the same 64 bits would be refused, and are not met in practice.
class Duplicates {
 public:
  // The complaint about a row that names a token again; empty for the first of its name.
  std::string seen(std::size_t line, const files::TokenRow& row) {
    const std::string serial = seen_in(serials_, line, row.kind, row.serial, "serial number");
    const std::string public_id = seen_in(public_ids_, line, row.kind, row.public_id, "public id");
    return serial.empty() ? public_id : serial;
  }

 private:
  using Lines = std::unordered_map<std::size_t, std::size_t>;
  // A key whose two slots are tokens of different kinds is two tokens.
  static std::string seen_in(Lines& lines, std::size_t line, files::TokenKind kind,
                             const std::string& name, const char* what) {
    if (name.empty()) return {};
    const std::string whole = std::to_string(static_cast<int>(kind)) + name;
    const auto [first, fresh] = lines.emplace(std::hash<std::string>{}(whole), line);
    if (fresh) return {};
    return std::string{"Its "} + what + " stands in line " + std::to_string(first->second) +
           " already.";
  }

  Lines serials_;
  Lines public_ids_;
};

struct Checked {
  std::uint64_t rows = 0;  // good ones
  ImportTally refused;
  std::unordered_set<std::uint64_t> skipped;  // the refused ones, by their order
};

Result<Checked> check_file(const TokenFile& file) {
  Checked checked;
  Duplicates duplicates;
  std::uint64_t index = 0;
  const auto take = [&](std::size_t line, const Result<files::TokenRow>& row) {
    const std::string why =
        row ? duplicates.seen(line, *row) : std::string{row.error().operation.view()};
    if (why.empty()) {
      ++checked.rows;
    } else {
      checked.refused.refuse(line, why);
      checked.skipped.insert(index);
    }
    ++index;
    return true;
  };
  CS_CHECK(file.read(take));
  return checked;
}

// ---- the way into the daemon

std::optional<v1::Error> send_rows(const TokenFile& file, const Checked& checked,
                                   ImportStream& stream) {
  std::optional<v1::Error> error;
  std::uint64_t index = 0;
  std::uint64_t sent = 0;
  const auto take = [&](std::size_t line, const Result<files::TokenRow>& row) {
    if (checked.skipped.contains(index++)) return true;
    if (!row) return false;
    ++sent;
    error = stream.add(line, *row);
    return !error;
  };
  const Status status = file.read(take);
  if (error) return error;
  if (status && sent == checked.rows) return stream.finish();
  v1::Error changed;
  changed.set_code(v1::CONFLICT);
  changed.set_message("The file changed while it was read.");
  return changed;
}

void import_rows(Command& command, const Options& options, const TokenFile& file, Checked checked) {
  const std::string path = socket_path(command, Door::admin);
  auto client = client::Client::connect(path);
  if (!client) {
    const v1::Reply reply = nobody_answers(path, client.error());
    return show_error(command, reply.error().code(), reply.error().message());
  }
  ImportTally& tally = checked.refused;
  const std::uint64_t refused_by_file = tally.refused;
  Progress progress{options.dry_run ? "checked" : "imported", checked.rows};
  ImportStream stream{*std::move(client), options.dry_run, tally,
                      [&] { progress.at(tally.answered() - refused_by_file); }};
  if (const auto error = send_rows(file, checked, stream)) {
    return show_error(command, error->code(),
                      error->message() + " Of " + std::to_string(checked.rows) + " tokens, " +
                          std::to_string(tally.answered() - refused_by_file) +
                          " are answered for. The same command goes on from there.");
  }
  show_report(command, options, file, tally);
  if (tally.refused > refused_by_file) command.exit_code = ExitCode::refused;
}

// Nothing, with the reason on standard error, if a file of the options is not what it should be.
std::optional<files::PskcUnlock> read_unlock(const Options& options) {
  files::PskcUnlock unlock;
  if (!options.password_file.empty()) {
    auto passphrase = read_secret(options.password_file, "Password");
    if (!passphrase) return std::nullopt;
    unlock.passphrase = *std::move(passphrase);
  }
  if (options.key_file.empty()) return unlock;
  const auto text = read_secret(options.key_file, "Key");
  if (!text) return std::nullopt;
  auto key = files::decode_hex(as_text(text->expose()));
  if (!key || (key->size() != 16 && key->size() != 24 && key->size() != 32)) {
    std::cerr << "countersign: the key is not 32, 48 or 64 hexadecimal digits\n";
    return std::nullopt;
  }
  unlock.key = *std::move(key);
  return unlock;
}

void import_file(Command& command, const Options& options) {
  auto unlock = read_unlock(options);
  if (!unlock) {
    command.exit_code = ExitCode::usage;
    return;
  }
  const auto file = TokenFile::open(options.file, *std::move(unlock));
  if (!file) return show_file_error(command, options, file.error());
  auto checked = check_file(*file);
  if (!checked) return show_file_error(command, options, checked.error());
  if (checked->refused.refused > 0 && !options.skip_refused) {
    // Half a file is nobody's wish, unless they say so.
    show_report(command, options, *file, checked->refused);
    std::cerr << "countersign: nothing was sent; --skip-refused imports the other " << checked->rows
              << '\n';
    command.exit_code = ExitCode::refused;
    return;
  }
  import_rows(command, options, *file, *std::move(checked));
}

}  // namespace

void add_import(CLI::App& noun, Command& command) {
  CLI::App* verb = noun.add_subcommand("import", "Take in a file of tokens that belong to nobody");
  const auto options = std::make_shared<Options>();
  verb->add_option("file", options->file, "ykksm, Yubico's logs, OATH CSV or PSKC")->required();
  verb->add_flag("--dry-run", options->dry_run, "Say what would happen, and do nothing");
  verb->add_flag("--skip-refused", options->skip_refused,
                 "Import the other rows of a file with some that cannot be");
  CLI::Option* key = verb->add_option("--key-file", options->key_file,
                                      "PSKC: the key in hexadecimal; - for standard input");
  CLI::Option* password = verb->add_option("--password-file", options->password_file,
                                           "PSKC: the password; - for standard input");
  key->type_name("FILE")->excludes(password);
  password->type_name("FILE");
  verb->callback([&command, options] { import_file(command, *options); });
}

}  // namespace countersign::cli
