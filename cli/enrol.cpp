// SPDX-License-Identifier: Apache-2.0
#include "cli/enrol.hpp"

#include "cli/ask.hpp"
#include "cli/choice.hpp"
#include "cli/secret.hpp"
#include "cli/subject_option.hpp"
#include "firmware-interface/base32.hpp"
#include "firmware-interface/files/text.hpp"

#include <CLI/CLI.hpp>

#include <iostream>
#include <memory>

namespace countersign::cli {
namespace {

struct Options {
  SubjectOption subject;
  v1::FactorKind kind = v1::TOTP;
  v1::HashAlgorithm algorithm = v1::SHA1;
  std::uint32_t digits = 6;
  std::uint32_t period_seconds = 0;
  std::uint64_t counter = 0;
  std::string label;
  std::string issuer;
  std::string secret_file;
};

// Reads the Base32 text that shops and other systems hand out. Nothing, with the reason on
// standard error, if it is none.
std::optional<SecretBytes> read_seed(const std::string& file) {
  const auto text = read_secret(file, "Secret (Base32)");
  if (!text) return std::nullopt;
  auto seed = base32::decode(as_text(text->expose()));
  if (seed) return *std::move(seed);
  std::cerr << "countersign: the secret is not Base32, or too long\n";
  return std::nullopt;
}

void enrol(Command& command, const Options& options) {
  v1::Request request;
  v1::EnrolOath& enrol = *request.mutable_enrol_oath();
  options.subject.write(*enrol.mutable_subject());
  enrol.set_kind(options.kind);
  enrol.set_algorithm(options.algorithm);
  enrol.set_digits(options.digits);
  enrol.set_period_seconds(options.period_seconds);
  enrol.set_counter(options.counter);
  enrol.set_label(options.label);
  enrol.set_issuer(options.issuer);
  if (!options.secret_file.empty()) {
    const auto seed = read_seed(options.secret_file);
    if (!seed) {
      command.exit_code = ExitCode::usage;
      return;
    }
    enrol.set_secret(std::string{as_text(seed->expose())});
  }
  ask_and_show(command, Door::provision, std::move(request));
}

// The same in the form that YubiKey tools use.
std::optional<SecretBytes> read_response_key(const std::string& file) {
  const auto text = read_secret(file, "Secret (hexadecimal)");
  if (!text) return std::nullopt;
  auto key = files::decode_hex(as_text(text->expose()));
  if (!key) std::cerr << "countersign: the secret is not hexadecimal\n";
  return key;
}

void enrol_challenge_response(Command& command, const Options& options) {
  v1::Request request;
  v1::EnrolChallengeResponse& enrol = *request.mutable_enrol_challenge_response();
  options.subject.write(*enrol.mutable_subject());
  enrol.set_label(options.label);
  if (!options.secret_file.empty()) {
    const auto key = read_response_key(options.secret_file);
    if (!key) {
      command.exit_code = ExitCode::usage;
      return;
    }
    enrol.set_secret(std::string{as_text(key->expose())});
  }
  ask_and_show(command, Door::provision, std::move(request));
}

void add_kind_options(CLI::App& verb, Options& options) {
  add_choice<v1::FactorKind>(verb, "kind", options.kind, {{"totp", v1::TOTP}, {"hotp", v1::HOTP}},
                             "totp: by the clock; hotp: by a counter")
      ->required();
  add_choice<v1::HashAlgorithm>(
      verb, "--algorithm", options.algorithm,
      {{"sha1", v1::SHA1}, {"sha256", v1::SHA256}, {"sha512", v1::SHA512}},
      "sha1, which every app knows, when absent");
}

}  // namespace

void add_enrol(CLI::App& noun, Command& command) {
  CLI::App* verb = noun.add_subcommand("enrol", "Give a subject a new factor");
  const auto options = std::make_shared<Options>();
  add_subject_option(*verb, options->subject, Presence::required);
  add_kind_options(*verb, *options);
  verb->add_option("--digits", options->digits, "6 to 8")->check(CLI::Range(6, 8));
  verb->add_option("--period", options->period_seconds, "totp: seconds a code lasts; 30")
      ->check(CLI::Range(15, 120));
  verb->add_option("--counter", options->counter, "hotp: the first counter that is accepted");
  verb->add_option("--label", options->label, "What its owner calls it");
  verb->add_option("--issuer", options->issuer, "Whose it is, as the app will show it");
  verb->add_option("--secret-file", options->secret_file,
                   "Import this Base32 secret (- for standard input) instead of making one")
      ->type_name("FILE");
  verb->callback([&command, options] { enrol(command, *options); });
}

void add_enrol_challenge_response(CLI::App& noun, Command& command) {
  CLI::App* verb = noun.add_subcommand("enrol-challenge-response",
                                       "Give a subject a YubiKey slot that answers challenges");
  const auto options = std::make_shared<Options>();
  add_subject_option(*verb, options->subject, Presence::required);
  verb->add_option("--label", options->label, "What its owner calls it");
  verb->add_option("--secret-file", options->secret_file,
                   "Import this secret (40 hexadecimal digits, - for standard input) instead of "
                   "making one")
      ->type_name("FILE");
  verb->callback([&command, options] { enrol_challenge_response(command, *options); });
}

}  // namespace countersign::cli
