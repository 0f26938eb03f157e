// SPDX-License-Identifier: Apache-2.0
// One question to the daemon, and what its answer means for the person at the terminal.
#pragma once

#include "cli/command.hpp"

#include <functional>
#include <string>

namespace countersign::cli {

// The sockets of the daemon, by the name of their role.
enum class Door { verify, provision, admin, courier, enroll };

[[nodiscard]] std::string socket_path(const Command& command, Door door);

// Why nobody could be asked at `path`, for the person who has to mend it.
[[nodiscard]] v1::Reply nobody_answers(const std::string& path, const Error& error);

// Sends `request` under a fresh request id. Never fails: when nobody answers, or the answer is not
// one to this question, the reply is an error UNAVAILABLE that says so.
[[nodiscard]] v1::Reply ask(const Command& command, Door door, v1::Request request);

// Shows a reply: its outcome on standard output, an error on standard error (with `-o json`, both
// on standard output). Sets the exit code.
void show_reply(Command& command, const v1::Reply& reply);

// Asks and shows; returns the reply for those who want more of it.
v1::Reply ask_and_show(Command& command, Door door, v1::Request request);

// Shows an error that did not come from the daemon in the way of those that did.
void show_error(Command& command, v1::ErrorCode code, const std::string& message);

}  // namespace countersign::cli
