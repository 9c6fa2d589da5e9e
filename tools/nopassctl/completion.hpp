#pragma once
// Shell completion: `nopassctl __complete WORD…` prints what the last word may become.
#include <string>
#include <vector>

namespace nopassd::ctl {

/// Prints a line an offer, the word and its description with a tab between; ":files" stands for names of files.
void complete(const std::vector<std::string>& words);

}  // namespace nopassd::ctl
