#pragma once
// Lists of words without spaces, in one column.
#include <string>
#include <string_view>
#include <vector>

namespace nopassd::storage {

inline std::string packed_words(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += word + ' ';
  return text;
}

inline std::vector<std::string> unpacked_words(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    if (!word.empty()) words.emplace_back(word);
    text.remove_prefix(word.size() == text.size() ? word.size() : word.size() + 1);
  }
  return words;
}

}  // namespace nopassd::storage
