// SPDX-License-Identifier: Apache-2.0
// countersign store check: has the daemon read and check everything it keeps, slice by slice.
#include "cli/ask.hpp"
#include "cli/command.hpp"
#include "cli/show.hpp"

#include <CLI/CLI.hpp>

#include <unistd.h>

#include <iostream>

namespace countersign::cli {
namespace {

// A counter that rewrites its line, for a person who waits; silent in a pipe.
class Progress {
 public:
  Progress() : shown_{::isatty(STDERR_FILENO) == 1} {}
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress() {
    if (shown_) std::cerr << "\r\x1b[K" << std::flush;
  }
  void at(std::uint64_t records) const {
    if (shown_) std::cerr << "\r" << records << " records checked" << std::flush;
  }

 private:
  bool shown_;
};

// All slices as one report, or the error that ended the reading.
v1::Reply check_everything(const Command& command) {
  const Progress progress;
  v1::Reply whole;
  v1::StoreCheck& report = *whole.mutable_store_check();
  for (;;) {
    v1::Request request;
    request.mutable_check_store()->set_cursor(report.cursor());
    const v1::Reply reply = ask(command, Door::admin, std::move(request));
    if (!reply.has_store_check()) return reply;
    const v1::StoreCheck& slice = reply.store_check();
    report.set_records_checked(report.records_checked() + slice.records_checked());
    report.mutable_problems()->MergeFrom(slice.problems());
    // A cursor that stands still would be read for ever.
    const bool ended = slice.cursor().empty() || slice.cursor() == report.cursor();
    report.set_cursor(slice.cursor());
    if (ended) return whole;
    progress.at(report.records_checked());
  }
}

void check(Command& command) {
  v1::Reply reply = check_everything(command);
  if (!reply.has_store_check()) {
    show_error(command, reply.error().code(), reply.error().message());
    return;
  }
  if (!reply.store_check().cursor().empty()) {
    show_error(command, v1::UNAVAILABLE, "The daemon did not read to the end of its store.");
    return;
  }
  std::cout << (command.output == Output::json ? as_json(reply) : as_text(reply));
  if (reply.store_check().problems_size() > 0) command.exit_code = ExitCode::problem;
}

}  // namespace

void add_store(CLI::App& app, Command& command) {
  CLI::App* noun = app.add_subcommand("store", "What the daemon keeps");
  noun->require_subcommand(1);
  CLI::App* verb = noun->add_subcommand("check", "Read everything and check it");
  verb->callback([&command] { check(command); });
}

}  // namespace countersign::cli
