// SPDX-License-Identifier: Apache-2.0
#include "cli/ask.hpp"

#include "cli/show.hpp"
#include "clients/cpp/countersign_client.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iostream>

namespace countersign::cli {
namespace {

// A slice of `store check` and the first answer of a waking HSM take longer than a verify.
constexpr std::chrono::seconds kCallLimit{60};

const char* name_of(Door door) {
  switch (door) {
    case Door::verify:
      return "verify";
    case Door::provision:
      return "provision";
    case Door::admin:
      return "admin";
    case Door::courier:
      return "courier";
    case Door::enroll:
      return "enroll";
  }
  return "";
}

v1::Reply error_reply(v1::ErrorCode code, std::string message) {
  v1::Reply reply;
  reply.mutable_error()->set_code(code);
  reply.mutable_error()->set_message(std::move(message));
  return reply;
}

// The answer was lost or is none: whether the daemon did what was asked is not known.
v1::Reply no_answer(const Error& error) {
  switch (error.code) {
    case ErrorCode::limit_exceeded:
      return error_reply(v1::LIMIT_EXCEEDED, "The request is larger than the daemon accepts.");
    case ErrorCode::malformed:
      return error_reply(v1::UNAVAILABLE, "What answers there does not speak our protocol.");
    default:
      return error_reply(v1::UNAVAILABLE, "The daemon did not answer.");
  }
}

}  // namespace

std::string socket_path(const Command& command, Door door) {
  return std::filesystem::path{command.run_dir} / (std::string{name_of(door)} + ".sock");
}

v1::Reply nobody_answers(const std::string& path, const Error& error) {
  if (error.native == EACCES) {
    return error_reply(v1::DENIED, "Only members of its group may use " + path + ".");
  }
  std::string message = "Nobody answers on " + path;
  if (error.native != 0) message += std::string{" ("} + std::strerror(int(error.native)) + ")";
  return error_reply(v1::UNAVAILABLE, message + "; `countersign doctor` looks for the cause.");
}

v1::Reply ask(const Command& command, Door door, v1::Request request) {
  const std::string path = socket_path(command, door);
  auto client = client::Client::connect(path);
  if (!client) return nobody_answers(path, client.error());
  auto reply = client->call(std::move(request), client::within(kCallLimit));
  if (!reply) return no_answer(reply.error());
  if (reply->outcome_case() == v1::Reply::OUTCOME_NOT_SET) {
    return error_reply(v1::UNAVAILABLE, "The daemon's answer is empty.");
  }
  return *std::move(reply);
}

v1::Reply ask_and_show(Command& command, Door door, v1::Request request) {
  v1::Reply reply = ask(command, door, std::move(request));
  show_reply(command, reply);
  return reply;
}

void show_reply(Command& command, const v1::Reply& reply) {
  if (reply.has_error()) {
    show_error(command, reply.error().code(), reply.error().message());
    return;
  }
  std::cout << (command.output == Output::json ? as_json(reply) : as_text(reply));
}

void show_error(Command& command, v1::ErrorCode code, const std::string& message) {
  command.exit_code = exit_code_of(code);
  const v1::Reply reply = error_reply(code, message);
  if (command.output == Output::json) {
    std::cout << as_json(reply);
  } else {
    std::cerr << "countersign: " << as_text(reply);
  }
}

}  // namespace countersign::cli
