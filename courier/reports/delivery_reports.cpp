// SPDX-License-Identifier: Apache-2.0
#include "courier/reports/delivery_reports.hpp"

#include "async/awaitable.hpp"
#include "base/log.hpp"
#include "courier/reports/report_desk.hpp"
#include "courier/settings/loopback.hpp"
#include "http/request_reader.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <chrono>
#include <list>
#include <thread>
#include <utility>

namespace countersign::courier {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, Executor>;
using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Executor>;
using Timer = boost::asio::basic_waitable_timer<Clock, boost::asio::wait_traits<Clock>, Executor>;

const auto kAsTuple = boost::asio::as_tuple(use_awaitable);

constexpr std::size_t kConnectionsMax = 64;
constexpr std::size_t kReportBytesMax = std::size_t{16} * 1024;
constexpr auto kRequestLimit = 10s;  // from one answer to the end of the next request
constexpr auto kTick = 1s;
constexpr auto kAcceptPause = 100ms;
// Whoever forges reports must not fill the log.
constexpr auto kComplaintInterval = 10s;

constexpr unsigned kOk = 200;
constexpr unsigned kBadRequest = 400;
constexpr unsigned kNotFound = 404;
constexpr unsigned kNotAllowed = 405;
constexpr unsigned kTooLarge = 413;

std::string answer(unsigned status, bool keeps_alive) {
  std::string text = http::status_line(status) + "Content-Length: 0\r\nCache-Control: no-store\r\n";
  if (!keeps_alive) text += "Connection: close\r\n";
  return text + "\r\n";
}

unsigned status_of(const Error& error) {
  return error.code == ErrorCode::limit_exceeded ? kTooLarge : kBadRequest;
}

struct Session {
  explicit Session(Socket taken) : socket{std::move(taken)} {}
  Socket socket;
  http::RequestReader reader{kReportBytesMax};
  Clock::time_point limit = Clock::now() + kRequestLimit;
};
using Sessions = std::list<Session>;

class Listener final : public DeliveryReports {
 public:
  Listener(ReportDesk desk, OnDelivery on_delivery)
      : desk_{std::move(desk)}, on_delivery_{std::move(on_delivery)} {}
  ~Listener() override {
    loop_.stop();
    if (thread_.joinable()) thread_.join();
  }

  Status open(const boost::asio::ip::tcp::endpoint& endpoint);
  void start();
  void expect(const std::string& provider, const std::string& reference, MessageId id) override {
    references_.add(provider, reference, id);
  }
  [[nodiscard]] std::uint16_t port() const override { return port_; }

 private:
  awaitable<void> accept_all();
  awaitable<void> watch();
  awaitable<void> serve(Sessions::iterator session);
  awaitable<bool> receive(Session& session);
  void adopt(Socket socket);
  unsigned take(const http::RequestReader& reader);

