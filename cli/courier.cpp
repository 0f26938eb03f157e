// SPDX-License-Identifier: Apache-2.0
// countersign courier: how messages by SMS and e-mail fare, and one to try it with.
#include "cli/ask.hpp"
#include "cli/command.hpp"
#include "cli/courier_metrics.hpp"
#include "cli/secret.hpp"

#include <CLI/CLI.hpp>

#include <iostream>
#include <memory>

namespace countersign::cli {
namespace {

void show_status(Command& command, bool as_prometheus) {
  v1::Request request;
  request.mutable_get_courier_status();
  const v1::Reply reply = ask(command, Door::admin, std::move(request));
  if (as_prometheus && reply.has_courier_status()) {
    std::cout << as_metrics(reply.courier_status());
    return;
  }
  show_reply(command, reply);
}

void add_status_verb(CLI::App& noun, Command& command) {
  CLI::App* verb = noun.add_subcommand("status", "Who delivers, what waits, what became of it");
  const auto as_prometheus = std::make_shared<bool>(false);
  verb->add_flag("--prometheus", *as_prometheus,
                 "In Prometheus' text format, for its node exporter's textfile collector");
  verb->callback([&command, as_prometheus] { show_status(command, *as_prometheus); });
}

struct Test {
  std::string sms;
  std::string email;
  std::string country;
  std::string language;
  std::string realm;
};

// A destination on the command line can be read by every process of the machine; "-" cannot.
std::optional<std::string> destination_of(const Test& test) {
  const std::string& given = test.sms.empty() ? test.email : test.sms;
  if (given != "-") return given;
  const auto read = read_secret("-", "");
  if (!read) return std::nullopt;
  return std::string{as_text(read->expose())};
}

void send_test(Command& command, const Test& test) {
  const auto destination = destination_of(test);
  if (!destination) {
    command.exit_code = ExitCode::usage;
    return;
  }
  v1::Request request;
  v1::SendTestMessage& message = *request.mutable_send_test_message();
  message.set_channel(test.sms.empty() ? v1::EMAIL : v1::SMS);
  message.set_destination(*destination);
  message.set_country(test.country);
  message.set_language(test.language);
  message.set_realm(test.realm);
  const v1::Reply reply = ask_and_show(command, Door::admin, std::move(request));
  if (!reply.has_delivery()) return;
  if (reply.delivery().outcome() != v1::ACCEPTED_FOR_DELIVERY) {
    command.exit_code = ExitCode::refused;
  } else if (command.output == Output::text) {
    std::cout << "It is the courier's now; `countersign courier status` counts what becomes of "
                 "it.\n";
  }
}

void add_test_verb(CLI::App& noun, Command& command) {
  CLI::App* verb = noun.add_subcommand("test", "Send a test message");
  const auto test = std::make_shared<Test>();
  auto* sms = verb->add_option("--sms", test->sms, "To this phone number; - for standard input")
                  ->type_name("NUMBER");
  auto* email = verb->add_option("--email", test->email, "To this address; - for standard input")
                    ->type_name("ADDRESS");
  sms->excludes(email);
  verb->add_option("--country", test->country, "Of a number in national form, by ISO 3166-1: FI")
      ->excludes(email);
  verb->add_option("--language", test->language, "BCP 47: fi; the courier's own when absent");
  verb->add_option("--realm", test->realm, "Whose templates; \"default\" when absent");
  verb->callback([&command, test] {
    if (test->sms.empty() && test->email.empty()) {
      throw CLI::RequiredError{"--sms NUMBER or --email ADDRESS"};
    }
    send_test(command, *test);
  });
}

}  // namespace

void add_courier(CLI::App& app, Command& command) {
  CLI::App* noun = app.add_subcommand("courier", "Messages by SMS and e-mail");
  noun->require_subcommand(1);
  add_status_verb(*noun, command);
  add_test_verb(*noun, command);
}

}  // namespace countersign::cli
