// Every record comes back as it was put in, also after the database was closed.
#include "tests/storage/sample_records.hpp"
#include "tests/storage/temporary_store.hpp"

#include <gtest/gtest.h>

namespace nopassd::testing {
namespace {

class Records : public ::testing::Test {
 protected:
  template <class Work>
  auto write(Work work) {
    return store.transact(std::move(work));
  }
  template <class Work>
  auto read(Work work) {
    return store.read(std::move(work));
  }
  TemporaryStore store;
};

TEST_F(Records, StartWithAnUnregisteredPortal) {
  EXPECT_EQ(read([](Snapshot& s) { return s.portal(); }), Portal{});
  EXPECT_EQ(*store->portal_view(), Portal{});
}

TEST_F(Records, KeepThePortal) {
  write([](Transaction& t) { return t.save_portal(sample_portal()), 0; });
  EXPECT_EQ(*store->portal_view(), sample_portal());
  store.reopen();
  EXPECT_EQ(read([](Snapshot& s) { return s.portal(); }), sample_portal());
  EXPECT_EQ(*store->portal_view(), sample_portal());

  Portal bare;
  bare.state = PortalState::disabled;
  write([bare](Transaction& t) { return t.save_portal(bare), 0; });
  EXPECT_EQ(read([](Snapshot& s) { return s.portal(); }), bare);
  Portal unchallenged = sample_portal();
  unchallenged.window->challenge.reset();
  write([unchallenged](Transaction& t) { return t.save_portal(unchallenged), 0; });
  EXPECT_EQ(read([](Snapshot& s) { return s.portal(); }), unchallenged);
}

TEST_F(Records, CountFailedChallengesForEachCaller) {
  EXPECT_EQ(write([](Transaction& t) { return t.count_failed_challenge("a"); }), 1);
  EXPECT_EQ(write([](Transaction& t) { return t.count_failed_challenge("a"); }), 2);
  EXPECT_EQ(write([](Transaction& t) { return t.count_failed_challenge("b"); }), 1);
  EXPECT_EQ(read([](Snapshot& s) { return s.failed_challenges("a"); }), 2);
  EXPECT_EQ(read([](Snapshot& s) { return s.failed_challenges("c"); }), 0);
  write([](Transaction& t) { return t.clear_failed_challenges(), 0; });
  EXPECT_EQ(read([](Snapshot& s) { return s.failed_challenges("a"); }), 0);
}

TEST_F(Records, KeepSessions) {
  const Session session = sample_session();
  write([=](Transaction& t) { return t.add_session(session), 0; });
  store.reopen();
  EXPECT_EQ(read([=](Snapshot& s) { return s.session(session.id); }), session);
  EXPECT_EQ(read([=](Snapshot& s) { return s.session_by_auth_id(session.auth_id); }), session);
  EXPECT_EQ(read([=](Snapshot& s) { return s.session_by_ticket(*session.ticket); }), session);
  EXPECT_EQ(read([=](Snapshot& s) { return s.session_by_ticket(*session.binding); }), std::nullopt);
  EXPECT_EQ(read([](Snapshot& s) { return s.session(sample_id(9)); }), std::nullopt);

  Session changed = sample_session();
  changed.external_id = "other";
  changed.login = "Other";
  changed.login_key = "other";
  changed.state = SessionState::denied;
  changed.verdict.reset();
  changed.reason.clear();
  changed.started_by = Party::site;
  changed.binding.reset();
  changed.ticket.reset();
  changed.started_at = sample_time(1);
  changed.expires_at = sample_time(2);
  changed.decided_at.reset();
  changed.ended_at.reset();
  write([=](Transaction& t) { return t.update_session(changed), 0; });
  EXPECT_EQ(read([=](Snapshot& s) { return s.session(session.id); }), changed);
}

TEST_F(Records, KeepRegistrations) {
  const Registration registration = sample_registration();
  write([=](Transaction& t) { return t.add_registration(registration), 0; });
  store.reopen();
  EXPECT_EQ(read([=](Snapshot& s) { return s.registration(registration.id); }), registration);
  EXPECT_EQ(read([=](Snapshot& s) { return s.registration_by_otp(registration.otp); }), registration);
  EXPECT_EQ(read([=](Snapshot& s) { return s.registration_by_ticket(*registration.ticket); }), registration);
  EXPECT_EQ(read([=](Snapshot& s) { return s.registration_by_ticket(*registration.binding); }), std::nullopt);

  Registration changed = sample_registration(2);
  changed.id = registration.id;
  changed.state = RegistrationState::refused;
  changed.started_by = Party::site;
  changed.refusal = "108";
  changed.binding.reset();
  changed.ticket.reset();
  changed.ended_at.reset();
  write([=](Transaction& t) { return t.update_registration(changed), 0; });
  EXPECT_EQ(read([=](Snapshot& s) { return s.registration(registration.id); }), changed);
  EXPECT_EQ(read([=](Snapshot& s) { return s.registration_by_otp(registration.otp); }), std::nullopt);
}

TEST_F(Records, KeepUsers) {
  const User user = sample_user();
  write([=](Transaction& t) { return t.add_user(user), 0; });
  store.reopen();
  EXPECT_EQ(read([=](Snapshot& s) { return s.user(user.id); }), user);

  User changed = sample_user(2);
  changed.id = user.id;
  changed.forbidden_store.clear();
  changed.uses_email_as_login = false;
  changed.deleted_at.reset();
  changed.erase_at.reset();
  write([=](Transaction& t) { return t.update_user(changed), 0; });
  EXPECT_EQ(read([=](Snapshot& s) { return s.user(user.id); }), changed);
  EXPECT_EQ(read([=](Snapshot& s) { return s.user_by_login(user.login_key); }), std::nullopt);
  EXPECT_EQ(read([=](Snapshot& s) { return s.user_by_login(changed.login_key); }), changed);
}

TEST_F(Records, KeepFormerLoginsAndTheLastOneWins) {
  const FormerLogin first{sample_id(1), sample_digest("request", 1)};
  const FormerLogin second{sample_id(2), sample_digest("request", 2)};
  write([=](Transaction& t) { return t.remember_former_login("john", first), 0; });
  store.reopen();
  EXPECT_EQ(read([](Snapshot& s) { return s.former_login("john"); }), first);
  EXPECT_EQ(read([](Snapshot& s) { return s.former_login("mary"); }), std::nullopt);
  write([=](Transaction& t) { return t.remember_former_login("john", second), 0; });
  EXPECT_EQ(read([](Snapshot& s) { return s.former_login("john"); }), second);
}

TEST_F(Records, KeepQuestionsAndFindTheLastUnderAKey) {
  const Question question = sample_question();
  write([=](Transaction& t) { return t.add_question(question), 0; });
  store.reopen();
  EXPECT_EQ(read([=](Snapshot& s) { return s.question(question.id); }), question);
  EXPECT_EQ(read([](Snapshot& s) { return s.open_questions(); }), 1U);

  Question changed = sample_question();
  changed.members.clear();
  changed.state = QuestionState::answered;
  changed.verdict.reset();
  changed.reason = "other";
  changed.deadline = sample_time(9);
  write([=](Transaction& t) { return t.update_question(changed), 0; });
  EXPECT_EQ(read([=](Snapshot& s) { return s.question(question.id); }), changed);
  EXPECT_EQ(read([](Snapshot& s) { return s.open_questions(); }), 0U);

  Question again = sample_question(2);
  again.key = question.key;
  write([=](Transaction& t) { return t.add_question(again), 0; });
  EXPECT_EQ(read([=](Snapshot& s) { return s.question_by_key(question.key); }), again);
  store.clock.set(again.deadline);
  EXPECT_EQ(read([](Snapshot& s) { return s.open_questions(); }), 0U) << "its deadline has come";
}

TEST_F(Records, KeepConsumers) {
  const Consumer consumer = sample_consumer();
  write([=](Transaction& t) { return t.add_consumer(consumer), 0; });
  store.reopen();
  EXPECT_EQ(read([](Snapshot& s) { return s.consumer("site"); }), consumer);
  Consumer changed{"site", "other", {}, 8, 9, sample_time(1), false};
  write([=](Transaction& t) { return t.update_consumer(changed), 0; });
  EXPECT_EQ(read([](Snapshot& s) { return s.consumers(); }), std::vector<Consumer>{changed});
  write([](Transaction& t) { return t.remove_consumer("site"), 0; });
  EXPECT_EQ(read([](Snapshot& s) { return s.consumer("site"); }), std::nullopt);
}

TEST_F(Records, KeepTextsAsTheyAre) {
  User user = sample_user();
  user.login = "Ünï\u20ac'\"; DROP TABLE users; --";
  user.profile.given_name = std::string(2084, 'x');
  write([=](Transaction& t) { return t.add_user(user), 0; });
  EXPECT_EQ(read([=](Snapshot& s) { return s.user(user.id); }), user);
}

TEST_F(Records, RefuseChangesToWhatIsNotThere) {
  const auto refused = [this](std::function<void(Transaction&)> change) {
    auto work = [change](Transaction& t) {
      change(t);
      return 0;
    };
    return store.run(store->transact(std::move(work))).error() == error_code(errc::defect);
  };
  EXPECT_TRUE(refused([](Transaction& t) { t.update_session(sample_session()); }));
  EXPECT_TRUE(refused([](Transaction& t) { t.show_picture(sample_id(1), "png", sample_time()); }));
  EXPECT_TRUE(refused([](Transaction& t) { t.update_registration(sample_registration()); }));
  EXPECT_TRUE(refused([](Transaction& t) { t.update_user(sample_user()); }));
  EXPECT_TRUE(refused([](Transaction& t) { t.erase_user(sample_id(1)); }));
  EXPECT_TRUE(refused([](Transaction& t) { t.update_question(sample_question()); }));
  EXPECT_TRUE(refused([](Transaction& t) { t.update_consumer(sample_consumer()); }));
  EXPECT_TRUE(refused([](Transaction& t) { t.remove_consumer("site"); }));
}

TEST_F(Records, RefuseASessionThatBecomesAnothers) {
  write([](Transaction& t) { return t.add_session(sample_session()), 0; });
  Session moved = sample_session();
  moved.user_id = sample_id(77);
  auto work = [moved](Transaction& t) { return t.update_session(moved), 0; };
  EXPECT_EQ(store.run(store->transact(std::move(work))).error(), error_code(errc::defect));
}

}  // namespace
}  // namespace nopassd::testing
