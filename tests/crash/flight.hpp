// SPDX-License-Identifier: Apache-2.0
// Questions that are under way together, on several connections, and which of them were answered.
#pragma once

#include "tests/support/appliance.hpp"

#include <cstddef>
#include <deque>
#include <string>
#include <vector>

namespace countersign::test {

struct Question {
  v1::Request request;
  v1::Reply reply;
  bool answered = false;

  // It said something about the question, and not that it could not answer.
  [[nodiscard]] bool has_verdict() const { return answered && reply.has_verdict(); }
};

class Flight {
 public:
  // The appliance must answer connections, and outlive this.
  explicit Flight(const Appliance& appliance);

  // A request without an id gets one of its own. The question stays where it is as long as the
  // flight lives.
  Question& add(const std::string& socket, v1::Request request);
  // All questions leave at once, in a random order. What a broken connection swallows stays
  // unanswered.
  void send(unsigned seed);
  // Waits for so many more answers; throws if the connection breaks before that.
  void take(std::size_t answers);
  void take_all() { take(unanswered()); }
  // Takes what was answered before the daemon's end.
  void drain();

  [[nodiscard]] std::size_t size() const { return questions_.size(); }
  [[nodiscard]] std::size_t unanswered() const { return questions_.size() - answered_; }
  [[nodiscard]] const std::deque<Question>& questions() const { return questions_; }

 private:
  struct Line {
    std::string socket;
    client::Client client;
    std::size_t outstanding = 0;
  };

  Line& line_for(const std::string& socket);
  bool take_one(Line& line);

  std::vector<Line> lines_;
  std::deque<Question> questions_;
  std::vector<std::string> sockets_;  // by question
  std::size_t answered_ = 0;
  std::size_t next_line_ = 0;
};

}  // namespace countersign::test
