#include "handlers/callback/callback_table.hpp"

namespace nopassd::handlers::callback {

namespace {

constexpr std::string_view text = "text/plain; charset=utf-8";
constexpr std::string_view json = "application/json";
constexpr bool with_null = false, with_false = true;
constexpr bool wrapped = false, bare = true;

// In the order of `names`.
constexpr std::array<Callback, names.size()> table = {{
    {text, with_null, wrapped, SampleReply::result, Admission::window, confirm_pre_registration},
    {text, with_null, wrapped, SampleReply::result, Admission::challenge, confirm_registration},
    {json, with_null, wrapped, SampleReply::nothing, Admission::registered, update_picture},
    {json, with_false, wrapped, SampleReply::result, Admission::registered, validate_user_registration},
    {json, with_null, wrapped, SampleReply::nothing, Admission::registered, confirm_user_registration},
    {json, with_false, wrapped, SampleReply::result, Admission::registered, authorized_user},
    {json, with_null, wrapped, SampleReply::nothing, Admission::registered, update_user},
    {json, with_null, wrapped, SampleReply::nothing, Admission::registered, delete_user},
    {json, with_false, wrapped, SampleReply::result, Admission::registered, add_users},
    {text, with_false, wrapped, SampleReply::result, Admission::registered, close_session},
    {json, with_false, bare, SampleReply::result, Admission::registered_or_repeat, disable_service},
}};

}  // namespace

const Callback& callback_at(std::size_t index) { return table.at(index); }

}  // namespace nopassd::handlers::callback
