#include "storage/names.hpp"

#include <gtest/gtest.h>

namespace nopassd::storage {
namespace {

struct LoginCase {
  const char* what;
  std::string text;
  NameFault fault;
};

class CheckLogin : public ::testing::TestWithParam<LoginCase> {};

TEST_P(CheckLogin, FindsTheFault) { EXPECT_EQ(check_login(GetParam().text), GetParam().fault) << GetParam().what; }

INSTANTIATE_TEST_SUITE_P(
    Texts, CheckLogin,
    ::testing::Values(
        LoginCase{"a name", "john@doe.com", NameFault::none}, LoginCase{"one character", "x", NameFault::none},
        LoginCase{"an inner space", "john doe", NameFault::none},
        LoginCase{"an inner no-break space", "john\u00a0doe", NameFault::none},
        LoginCase{"another script", "Иван", NameFault::none},
        LoginCase{"beyond the BMP", "\U0001F600", NameFault::none}, LoginCase{"nothing", "", NameFault::empty},
        LoginCase{"a lone byte", "a\xff", NameFault::not_utf8},
        LoginCase{"an overlong form", "\xc0\xaf", NameFault::not_utf8},
        LoginCase{"a surrogate", "\xed\xa0\x80", NameFault::not_utf8},
        LoginCase{"a cut-off character", "a\xe2\x82", NameFault::not_utf8},
        LoginCase{"a space before", " john", NameFault::outer_space},
        LoginCase{"a space after", "john ", NameFault::outer_space},
        LoginCase{"only a space", " ", NameFault::outer_space},
        LoginCase{"a tab before", "\tjohn", NameFault::outer_space},
        LoginCase{"a line end after", "john\n", NameFault::outer_space},
        LoginCase{"next line after", "john\u0085", NameFault::outer_space},
        LoginCase{"an ideographic space before", "\u3000john", NameFault::outer_space},
        LoginCase{"a no-break space after", "john\u00a0", NameFault::outer_space},
        LoginCase{"a line separator after", "john\u2028", NameFault::outer_space},
        LoginCase{"a paragraph separator before", "\u2029john", NameFault::outer_space},
        LoginCase{"NUL", std::string("jo\0hn", 5), NameFault::control},
        LoginCase{"an inner tab", "jo\thn", NameFault::control},
        LoginCase{"an inner line end", "jo\nhn", NameFault::control}, LoginCase{"DEL", "john\x7f", NameFault::control},
        LoginCase{"a C1 control", "jo\u0090hn", NameFault::control},
        LoginCase{"a soft hyphen", "jo\u00adhn", NameFault::ignorable},
        LoginCase{"zero-width space", "jo\u200bhn", NameFault::ignorable},
        LoginCase{"zero-width joiner at the end", "john\u200d", NameFault::ignorable},
        LoginCase{"right-to-left override", "jo\u202ehn", NameFault::ignorable},
        LoginCase{"word joiner", "\u2060john", NameFault::ignorable},
        LoginCase{"byte order mark", "\ufeffjohn", NameFault::ignorable},
        LoginCase{"Hangul filler", "jo\u3164hn", NameFault::ignorable},
        LoginCase{"variation selector", "jo\ufe0fhn", NameFault::ignorable},
        LoginCase{"a tag character", "jo\U000E0041hn", NameFault::ignorable}));

TEST(CheckLogin, CountsCodePointsNotBytes) {
  std::string longest;
  for (std::size_t i = 0; i < max_login_code_points; ++i) longest += "я";
  EXPECT_EQ(check_login(longest), NameFault::none);
  EXPECT_EQ(check_login(longest + "я"), NameFault::too_long);
}

TEST(CodePoints, CountsWhatIsValid) {
  EXPECT_EQ(code_points(""), 0U);
  EXPECT_EQ(code_points("aя€\U0001F600"), 4U);
  EXPECT_EQ(code_points("a\xff"), std::nullopt);
}

struct KeyCase {
  std::string left;
  std::string right;
  bool same;
};

class LoginKey : public ::testing::TestWithParam<KeyCase> {};

TEST_P(LoginKey, ComparesAsAUserWould) {
  EXPECT_EQ(login_key(GetParam().left) == login_key(GetParam().right), GetParam().same)
      << GetParam().left << " and " << GetParam().right;
}

INSTANTIATE_TEST_SUITE_P(
    Pairs, LoginKey,
    ::testing::Values(KeyCase{"John@Doe.com", "john@doe.COM", true}, KeyCase{"straße", "STRASSE", true},
                      KeyCase{"ΣΊΣΥΦΟΣ", "σίσυφος", true}, KeyCase{"e\u0301cole", "École", true},
                      KeyCase{"ｊｏｈｎ", "john", true}, KeyCase{"ﬁnn", "finn", true},
                      KeyCase{"john\u00a0doe", "john doe", true}, KeyCase{"\u212bngström", "ångström", true},
                      KeyCase{"\u1fb4", "\u1fb3\u0301", true}, KeyCase{"\u1f80", "\u03b1\u0345\u0313", true},
                      KeyCase{"john", "jóhn", false}, KeyCase{"john", "john1", false}, KeyCase{"а", "a", false}));

TEST(LoginKey, IsItsOwnKey) {
  for (const char* text :
       {"John", "ΐ", "\u1e9e", "\u0345α", "ｱﾞ", "\u03d3", "\u1fb4\u0301", "㎯", "\u01c4", "\u2126"}) {
    const std::string key = login_key(text);
    EXPECT_EQ(login_key(key), key) << text;
  }
}

TEST(EmailKey, FoldsCaseAlone) {
  EXPECT_EQ(email_key("John@Doe.COM"), "john@doe.com");
  EXPECT_EQ(email_key("ＪＯ@x"), "ｊｏ@x");
  EXPECT_NE(email_key("ｊｏ@x"), email_key("jo@x"));
  EXPECT_EQ(email_key(""), "");
}

}  // namespace
}  // namespace nopassd::storage
