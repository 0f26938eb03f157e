// SPDX-License-Identifier: Apache-2.0
#include "cli/ask.hpp"
#include "cli/doctor/checks.hpp"
#include "cli/show.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>

namespace countersign::cli::doctor {
namespace {

// The socket's file: is it there, is it a socket, who may write to it?
std::optional<Finding> wrong_with_file(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    return Finding{Severity::problem, path + ": " + std::strerror(errno),
                   "start countersignd (systemctl start countersignd), or name another --run-dir"};
  }
  if (!S_ISSOCK(status.st_mode)) {
    return Finding{Severity::problem, path + " is not a socket",
                   "remove it and start countersignd again"};
  }
  if ((status.st_mode & S_IWOTH) != 0) {
    return Finding{Severity::problem, path + " is open to every user of this machine",
                   "chmod 0660 " + path + " and give it to the group that may connect"};
  }
  if (::access(path.c_str(), W_OK) != 0) {
    return Finding{Severity::unknown, path + " may not be used by this user",
                   "run `countersign doctor` as a member of the socket's group"};
  }
  return std::nullopt;
}

v1::Request health() {
  v1::Request request;
  request.mutable_health();
  return request;
}

Finding check_socket(const Command& command, Door door) {
  const std::string path = socket_path(command, door);
  if (const auto wrong = wrong_with_file(path)) return *wrong;
  const v1::Reply reply = ask(command, door, health());
  if (!reply.has_error()) return {Severity::good, path + " answers", {}};
  if (reply.error().code() == v1::DENIED) {
    return {Severity::unknown, path + " answers, but not this user",
            "name this user as a [[peer]] with that role in the policy, if it should be one"};
  }
  return {Severity::problem,
          path + ": " + word(reply.error().code()) + ": " + reply.error().message(),
          "read the daemon's log (journalctl -u countersignd)"};
}

}  // namespace

Findings check_sockets(const Command& command) {
  return {check_socket(command, Door::verify), check_socket(command, Door::provision),
          check_socket(command, Door::admin), check_socket(command, Door::courier),
          check_socket(command, Door::enroll)};
}

Findings check_workers(const Command& command) {
  const v1::Reply reply = ask(command, Door::verify, health());
  if (!reply.has_health_report()) {
    return {{Severity::unknown, "whether the HSM workers are ready (the daemon does not say)",
             "see the verify socket above"}};
  }
  const v1::HealthReport& report = reply.health_report();
  const std::string what = std::to_string(report.hsm_workers_ready()) + " of " +
                           std::to_string(report.hsm_workers()) + " HSM workers ready";
  if (report.hsm_workers_ready() == 0) {
    return {{Severity::problem, what,
             "read the workers' log (journalctl -u countersign-hsm): a refused PIN (exit status "
             "78) needs a person; `countersign hsm status` looks at the token"}};
  }
  if (report.hsm_workers_ready() < report.hsm_workers()) {
    return {{Severity::warning, what, "one may just be starting; if not, read its log"}};
  }
  if (!report.ready()) {
    return {{Severity::problem, what + ", but the daemon is not ready",
             "read the daemon's log (journalctl -u countersignd)"}};
  }
  return {{Severity::good, what, {}}};
}

}  // namespace countersign::cli::doctor
