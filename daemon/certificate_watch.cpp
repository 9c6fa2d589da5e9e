#include "daemon/certificate_watch.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace nopassd::daemon {

namespace asio = boost::asio;
using std::chrono::days;
using std::chrono::floor;
using std::chrono::sys_days;

namespace {

constexpr std::int64_t soon = 14;  // days
constexpr std::string_view type = "certificate.expiring";

std::int64_t days_left(storage::TimePoint expires, storage::TimePoint now) {
  return floor<days>(expires - now).count();
}

/// Whether the log has such an event of this day; what it no longer keeps does not count.
bool was_raised(storage::Transaction& transaction, sys_days day) {
  storage::EventQuery query;
  query.types = {std::string(type)};
  query.after = transaction.event_log().swept;
  for (auto page = transaction.events_after(query); !page.events.empty(); page = transaction.events_after(query)) {
    if (floor<days>(page.events.back().time) >= day) return true;
    query.after = page.through;
  }
  return false;
}

}  // namespace

std::optional<std::int64_t> raise_expiring(storage::Transaction& transaction, storage::TimePoint expires) {
  const std::int64_t left = days_left(expires, transaction.now());
  if (left >= soon || was_raised(transaction, floor<days>(transaction.now()))) return std::nullopt;
  storage::EventDraft draft{std::string(type), "certificate", {}};
  draft.data["days"] = left;
  transaction.append(std::move(draft));
  return left;
}

void CertificateWatch::stop() {
  stopping_ = true;
  timer_.cancel();
}

asio::awaitable<void> CertificateWatch::run() {
  constexpr auto quietly = asio::as_tuple(asio::use_awaitable);
  while (!stopping_) {
    co_await renew_();
    co_await look();
    if (stopping_) co_return;
    timer_.expires_after(interval);
    co_await timer_.async_wait(quietly);
  }
}

asio::awaitable<void> CertificateWatch::look() {
  const storage::TimePoint now = store_.now();
  const storage::TimePoint expires{std::chrono::seconds(expires_.value())};
  const bool is_soon = expires_.value() != 0 && days_left(expires, now) < soon;
  if (!is_soon || raised_ == floor<days>(now)) co_return;
  auto work = [expires](storage::Transaction& transaction) { return raise_expiring(transaction, expires); };
  const auto raised = co_await store_.transact(std::move(work));
  if (!raised) co_return;
  raised_ = floor<days>(now);
  if (*raised) {
    log_.write(LogLevel::warning, "the certificate of listener.tls_certificate expires soon: renew it",
               {{"days", std::to_string(**raised)}});
  }
}

}  // namespace nopassd::daemon