  boost::asio::io_context loop_{1};
  Acceptor acceptor_{loop_.get_executor()};
  ReportDesk desk_;
  References references_;
  OnDelivery on_delivery_;
  Sessions sessions_;
  Clock::time_point complained_at_{};
  std::uint16_t port_ = 0;
  std::thread thread_;
};

Error failed(Literal call, const boost::system::error_code& code) {
  return Error{ErrorCode::unavailable, call, static_cast<std::uint64_t>(code.value())};
}

Status Listener::open(const boost::asio::ip::tcp::endpoint& endpoint) {
  boost::system::error_code code;
  acceptor_.open(endpoint.protocol(), code);
  if (code) return failed("socket", code);
  acceptor_.set_option(Acceptor::reuse_address{true}, code);
  if (code) return failed("setsockopt", code);
  acceptor_.bind(endpoint, code);
  if (code) return failed("bind", code);
  acceptor_.listen(Acceptor::max_listen_connections, code);
  if (code) return failed("listen", code);
  port_ = acceptor_.local_endpoint(code).port();
  return {};
}

void Listener::start() {
  const auto ended = [](const std::exception_ptr& failure) {
    if (failure) log::error("courier.delivery_reports_failed");
  };
  boost::asio::co_spawn(loop_.get_executor(), accept_all(), ended);
  boost::asio::co_spawn(loop_.get_executor(), watch(), ended);
  thread_ = std::thread{[this] { loop_.run(); }};
}

awaitable<void> Listener::accept_all() {
  for (;;) {
    Socket socket{loop_.get_executor()};
    const auto [code] = co_await acceptor_.async_accept(socket, kAsTuple);
    if (!code) {
      adopt(std::move(socket));
      continue;
    }
    log::warning("courier.delivery_reports_accept", {{"error", code.value()}});
    Timer pause{loop_.get_executor()};
    pause.expires_after(kAcceptPause);
    co_await pause.async_wait(kAsTuple);
  }
}

void Listener::adopt(Socket socket) {
  if (sessions_.size() == kConnectionsMax) return;  // whoever it was comes back
  const auto session = sessions_.emplace(sessions_.end(), std::move(socket));
  auto ended = [this, session](const std::exception_ptr& failure) {
    if (failure) log::error("courier.delivery_reports_failed");
    sessions_.erase(session);
  };
  boost::asio::co_spawn(loop_.get_executor(), serve(session), std::move(ended));
}

// Closes what has taken too long.
awaitable<void> Listener::watch() {
  Timer tick{loop_.get_executor()};
  for (;;) {
    tick.expires_after(kTick);
    co_await tick.async_wait(kAsTuple);
    const auto now = Clock::now();
    for (Session& session : sessions_) {
      boost::system::error_code ignored;
      if (session.limit <= now) session.socket.close(ignored);
    }
  }
}

awaitable<void> Listener::serve(Sessions::iterator session) {
  http::RequestReader& reader = session->reader;
  for (;;) {
    const Result<bool> whole = reader.read();
    if (whole && !*whole) {
      const bool has_arrived = co_await receive(*session);
      if (!has_arrived) co_return;
      continue;
    }
    const bool goes_on = whole && reader.keeps_alive();
    const unsigned status = whole ? take(reader) : status_of(whole.error());
    const std::string text = answer(status, goes_on);
    const auto [code, count] =
        co_await boost::asio::async_write(session->socket, boost::asio::buffer(text), kAsTuple);
    if (code || !goes_on) co_return;
    reader.restart();
    session->limit = Clock::now() + kRequestLimit;
  }
}

// False when nothing comes any more.
awaitable<bool> Listener::receive(Session& session) {
  if (session.reader.takes_expectation()) {
    const auto [code, count] = co_await boost::asio::async_write(
        session.socket, boost::asio::buffer(http::kContinue), kAsTuple);
    if (code) co_return false;
  }
  const auto space = session.reader.space();
  const boost::asio::mutable_buffer room{space.data(), space.size()};
  const auto [code, count] = co_await session.socket.async_read_some(room, kAsTuple);
  if (code) co_return false;
  session.reader.advance(count);
  co_return true;
}

unsigned Listener::take(const http::RequestReader& reader) {
  if (!reader.is_get() && !reader.is_post()) return kNotAllowed;
  const auto report = desk_.read(reader.target(), reader.body(), references_);
  if (!report) {
    const auto now = Clock::now();
    if (now - complained_at_ >= kComplaintInterval) {
      complained_at_ = now;
      log::warning("courier.report_refused", report.error());
    }
    return kNotFound;
  }
  if (*report) on_delivery_(**report);
  return kOk;
}

}  // namespace

Result<std::unique_ptr<DeliveryReports>> listen_for_delivery_reports(const Settings& settings,
                                                                     OnDelivery on_delivery) {
  const auto endpoint = parse_loopback(settings.delivery_reports.listen);
  if (!endpoint) return Error{ErrorCode::malformed, "delivery_reports.listen"};
  CS_TRY(ReportDesk desk, ReportDesk::from(settings));
  auto listener = std::make_unique<Listener>(std::move(desk), std::move(on_delivery));
  CS_CHECK(listener->open(*endpoint));
  listener->start();
  return std::unique_ptr<DeliveryReports>{std::move(listener)};
}

}  // namespace countersign::courier
