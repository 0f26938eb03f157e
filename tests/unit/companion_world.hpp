// SPDX-License-Identifier: Apache-2.0
// The companion's pages with a daemon that says what a test wants, and somebody who visits them.
#pragma once

#include "companion/door/router.hpp"
#include "companion/request/guard.hpp"
#include "tests/support/world_run.hpp"
#include "tests/unit/companion_requests.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace countersign::companion::test {

// What it is not told to answer, it cannot.
class ToyDaemon final : public Backend {
 public:
  using Operation = v1::Request::OperationCase;
  using Answer = std::function<v1::Reply(const v1::Request&)>;

  void answers(Operation operation, Answer answer) { answers_[operation] = std::move(answer); }
  void refuses(Operation operation, v1::ErrorCode code) {
    answers(operation, [code](const v1::Request&) {
      v1::Reply reply;
      reply.mutable_error()->set_code(code);
      return reply;
    });
  }
  // How often it was asked that, and the last time.
  [[nodiscard]] auto count(Operation operation) const {
    return std::ranges::count(asked_, operation, &v1::Request::operation_case);
  }
  [[nodiscard]] v1::Request last(Operation operation) const {
    const auto found =
        std::ranges::find(asked_.rbegin(), asked_.rend(), operation, &v1::Request::operation_case);
    return found == asked_.rend() ? v1::Request{} : *found;
  }

  awaitable<Result<v1::Reply>> ask(v1::Request request) override {
    asked_.push_back(request);
    // As over a socket, others go on meanwhile.
    co_await boost::asio::post(use_awaitable);
    const auto answer = answers_.find(request.operation_case());
    if (answer == answers_.end()) co_return Error{ErrorCode::unavailable, "toy"};
    co_return answer->second(request);
  }

 private:
  std::map<Operation, Answer> answers_;
  std::vector<v1::Request> asked_;
};

struct StillClock final : Clock {
  [[nodiscard]] Time now() const override { return time; }
  Time time = from_milliseconds(1'772'575'500'000);
};

// Of the source folder, read once.
inline const Languages& our_languages() {
  static const auto languages = Languages::load(CS_TEXTS);
  if (!languages) std::abort();
  return *languages;
}
inline const Templates& our_templates() {
  static const auto templates = Templates::load(CS_TEMPLATES, our_languages());
  if (!templates) std::abort();
  return **templates;
}

struct CompanionWorld {
  explicit CompanionWorld(std::vector<Routes> routes, Handler prove)
      : router{brands, house, std::move(routes), prove} {}

  ToyDaemon daemon;
  StillClock clock;
  Realms realms{daemon, clock};
  std::vector<Brand> brands{Brand{.origin = std::string{kOrigin}, .product = "Example"}};
  House house{.backend = daemon,
              .realms = realms,
              .clock = clock,
              .languages = our_languages(),
              .templates = our_templates(),
              .style_url = "/style.css",
              .script_url = "/app.js"};
  Router router;

  // Who shows this cookie is signed in, or half-way there.
  void knows_session(const std::string& text, v1::SessionScope scope) {
    daemon.answers(v1::Request::kGetSession, [text, scope](const v1::Request& request) {
      v1::Reply reply;
      if (request.session() != text) {
        reply.mutable_error()->set_code(v1::DENIED);
        return reply;
      }
      v1::SessionReport& report = *reply.mutable_session_report();
      report.set_id(1);
      report.set_scope(scope);
      report.mutable_subject()->set_realm("default");
      report.mutable_subject()->set_username("bob");
      return reply;
    });
  }
};

// A browser: it keeps cookies, and sends forms as our pages have them.
class Guest {
 public:
  explicit Guest(CompanionWorld& world) : world_{world} {}

  Response get(std::string_view target) {
    return visit(get_bytes(target, "Cookie: " + cookie_header() + "\r\n"));
  }
  // `fields`: encoded, as "a=1&b=2".
  Response post(std::string_view target, std::string_view fields) {
    return visit(form_bytes(target, fields));
  }
  // The same, twice at once.
  std::vector<Response> post_twice(std::string_view target, std::string_view fields) {
    const Request request = *read(form_bytes(target, fields));
    std::vector<awaitable<Response>> both;
    both.push_back(world_.router.answer(request));
    both.push_back(world_.router.answer(request));
    return countersign::test::run_all(std::move(both));
  }
  Response visit(const std::string& bytes) {
    const auto request = read(bytes);
    if (!request) std::abort();
    Response response = countersign::test::run(world_.router.answer(*request));
    for (const SetCookie& cookie : response.cookies) {
      cookies[std::string{cookie.name}] = cookie.value;
    }
    return response;
  }

  std::map<std::string, std::string> cookies{{std::string{kFormCookie}, "abcdefghijklmnopqrstuv"}};
  std::string origin{kOrigin};

 private:
  [[nodiscard]] std::string cookie_header() const {
    std::string header;
    for (const auto& [name, value] : cookies) {
      if (!value.empty()) header += name + '=' + value + "; ";
    }
    return header;
  }
  [[nodiscard]] std::string form_bytes(std::string_view target, std::string_view fields) {
    const std::string body =
        "csrf=" + cookies[std::string{kFormCookie}] + '&' + std::string{fields};
    return post_bytes(target, body,
                      "Origin: " + origin + "\r\nCookie: " + cookie_header() + "\r\n");
  }

  CompanionWorld& world_;
};

}  // namespace countersign::companion::test
