#pragma once
// A reply written piece by piece, for text/event-stream: chunked for HTTP/1.1, up to the close for HTTP/1.0.
#include "daemon/config.hpp"
#include "daemon/http_message.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/stream_traits.hpp>
#include <boost/beast/http/chunk_encode.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/write.hpp>

namespace nopassd::daemon {

/// Used by the connection's coroutine alone; a peer that takes nothing for `patience` is given up.
template <class Stream>
class StreamWriterOn : public handlers::site::StreamWriter {
 public:
  StreamWriterOn(Stream& stream, std::string_view request_id, bool chunked, Milliseconds patience)
      : stream_(stream), request_id_(request_id), chunked_(chunked), patience_(patience) {}

  boost::asio::awaitable<bool> start(const handlers::Reply& head) override {
    auto response = response_of<http::empty_body>(head, request_id_);
    response.version(chunked_ ? 11 : 10);
    response.keep_alive(false);
    response.chunked(chunked_);
    http::response_serializer<http::empty_body> serializer(response);
    expire();
    auto [error, count] = co_await http::async_write_header(stream_, serializer, quietly);
    started_ = !error;
    co_return started_;
  }

  boost::asio::awaitable<bool> write(std::string_view chunk) override {
    if (chunk.empty()) co_return true;
    expire();
    const auto bytes = boost::asio::buffer(chunk);
    boost::system::error_code error;
    if (chunked_) {
      std::tie(error, std::ignore) = co_await boost::asio::async_write(stream_, http::make_chunk(bytes), quietly);
    } else {
      std::tie(error, std::ignore) = co_await boost::asio::async_write(stream_, bytes, quietly);
    }
    // Asio waits for the socket to become writable before it tries again after a failure, which it never does.
    if (error) started_ = false;
    co_return !error;
  }

  /// Tells the peer that the stream is complete, if it still listens.
  boost::asio::awaitable<void> finish() {
    if (!started_ || !chunked_) co_return;
    expire();
    co_await boost::asio::async_write(stream_, http::make_chunk_last(), quietly);
  }

 private:
  static constexpr auto quietly = boost::asio::as_tuple(boost::asio::use_awaitable);
  void expire() { boost::beast::get_lowest_layer(stream_).expires_after(patience_); }

  Stream& stream_;
  std::string_view request_id_;
  bool chunked_;
  Milliseconds patience_;
  bool started_ = false;
};

}  // namespace nopassd::daemon
