#include "storage/states.hpp"

#include <gtest/gtest.h>

#include <initializer_list>

namespace nopassd::storage {
namespace {

template <class State>
void expect_names(std::initializer_list<std::pair<State, std::string_view>> names) {
  for (const auto& [state, name] : names) {
    EXPECT_EQ(name_of(state), name);
    EXPECT_EQ(state_named<State>(name), state) << name;
  }
  EXPECT_EQ(state_named<State>("no such state"), std::nullopt);
  EXPECT_EQ(state_named<State>(""), std::nullopt);
}

TEST(States, HaveTheNamesOfTheSiteApi) {
  expect_names<PortalState>({{PortalState::unregistered, "unregistered"},
                             {PortalState::registered, "registered"},
                             {PortalState::disabled, "disabled"}});
  expect_names<SessionState>({{SessionState::pending, "pending"},
                              {SessionState::authorized, "authorized"},
                              {SessionState::open, "open"},
                              {SessionState::closed, "closed"},
                              {SessionState::denied, "denied"},
                              {SessionState::expired, "expired"},
                              {SessionState::cancelled, "cancelled"}});
  expect_names<RegistrationState>({{RegistrationState::started, "started"},
                                   {RegistrationState::validated, "validated"},
                                   {RegistrationState::refused, "refused"},
                                   {RegistrationState::confirmed, "confirmed"},
                                   {RegistrationState::expired, "expired"}});
  expect_names<UserState>(
      {{UserState::active, "active"}, {UserState::deleting, "deleting"}, {UserState::deleted, "deleted"}});
  expect_names<QuestionState>(
      {{QuestionState::open, "open"}, {QuestionState::answered, "answered"}, {QuestionState::expired, "expired"}});
  expect_names<Party>({{Party::nopass, "nopass"}, {Party::site, "site"}, {Party::daemon_operator, "operator"}});
}

}  // namespace
}  // namespace nopassd::storage
