// SPDX-License-Identifier: Apache-2.0
#include "http/server/connection.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <type_traits>
#include <utility>

namespace countersign::http {
namespace {

using TlsStream = boost::asio::ssl::stream<TcpSocket>;

const auto kAsTuple = boost::asio::as_tuple(use_awaitable);

// What a client may still say after the last answer that it gets.
constexpr std::size_t kLeftoversMax = std::size_t{64} * 1024;
constexpr std::chrono::seconds kLeftoversLimit{1};

SteadyTime in(std::chrono::milliseconds time) { return std::chrono::steady_clock::now() + time; }

template <class Stream>
class StreamConnection final : public Connection {
 public:
  template <class... Arguments>
  StreamConnection(const IpAddress& peer, const Shared& shared, TlsContext tls,
                   Arguments&&... arguments)
      : Connection{peer, shared},
        tls_{std::move(tls)},
        stream_{std::forward<Arguments>(arguments)...} {}

  awaitable<void> run() override {
    const bool begun = co_await begin();
    if (begun) co_await serve();
    close();
  }
  void close() override {
    boost::system::error_code ignored;
    tcp().close(ignored);
  }

 private:
  awaitable<bool> begin();
  awaitable<void> serve();
  awaitable<bool> receive(RequestReader& reader);
  awaitable<bool> write(std::string text);
  awaitable<void> refuse(const Error& error);
  awaitable<void> linger();
  TcpSocket& tcp() {
    if constexpr (std::is_same_v<Stream, TlsStream>) {
      return stream_.next_layer();
    } else {
      return stream_;
    }
  }

  TlsContext tls_;
  Stream stream_;
};

template <class Stream>
awaitable<bool> StreamConnection<Stream>::begin() {
  if constexpr (std::is_same_v<Stream, TlsStream>) {
    limit_ = in(shared_.patience.handshake);
    const auto [failed] =
        co_await stream_.async_handshake(boost::asio::ssl::stream_base::server, kAsTuple);
    co_return !failed;
  } else {
    co_return true;
  }
}

template <class Stream>
awaitable<void> StreamConnection<Stream>::serve() {
  RequestReader reader{shared_.body_bytes_max};
  for (;;) {
    const auto whole = reader.read();
    if (!whole) {
      co_await refuse(whole.error());
      co_return;
    }
    if (!*whole) {
      const bool has_arrived = co_await receive(reader);
      if (!has_arrived) co_return;
      continue;
    }
    const auto source = source_of(peer_, reader.joined("X-Forwarded-For"), shared_.trusted_proxies);
    if (!source) {
      co_await refuse(source.error());
      co_return;
    }
    // Whoever answers has limits of their own.
    limit_ = SteadyTime::max();
    Answer answer =
        co_await shared_.handler.answer(reader, *source, reader.keeps_alive() && !stopping_);
    const bool goes_on = reader.keeps_alive() && !stopping_ && !answer.last;
    reader.restart();
    const bool written = co_await write(std::move(answer.text));
    answered_ = true;
    if (written && answer.last) co_await linger();
    if (!written || !goes_on) co_return;
  }
}

// False when nothing comes any more.
template <class Stream>
awaitable<bool> StreamConnection<Stream>::receive(RequestReader& reader) {
  if (reader.takes_expectation()) {
    std::string leave{http::kContinue};
    const bool written = co_await write(std::move(leave));
    if (!written) co_return false;
  }
  if (!reader.has_begun()) {
    if (stopping_) co_return false;
    is_idle_ = true;
    limit_ = in(shared_.patience.idle);
  } else if (limit_ == SteadyTime::max()) {
    limit_ = in(shared_.patience.request);
  }
  const auto space = reader.space();
  const boost::asio::mutable_buffer room{space.data(), space.size()};
  const auto [failed, count] = co_await stream_.async_read_some(room, kAsTuple);
  // The limit of a request runs from its first byte, however slowly the others follow.
  if (std::exchange(is_idle_, false)) limit_ = SteadyTime::max();
  if (failed) co_return false;
  reader.advance(count);
  co_return true;
}

template <class Stream>
awaitable<bool> StreamConnection<Stream>::write(std::string text) {
  const SteadyTime before = std::exchange(limit_, in(shared_.patience.write));
  const boost::asio::const_buffer bytes{text.data(), text.size()};
  const auto [failed, count] = co_await boost::asio::async_write(stream_, bytes, kAsTuple);
  limit_ = before;
  co_return !failed;
}

template <class Stream>
awaitable<void> StreamConnection<Stream>::refuse(const Error& error) {
  std::string text = shared_.handler.refusal(error);
  const bool written = co_await write(std::move(text));
  if (written) co_await linger();
}

// Takes what else the client says, so that it reads what it was told: a close with unread bytes
// resets the connection.
template <class Stream>
awaitable<void> StreamConnection<Stream>::linger() {
  boost::system::error_code ignored;
  tcp().shutdown(TcpSocket::shutdown_send, ignored);
  limit_ = in(kLeftoversLimit);
  std::array<std::byte, 4096> leftovers;
  const boost::asio::mutable_buffer room{leftovers.data(), leftovers.size()};
  for (std::size_t total = 0; total < kLeftoversMax;) {
    const auto [failed, count] = co_await tcp().async_read_some(room, kAsTuple);
    if (failed) co_return;
    total += count;
  }
}

}  // namespace

bool Connection::rests(SteadyTime now) const {
  if (!is_idle_) return false;
  const SteadyTime since = limit_ - shared_.patience.idle;
  return answered_ || since + kFirstByte <= now;
}

void Connection::stop() {
  stopping_ = true;
  if (std::exchange(is_idle_, false)) close();
}

void Connection::check(SteadyTime now) {
  if (limit_ <= now) close();
}

std::shared_ptr<Connection> make_connection(TcpSocket socket, const IpAddress& peer,
                                            const Shared& shared) {
  return std::make_shared<StreamConnection<TcpSocket>>(peer, shared, nullptr, std::move(socket));
}

std::shared_ptr<Connection> make_connection(TcpSocket socket, const IpAddress& peer,
                                            const Shared& shared, TlsContext tls) {
  boost::asio::ssl::context& context = *tls;
  return std::make_shared<StreamConnection<TlsStream>>(peer, shared, std::move(tls),
                                                       std::move(socket), context);
}

}  // namespace countersign::http
