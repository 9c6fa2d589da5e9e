#include "handlers/site/hook_call.hpp"

#include "handlers/site/hook_url.hpp"

namespace nopassd::handlers::site {

asio::awaitable<HookReply> call_hook(const Services& services, HookRequest request) {
  const auto url = parse_hook_url(request.url);
  if (!url || !is_admitted(*url, services.settings.hook_targets)) {
    HookReply reply;
    reply.detail = "hooks.targets does not admit this URL any more";
    co_return reply;
  }
  co_return co_await services.hook_caller->post(std::move(request));
}

}  // namespace nopassd::handlers::site
