// SPDX-License-Identifier: Apache-2.0
#include "tests/crash/flight.hpp"

#include <algorithm>
#include <numeric>
#include <random>
#include <stdexcept>
#include <tuple>

namespace countersign::test {
namespace {

constexpr int kVerifyLines = 8;
constexpr int kProvisionLines = 2;

void require(bool holds, const char* what) {
  if (!holds) throw std::runtime_error{what};
}

}  // namespace

Flight::Flight(const Appliance& appliance) {
  for (int i = 0; i < kVerifyLines; ++i) lines_.push_back({"verify", appliance.verify_client()});
  for (int i = 0; i < kProvisionLines; ++i) {
    lines_.push_back({"provision", appliance.provision_client()});
  }
}

Question& Flight::add(const std::string& socket, v1::Request request) {
  if (request.request_id().empty()) request.set_request_id(*client::new_request_id());
  sockets_.push_back(socket);
  return questions_.emplace_back(Question{std::move(request), {}, false});
}

Flight::Line& Flight::line_for(const std::string& socket) {
  do {
    next_line_ = (next_line_ + 1) % lines_.size();
  } while (lines_[next_line_].socket != socket);
  return lines_[next_line_];
}

void Flight::send(unsigned seed) {
  std::vector<std::size_t> order(questions_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::shuffle(order, std::mt19937{seed});
  for (const std::size_t i : order) {
    Line& line = line_for(sockets_[i]);
    if (line.client.send(questions_[i].request)) ++line.outstanding;
  }
  for (Line& line : lines_) std::ignore = line.client.flush();
}

bool Flight::take_one(Line& line) {
  v1::Reply reply;
  if (!line.client.receive(reply)) return false;
  --line.outstanding;
  const auto same = [&reply](const Question& question) {
    return !question.answered && question.request.request_id() == reply.request_id();
  };
  const auto question = std::ranges::find_if(questions_, same);
  require(question != questions_.end(), "an answer to no question");
  question->reply = std::move(reply);
  question->answered = true;
  ++answered_;
  return true;
}

void Flight::take(std::size_t answers) {
  std::size_t outstanding = 0;
  for (const Line& line : lines_) outstanding += line.outstanding;
  require(answers <= outstanding, "take");
  for (std::size_t line = 0; answers > 0; line = (line + 1) % lines_.size()) {
    if (lines_[line].outstanding == 0) continue;
    require(take_one(lines_[line]), "receive");
    --answers;
  }
}

void Flight::drain() {
  for (Line& line : lines_) {
    while (line.outstanding > 0 && take_one(line)) continue;
  }
}

}  // namespace countersign::test
