// SPDX-License-Identifier: Apache-2.0
// countersign policy simulate: what a draft would have decided otherwise.
#include "cli/ask.hpp"
#include "cli/journal_pages.hpp"
#include "cli/policy_verbs.hpp"
#include "cli/words.hpp"
#include "policies/simulation.hpp"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <iostream>
#include <memory>

namespace countersign::cli {
namespace {

struct Options {
  std::string draft;
  std::string now = "/etc/countersign/policy.toml";
  std::string since = "7d";
};

struct Counts {
  std::uint64_t attempts = 0;
  std::uint64_t refused_unevaluated = 0;  // the journal does not say when
  std::uint64_t differences = 0;
};

// Attempts alone; whatever else the journal tells is no decision of these rules.
bool is_attempt(const v1::JournalRecord& record) {
  const std::string& event = record.event();
  return event == "verify" || event == "confirm" || event == "token_claimed" ||
         event == "sign_in" || event == "reauthenticated" || event == "reset_proven" ||
         event == "unlocked_by_owner";
}

policies::JournalledAttempt attempt_from(const v1::JournalRecord& record) {
  const bool accepted = record.outcome() == v1::REASON_UNSPECIFIED;
  const bool by_code = record.kind() == v1::SMS || record.kind() == v1::EMAIL ||
                       record.kind() == v1::RESET_PHONE || record.kind() == v1::PRIMARY_EMAIL;
  const bool recovers = record.event() == "reset_proven" || record.event() == "unlocked_by_owner";
  return {.number = record.number(),
          .at = from_milliseconds(record.at_ms()),
          .peer_uid = record.peer_uid(),
          .subject = record.subject_id(),
          .realm = record.realm(),
          .kind = record.kind() == v1::FACTOR_KIND_UNSPECIFIED
                      ? std::string{}
                      : lower_words(v1::FactorKind_Name(record.kind())),
          .accepted = accepted,
          .outcome = accepted ? "accepted" : lower_words(v1::Reason_Name(record.outcome())),
          .familiar = record.familiar(),
          .unlocks = by_code && recovers,
          .offset = record.offset(),
          .failures = record.failures(),
          .failures_unfamiliar = record.failures_unfamiliar()};
}

boost::json::object as_json(const policies::Difference& difference) {
  return {{"number", difference.number},      {"at_ms", to_milliseconds(difference.at)},
          {"subject_id", difference.subject}, {"was", difference.was},
          {"would_be", difference.would_be},  {"rule", difference.rule}};
}

void show(const Command& command, const policies::Difference& difference) {
  if (command.output == Output::json) {
    std::cout << boost::json::serialize(as_json(difference)) << '\n';
    return;
  }
  std::cout << difference.number << "  " << when(to_milliseconds(difference.at)) << "  subject "
            << difference.subject << "  " << difference.was << " -> " << difference.would_be << "  "
            << difference.rule << '\n';
}

void show(const Command& command, const Counts& counts) {
  if (command.output == Output::json) {
    std::cout << boost::json::serialize(
                     boost::json::object{{"attempts", counts.attempts},
                                         {"refused_unevaluated", counts.refused_unevaluated},
                                         {"differences", counts.differences}})
              << '\n';
    return;
  }
  std::cout << counts.attempts << " attempts evaluated again, " << counts.differences
            << " would have been decided otherwise\n";
  if (counts.refused_unevaluated != 0) {
    std::cout << counts.refused_unevaluated
              << " were refused unevaluated, the journal does not say when: nothing is said of "
                 "them\n";
  }
}

void simulate(Command& command, const Options& options) {
  const auto now = read_policy(command, options.now);
  const auto draft = read_policy(command, options.draft);
  const auto since_ms = since_from(options.since);
  if (!since_ms) command.exit_code = ExitCode::usage;
  if (!now || !draft || !since_ms) return;

  policies::Simulation simulation{*now, *draft};
  Counts counts;
  const auto failed = read_journal(command, *since_ms, [&](const v1::JournalRecord& record) {
    if (!is_attempt(record)) return;
    ++counts.attempts;
    counts.refused_unevaluated += record.count() > 1 ? record.count() - 1 : 0;
    for (const policies::Difference& difference : simulation.next(attempt_from(record))) {
      ++counts.differences;
      show(command, difference);
    }
  });
  if (failed) {
    show_error(command, failed->code(), failed->message());
    return;
  }
  show(command, counts);
}

}  // namespace

void add_policy_simulate(CLI::App& noun, Command& command) {
  CLI::App* verb = noun.add_subcommand(
      "simulate",
      "Evaluate the journal's attempts again, under a draft, and list what would change");
  const auto options = std::make_shared<Options>();
  verb->add_option("draft", options->draft, "The draft of a policy")->required();
  verb->add_option("--now", options->now, "The policy in force")->capture_default_str();
  verb->add_option("--since", options->since, "How far back, as 12h or 7d; 0 for everything")
      ->capture_default_str();
  verb->callback([&command, options] { simulate(command, *options); });
}

}  // namespace countersign::cli
