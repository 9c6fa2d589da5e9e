// nopass-sim: what the NoPass side would send, for trying a portal. The command line alone is here.
#include "tools/nopass-sim/call.hpp"
#include "tools/nopass-sim/serve.hpp"
#include "tools/nopass-sim/walk.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cstdio>
#include <random>

namespace {

namespace sim = nopassd::sim;

constexpr int usage_error = 2;
constexpr const char* about =
    "nopass-sim: a stand-in for the NoPass side of a portal.\n"
    "It is not NoPass: it knows the callbacks from the vendor's public documentation, checks no phone and proves no\n"
    "identity. Use it to try a portal; never against one that real people log in to.";

struct Arguments {
  std::string portal = "http://127.0.0.1:8480";
  std::string ca_file;
  std::string socket = "/run/nopassd/site.sock";
  bool chaos = false;
  std::optional<std::uint64_t> seed;
  double picture_period = 1.0;
  std::string name;
  std::string body;
  std::string content_type;
  bool print_only = false;
  std::string server_portal;
  double login_lifetime = 300.0;
  double login_picture_period = 30.0;
  sim::ServeOptions serve;
};

std::chrono::milliseconds milliseconds(double seconds) {
  return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

void add_portal_options(CLI::App& command, Arguments& arguments) {
  command.add_option("--portal", arguments.portal, "http:// or https:// URL of the portal, with its path prefix")
      ->capture_default_str();
  command.add_option("--ca", arguments.ca_file, "PEM file of an authority to trust besides the system's")
      ->check(CLI::ExistingFile);
}

CLI::App* add_walk(CLI::App& app, Arguments& arguments) {
  CLI::App* walk = app.add_subcommand("walk", "the whole life cycle, step by step, with a report");
  walk->footer(
      "Registers a portal, adds people, logs in, enrols, changes, deletes and disables, and checks every answer\n"
      "and every event. The portal must not be registered yet, and needs site.own_calls = true. Exit 1 on surprises.");
  add_portal_options(*walk, arguments);
  walk->add_option("--site", arguments.socket, "the daemon's site socket")->capture_default_str();
  walk->add_option("--picture-period", arguments.picture_period, "seconds between two pictures; 30 in life")
      ->check(CLI::Range(0.0, 600.0))
      ->capture_default_str();
  walk->add_flag("--chaos", arguments.chaos,
                 "lose replies, repeat callbacks, let them come early; expect the same events");
  walk->add_option("--seed", arguments.seed, "of the chaos, to have the same one again");
  return walk;
}

CLI::App* add_call(CLI::App& app, Arguments& arguments) {
  CLI::App* call = app.add_subcommand("call", "one callback, as the vendor would send it");
  std::string names = "Callbacks:";
  for (const sim::CallbackKind& kind : sim::callback_kinds) names += fmt::format(" {}", kind.name);
  call->footer(names + "\nExit 0 when it was answered 2xx, 1 otherwise.");
  call->add_option("NAME", arguments.name, "the callback, or its number")->required();
  call->add_option("BODY", arguments.body,
                   "sent as it is; @FILE reads a file, - standard input; absent: an invented one");
  add_portal_options(*call, arguments);
  call->add_option("--content-type", arguments.content_type, "instead of the documented one; \"\" for none");
  call->add_flag("--print", arguments.print_only, "print the body and send nothing");
  return call;
}

CLI::App* add_serve(CLI::App& app, Arguments& arguments) {
  CLI::App* serve = app.add_subcommand("serve", "the NoPass server and a phone, for trying a whole login");
  serve->footer(
      "Answers the portal's own calls (nopass.server), sends its callbacks, and shows a page on which one plays the\n"
      "phone and the console. Prints one line, \"ready URL\", and ends with SIGTERM. docs/nopass-sim.md.");
  serve->add_option("--listen", arguments.serve.listen, "address and port, loopback only; port 0 takes a free one")
      ->capture_default_str();
  serve->add_option("--portal", arguments.server_portal, "URL of the portal whose callbacks are called");
  serve->add_option("--ca", arguments.ca_file, "PEM file of an authority to trust besides the system's")
      ->check(CLI::ExistingFile);
  serve->add_option("--user", arguments.serve.users, "a login that NoPass knows from the start; may be repeated");
  serve->add_option("--picture-period", arguments.login_picture_period, "seconds between two pictures")
      ->check(CLI::Range(0.1, 600.0))
      ->capture_default_str();
  serve->add_option("--login-lifetime", arguments.login_lifetime, "seconds for which the phone can approve a login")
      ->check(CLI::Range(0.1, 86400.0))
      ->capture_default_str();
  serve->add_option("--delete-path", arguments.serve.delete_path, "as nopass.delete_user_path")->capture_default_str();
  return serve;
}

int run_serve(Arguments arguments) {
  sim::ServeOptions& options = arguments.serve;
  if (!arguments.server_portal.empty()) {
    options.nopass.portal = sim::parse_portal_url(arguments.server_portal, arguments.ca_file);
  }
  options.nopass.picture_period = milliseconds(arguments.login_picture_period);
  options.nopass.login_lifetime = milliseconds(arguments.login_lifetime);
  return sim::serve(options);
}

int run_walk(const Arguments& arguments) {
  sim::WalkOptions options;
  options.portal = sim::parse_portal_url(arguments.portal, arguments.ca_file);
  options.site_socket = arguments.socket;
  options.picture_period = milliseconds(arguments.picture_period);
  if (arguments.chaos) {
    options.chaos_seed = arguments.seed ? *arguments.seed : std::random_device{}();
    fmt::print("chaos: seed {}\n", *options.chaos_seed);
  }
  return sim::walk(options);
}

int run_call(const CLI::App& command, const Arguments& arguments) {
  const auto callback = sim::callback_named(arguments.name);
  if (!callback) throw std::invalid_argument(fmt::format("'{}' is none of the eleven callbacks", arguments.name));
  sim::CallOptions options{*callback, {}, {}, arguments.print_only, arguments.portal, arguments.ca_file};
  // Counted, because an empty one means something else than none.
  if (command.count("BODY") > 0) options.body = sim::read_body(arguments.body);
  if (command.count("--content-type") > 0) options.content_type = arguments.content_type;
  return sim::call(options);
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  CLI::App app(about, "nopass-sim");
  app.require_subcommand(1);
  const CLI::App* walk = add_walk(app, arguments);
  const CLI::App* call = add_call(app, arguments);
  const CLI::App* serve = add_serve(app, arguments);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : usage_error;
  }
  try {
    if (serve->parsed()) return run_serve(arguments);
    return walk->parsed() ? run_walk(arguments) : run_call(*call, arguments);
  } catch (const std::invalid_argument& error) {
    fmt::print(stderr, "nopass-sim: {}\n", error.what());
    return usage_error;
  } catch (const std::exception& error) {
    fmt::print(stderr, "nopass-sim: {}\n", error.what());
    return 1;
  }
}
