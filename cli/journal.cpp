// SPDX-License-Identifier: Apache-2.0
// countersign journal: what happened, record by record.
#include "cli/ask.hpp"
#include "cli/command.hpp"
#include "cli/journal_pages.hpp"
#include "cli/words.hpp"

#include <google/protobuf/util/json_util.h>
#include <CLI/CLI.hpp>

#include <iostream>
#include <memory>

namespace countersign::cli {
namespace {

std::string as_line(const v1::JournalRecord& record) {
  std::string line =
      std::to_string(record.number()) + "  " + when(record.at_ms()) + "  " + record.event();
  const bool failed = record.outcome() != v1::REASON_UNSPECIFIED;
  if (failed) line += ": " + lower_words(v1::Reason_Name(record.outcome()));
  if (record.subject_id() != 0) line += "  subject " + std::to_string(record.subject_id());
  if (record.factor_id() != 0) line += "  factor " + std::to_string(record.factor_id());
  if (record.kind() != v1::FACTOR_KIND_UNSPECIFIED) {
    line += " (" + lower_words(v1::FactorKind_Name(record.kind())) + ")";
  }
  if (!record.client_address().empty()) line += "  from " + record.client_address();
  return line;
}

// One JSON object a record and line, so that a million of them need no memory.
std::string as_json_line(const v1::JournalRecord& record) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string text;
  const auto written = google::protobuf::util::MessageToJsonString(record, &text, options);
  return written.ok() ? text : "{}";
}

void show(Command& command, const std::string& since) {
  const auto since_ms = since_from(since);
  if (!since_ms) {
    command.exit_code = ExitCode::usage;
    return;
  }
  const auto failed = read_journal(command, *since_ms, [&](const v1::JournalRecord& record) {
    std::cout << (command.output == Output::json ? as_json_line(record) : as_line(record)) << '\n';
  });
  if (failed) show_error(command, failed->code(), failed->message());
}

}  // namespace

void add_journal(CLI::App& app, Command& command) {
  CLI::App* noun = app.add_subcommand("journal", "What happened");
  noun->require_subcommand(1);
  CLI::App* verb = noun->add_subcommand("show",
                                        "Its records, the oldest first; with -o json one "
                                        "object a line");
  const auto since = std::make_shared<std::string>("1d");
  verb->add_option("--since", *since, "How far back, as 12h or 7d; 0 for everything")
      ->capture_default_str();
  verb->callback([&command, since] { show(command, *since); });
}

}  // namespace countersign::cli
